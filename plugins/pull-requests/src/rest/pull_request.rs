//! One pull request by REST: its lists are asked for at once and put together.

use futures::StreamExt;
use seedbed_sdk::{Error, Host, HostExt, Request, fan_out_in_order};
use serde::de::DeserializeOwned;

use super::{Rest, types};
use crate::meaning::{self, Named};
use crate::params::StreamName;
use crate::rows;
use crate::source::{Lack, Listed, Unit};

/// REST lists no more commits of a pull request than this.
const MOST_COMMITS: usize = 250;
/// REST lists no more files of a pull request than this.
const MOST_FILES: usize = 3_000;
/// Requests for commit statistics of one pull request at once.
const STATS_AT_ONCE: usize = 8;

/// Reads everything that is wanted of one pull request.
pub(super) async fn read<H: Host>(rest: &Rest<'_, H>, listed: &Listed) -> Result<Unit, Error> {
    let wants = |stream| rest.wanted.has(stream);
    let of_pull = |list: &str| rest.list_at(&format!("pulls/{}/{list}", listed.number));
    let wants_checks = wants(StreamName::CheckRuns);
    let wants_detail = [StreamName::PullRequests, StreamName::Users, StreamName::Commits, StreamName::Files]
        .into_iter()
        .any(wants)
        || (wants_checks && listed.head_sha.is_none());

    let (detail, reviews, review_comments, issue_comments, commits, files, checks) = futures::join!(
        when(
            wants_detail,
            rest.host.get_json(Request::get(format!("{}/pulls/{}", rest.root, listed.number)))
        ),
        list::<_, types::Review>(rest, wants(StreamName::Reviews), of_pull("reviews")),
        list::<_, types::ReviewComment>(rest, wants(StreamName::ReviewComments), of_pull("comments")),
        list::<_, types::IssueComment>(
            rest,
            wants(StreamName::IssueComments),
            rest.list_at(&format!("issues/{}/comments", listed.number))
        ),
        commits_with_stats(rest, wants(StreamName::Commits), of_pull("commits")),
        list::<_, types::File>(rest, wants(StreamName::Files), of_pull("files")),
        check_runs(rest, listed.head_sha.as_deref().filter(|_| wants_checks)),
    );

    let detail: Option<types::Pull> = detail.transpose()?;
    let head_sha = detail.as_ref().map(|pull| pull.head.sha.clone());
    // Pushed to since the list was read, or not known from the list at all.
    let checks = match &head_sha {
        Some(head) if wants_checks && listed.head_sha.as_ref() != Some(head) => {
            check_runs(rest, Some(head)).await
        }
        _ => checks,
    };
    let stated = detail.as_ref().map(|pull| (pull.commits, pull.changed_files));

    let mut unit = Unit::default();
    let mut named = Named::default();
    let id = listed.id;
    if let Some(pull) = detail {
        let repository = rest.full_name.clone();
        unit.pull_request = Some(pull_request_row(pull, repository, &mut named));
    }
    let (commits_stated, files_stated) = stated.unwrap_or_default();
    if let Some(read) = commits {
        let read = read.and_then(|commits| commit_rows(commits, id, &mut named));
        unit.commits = unit.part("commits", read)?;
        let got = unit.commits.as_ref().map(Vec::len);
        beyond(&mut unit, "commits", got, commits_stated, MOST_COMMITS);
    }
    if let Some(read) = files {
        unit.files =
            unit.part("files", read)?.map(|files| files.into_iter().map(|file| file_row(file, id)).collect());
        let got = unit.files.as_ref().map(Vec::len);
        beyond(&mut unit, "files", got, files_stated, MOST_FILES);
    }
    if let Some(read) = reviews {
        unit.reviews = unit.part("reviews", read)?.map(|reviews| review_rows(reviews, id, &mut named));
    }
    if let Some(read) = review_comments {
        unit.review_comments = unit
            .part("review comments", read)?
            .map(|all| all.into_iter().map(|comment| review_comment_row(comment, id, &mut named)).collect());
    }
    if let Some(read) = issue_comments {
        unit.issue_comments = unit
            .part("comments", read)?
            .map(|all| all.into_iter().map(|comment| issue_comment_row(comment, id, &mut named)).collect());
    }
    if let Some(read) = checks {
        unit.check_runs = unit.part("check runs", read)?.map(|runs| check_run_rows(runs, id));
    }
    unit.users = named.into_users();
    Ok(unit)
}

/// Tells what REST's caps cut off. Reading it again would not help.
fn beyond(unit: &mut Unit, part: &'static str, got: Option<usize>, stated: i64, most: usize) {
    let stated = usize::try_from(stated).unwrap_or(0);
    if let Some(got) = got.filter(|got| *got >= most && stated > *got) {
        let reason = format!("REST lists {got} of {stated}; api = \"graphql\" reads all");
        unit.lacks.push(Lack { part, reason, again: false });
    }
}

/// Asks only if wanted.
async fn when<T>(wanted: bool, question: impl Future<Output = T>) -> Option<T> {
    if wanted { Some(question.await) } else { None }
}

async fn list<H: Host, T: DeserializeOwned>(
    rest: &Rest<'_, H>,
    wanted: bool,
    request: Request,
) -> Option<Result<Vec<T>, Error>> {
    when(wanted, rest.host.all(request)).await
}

/// A commit and, where they were asked for, its statistics.
type WithStats = (types::Commit, Option<types::Stats>);

async fn commits_with_stats<H: Host>(
    rest: &Rest<'_, H>,
    wanted: bool,
    request: Request,
) -> Option<Result<Vec<WithStats>, Error>> {
    let commits: Vec<types::Commit> = match list(rest, wanted, request).await? {
        Ok(commits) => commits,
        Err(error) => return Some(Err(error)),
    };
    if !rest.wanted.commit_stats {
        return Some(Ok(commits.into_iter().map(|commit| (commit, None)).collect()));
    }
    let answers = fan_out_in_order(STATS_AT_ONCE, commits, |commit| async move {
        // The statistics come with every page of the commit's files; the shortest page will do.
        let request = Request::get(format!("{}/commits/{}", rest.root, commit.sha)).query("per_page", 1);
        let answer: types::CommitWithStats = rest.host.get_json(request).await?;
        Ok((commit, Some(answer.stats)))
    });
    Some(answers.collect::<Vec<_>>().await.into_iter().collect())
}

async fn check_runs<H: Host>(
    rest: &Rest<'_, H>,
    sha: Option<&str>,
) -> Option<Result<Vec<types::CheckRun>, Error>> {
    let request = rest.list_at(&format!("commits/{}/check-runs", sha?)).query("filter", "latest");
    let mut pages = rest.host.pages(request, None);
    let mut all = Vec::new();
    loop {
        let page =
            pages.next_of(|answer| Ok(serde_json::from_slice::<types::CheckRuns>(&answer.body)?.check_runs));
        match page.await {
            Ok(Some(runs)) => all.extend(runs),
            Ok(None) => return Some(Ok(all)),
            // The commit is gone, and its checks with it.
            Err(Error::Rejected { status: 422, .. }) => return Some(Ok(Vec::new())),
            Err(error) => return Some(Err(error)),
        }
    }
}

fn pull_request_row(pull: types::Pull, repository: String, named: &mut Named) -> rows::PullRequest {
    let author = types::who(pull.user);
    let merged = pull.merged_at.is_some();
    let mut logins = |accounts: Option<Vec<types::Account>>| {
        let accounts = accounts.unwrap_or_default().into_iter();
        meaning::sorted(accounts.filter_map(|account| named.login(account.somebody())))
    };
    let (assignees, requested_reviewers) = (logins(pull.assignees), logins(pull.requested_reviewers));
    rows::PullRequest {
        id: pull.id,
        repository,
        number: pull.number,
        title: pull.title,
        body: meaning::text(pull.body),
        state: meaning::state(&pull.state),
        draft: pull.draft.unwrap_or(false),
        created_at: pull.created_at,
        updated_at: pull.updated_at,
        closed_at: pull.closed_at,
        merged_at: pull.merged_at,
        author_id: author.as_ref().and_then(|author| author.id),
        author_login: named.login(author),
        merged_by_login: named.login(types::who(pull.merged_by)),
        base_ref: pull.base.name,
        head_ref: pull.head.name,
        base_sha: pull.base.sha,
        head_sha: pull.head.sha,
        // While it is unmerged REST gives the sha of a test merge.
        merge_commit_sha: pull.merge_commit_sha.filter(|_| merged),
        additions: pull.additions,
        deletions: pull.deletions,
        changed_files: pull.changed_files,
        commits: pull.commits,
        labels: meaning::sorted(pull.labels.into_iter().map(|label| label.name)),
        assignees,
        requested_reviewers,
    }
}

fn review_rows(reviews: Vec<types::Review>, pull_request_id: i64, named: &mut Named) -> Vec<rows::Review> {
    // A pending review is shown only to its author, so whether it comes depends on the credential.
    let submitted = reviews.into_iter().filter(|review| review.state != "PENDING");
    submitted
        .map(|review| rows::Review {
            id: review.id,
            pull_request_id,
            author_login: named.login(types::who(review.user)),
            state: review.state,
            body: meaning::text(review.body),
            submitted_at: review.submitted_at,
            commit_sha: review.commit_id,
        })
        .collect()
}

fn review_comment_row(
    comment: types::ReviewComment,
    pull_request_id: i64,
    named: &mut Named,
) -> rows::ReviewComment {
    rows::ReviewComment {
        id: comment.id,
        pull_request_id,
        review_id: comment.pull_request_review_id,
        author_login: named.login(types::who(comment.user)),
        path: comment.path,
        body: meaning::text(comment.body),
        created_at: comment.created_at,
        updated_at: comment.updated_at,
    }
}

fn issue_comment_row(
    comment: types::IssueComment,
    pull_request_id: i64,
    named: &mut Named,
) -> rows::IssueComment {
    rows::IssueComment {
        id: comment.id,
        pull_request_id,
        author_login: named.login(types::who(comment.user)),
        body: meaning::text(comment.body),
        created_at: comment.created_at,
        updated_at: comment.updated_at,
    }
}

fn commit_rows(
    commits: Vec<WithStats>,
    pull_request_id: i64,
    named: &mut Named,
) -> Result<Vec<rows::Commit>, Error> {
    let row = |(commit, stats): WithStats| {
        let timeless = || Error::Other(format!("the commit {} has no time", commit.sha));
        let (authored_at, committed_at) = commit.commit.times().ok_or_else(timeless)?;
        Ok(rows::Commit {
            pull_request_id,
            sha: commit.sha,
            message: commit.commit.message.clone(),
            author_name: meaning::text(commit.commit.author_name()),
            // GraphQL names people here, never bots.
            author_login: named.login(types::who(commit.author).filter(|author| author.kind == "User")),
            authored_at,
            committed_at,
            additions: stats.map(|stats| stats.additions),
            deletions: stats.map(|stats| stats.deletions),
        })
    };
    commits.into_iter().map(row).collect()
}

fn file_row(file: types::File, pull_request_id: i64) -> rows::File {
    rows::File {
        pull_request_id,
        path: file.filename,
        status: meaning::file_status(&file.status),
        additions: file.additions,
        deletions: file.deletions,
    }
}

fn check_run_rows(runs: Vec<types::CheckRun>, pull_request_id: i64) -> Vec<rows::CheckRun> {
    meaning::latest(runs.into_iter().map(|run| {
        let suite = run.check_suite.map(|suite| suite.id);
        let row = rows::CheckRun {
            id: run.id,
            pull_request_id,
            head_sha: run.head_sha,
            name: run.name,
            status: run.status.to_ascii_lowercase(),
            conclusion: run.conclusion.map(|word| word.to_ascii_lowercase()),
            started_at: run.started_at,
            completed_at: run.completed_at,
        };
        (suite, row)
    }))
}
