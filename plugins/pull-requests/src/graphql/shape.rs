//! GraphQL's answers as rows.

use super::types;
use crate::meaning::{self, Named};
use crate::rows;

/// Labels, assignees and requests for a review.
pub(super) type People = (Vec<types::Name>, Vec<types::Actor>, Vec<types::ReviewRequest>);

/// The pull request's own row.
pub(super) fn pull_request(
    facts: types::PullRequest,
    (labels, assignees, requests): People,
    repository: &str,
    named: &mut Named,
) -> rows::PullRequest {
    let author = types::who(facts.author);
    let assignees =
        meaning::sorted(assignees.into_iter().filter_map(|actor| named.login(types::who(Some(actor)))));
    let reviewers =
        requests.into_iter().filter_map(|request| named.login(types::who(request.requested_reviewer)));
    let requested_reviewers = meaning::sorted(reviewers);
    rows::PullRequest {
        id: facts.full_database_id.0,
        repository: repository.to_owned(),
        number: facts.number,
        title: facts.title,
        body: meaning::text(Some(facts.body)),
        state: meaning::state(&facts.state),
        draft: facts.is_draft,
        created_at: facts.created_at,
        updated_at: facts.updated_at,
        closed_at: facts.closed_at,
        author_id: author.as_ref().and_then(|author| author.id),
        author_login: named.login(author),
        merged_by_login: named.login(types::who(facts.merged_by)),
        base_ref: facts.base_ref_name,
        head_ref: facts.head_ref_name,
        base_sha: facts.base_ref_oid,
        head_sha: facts.head_ref_oid,
        merge_commit_sha: facts.merge_commit.map(|commit| commit.oid).filter(|_| facts.merged_at.is_some()),
        merged_at: facts.merged_at,
        additions: facts.additions,
        deletions: facts.deletions,
        changed_files: facts.changed_files,
        commits: facts.head.total_count,
        labels: meaning::sorted(labels.into_iter().map(|label| label.name)),
        assignees,
        requested_reviewers,
    }
}

/// Reviews and their comments. A pending review is shown only to its author, so whether it comes depends on the
/// credential: it is left out with its comments.
pub(super) fn discussion(
    reviews: Vec<types::Review>,
    mut comments: Vec<(i64, types::ReviewComment)>,
    pull_request_id: i64,
    named: &mut Named,
) -> (Vec<rows::Review>, Vec<rows::ReviewComment>) {
    let (pending, submitted): (Vec<_>, Vec<_>) =
        reviews.into_iter().partition(|review| review.state == "PENDING");
    comments.retain(|(review, _)| !pending.iter().any(|one| one.full_database_id.0 == *review));
    let reviews = submitted.into_iter().map(|review| rows::Review {
        id: review.full_database_id.0,
        pull_request_id,
        author_login: named.login(types::who(review.author)),
        state: review.state,
        body: meaning::text(review.body),
        submitted_at: review.submitted_at,
        commit_sha: review.commit.map(|commit| commit.oid),
    });
    let reviews = reviews.collect();
    let comments = comments.into_iter().map(|(review, comment)| rows::ReviewComment {
        id: comment.full_database_id.0,
        pull_request_id,
        review_id: Some(review),
        author_login: named.login(types::who(comment.author)),
        path: comment.path,
        body: meaning::text(Some(comment.body)),
        created_at: comment.created_at,
        updated_at: comment.updated_at,
    });
    (reviews, comments.collect())
}

pub(super) fn issue_comment(
    comment: types::IssueComment,
    pull_request_id: i64,
    named: &mut Named,
) -> rows::IssueComment {
    rows::IssueComment {
        id: comment.full_database_id.0,
        pull_request_id,
        author_login: named.login(types::who(comment.author)),
        body: meaning::text(Some(comment.body)),
        created_at: comment.created_at,
        updated_at: comment.updated_at,
    }
}

pub(super) fn commit(commit: types::Commit, pull_request_id: i64, named: &mut Named) -> rows::Commit {
    let (author_name, user) = commit.author.map(|author| (author.name, author.user)).unwrap_or_default();
    rows::Commit {
        pull_request_id,
        sha: commit.oid,
        message: commit.message,
        author_name: meaning::text(author_name),
        author_login: named.login(types::who(user)),
        authored_at: commit.authored_date,
        committed_at: commit.committed_date,
        additions: commit.additions,
        deletions: commit.deletions,
    }
}

pub(super) fn file(file: types::File, pull_request_id: i64) -> rows::File {
    rows::File {
        pull_request_id,
        path: file.path,
        status: meaning::file_status(&file.change_type),
        additions: file.additions,
        deletions: file.deletions,
    }
}

/// The latest check runs among the checks of the head commit.
pub(super) fn check_runs(
    contexts: Vec<types::Context>,
    pull_request_id: i64,
    head_sha: &str,
) -> Vec<rows::CheckRun> {
    meaning::latest(contexts.into_iter().filter_map(|context| {
        let types::Context::CheckRun(run) = context else { return None };
        let row = rows::CheckRun {
            id: run.database_id.0,
            pull_request_id,
            head_sha: head_sha.to_owned(),
            name: run.name,
            status: run.status.to_ascii_lowercase(),
            conclusion: run.conclusion.map(|word| word.to_ascii_lowercase()),
            started_at: run.started_at,
            completed_at: run.completed_at,
        };
        Some((run.check_suite.database_id.map(|id| id.0), row))
    }))
}
