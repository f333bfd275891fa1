//! Pull requests: the short form of lists and the full one.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{Href, api, href, html, repository, user};
use crate::model::{PullRequest, Repository, Reviewer, Time, node_id};

/// `pull-request-simple`.
#[derive(Serialize)]
pub(in crate::rest) struct SimplePull<'a> {
    url: String,
    id: u64,
    node_id: String,
    html_url: String,
    diff_url: String,
    patch_url: String,
    issue_url: String,
    number: u64,
    state: &'static str,
    locked: bool,
    title: &'a str,
    user: Option<&'a RawValue>,
    body: Option<&'a str>,
    created_at: Time,
    updated_at: Time,
    closed_at: Option<Time>,
    merged_at: Option<Time>,
    merge_commit_sha: Option<&'a str>,
    assignee: Option<&'a RawValue>,
    assignees: Vec<&'a RawValue>,
    requested_reviewers: Vec<&'a RawValue>,
    requested_teams: Vec<Value>,
    labels: Vec<Label<'a>>,
    milestone: Option<()>,
    draft: bool,
    commits_url: String,
    review_comments_url: String,
    review_comment_url: String,
    comments_url: String,
    statuses_url: String,
    head: End<'a>,
    base: End<'a>,
    _links: Links,
    author_association: &'static str,
    auto_merge: Option<()>,
    active_lock_reason: Option<()>,
}

/// `pull-request`.
#[derive(Serialize)]
pub(in crate::rest) struct FullPull<'a> {
    #[serde(flatten)]
    simple: SimplePull<'a>,
    merged: bool,
    mergeable: Option<bool>,
    rebaseable: Option<bool>,
    mergeable_state: &'static str,
    merged_by: Option<&'a RawValue>,
    comments: usize,
    review_comments: usize,
    maintainer_can_modify: bool,
    commits: usize,
    additions: u64,
    deletions: u64,
    changed_files: usize,
}

#[derive(Serialize)]
struct End<'a> {
    label: String,
    r#ref: &'a str,
    sha: &'a str,
    user: &'a RawValue,
    repo: Place<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Place<'a> {
    Here(&'a RawValue),
    Fork(Box<Value>),
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: Href,
    html: Href,
    issue: Href,
    comments: Href,
    review_comments: Href,
    review_comment: Href,
    commits: Href,
    statuses: Href,
}

#[derive(Serialize)]
struct Label<'a> {
    id: u64,
    node_id: String,
    url: String,
    name: &'a str,
    color: &'a str,
    default: bool,
    description: Option<&'a str>,
}

/// The form of lists. In them GitHub's description allows no null as a label's description, in the full form it does.
pub(in crate::rest) fn simple_pull<'a>(repository: &'a Repository, pull: &'a PullRequest) -> SimplePull<'a> {
    let mut simple = common(repository, pull);
    for label in &mut simple.labels {
        label.description.get_or_insert_default();
    }
    simple
}

fn common<'a>(repository: &'a Repository, pull: &'a PullRequest) -> SimplePull<'a> {
    let (api, html) = (api(repository), html(repository));
    let url = format!("{api}/pulls/{}", pull.number);
    let html_url = format!("{html}/pull/{}", pull.number);
    let issue_url = format!("{api}/issues/{}", pull.number);
    let comments_url = format!("{issue_url}/comments");
    let commits_url = format!("{url}/commits");
    let review_comments_url = format!("{url}/comments");
    let review_comment_url = format!("{api}/pulls/comments{{/number}}");
    let statuses_url = format!("{api}/statuses/{}", pull.head_sha);
    let here = || Place::Here(repository::embedded(repository));
    let head = match &pull.head_fork {
        Some(owner) => End {
            label: format!("{}:{}", owner.login, pull.head_ref),
            r#ref: &pull.head_ref,
            sha: &pull.head_sha,
            user: user::simple(owner),
            repo: Place::Fork(Box::new(repository::fork(repository, owner))),
        },
        None => end(repository, &pull.head_ref, &pull.head_sha, here()),
    };
    SimplePull {
        id: pull.id,
        node_id: pull.node_id(),
        diff_url: format!("{html_url}.diff"),
        patch_url: format!("{html_url}.patch"),
        number: pull.number,
        state: pull.rest_state(),
        locked: false,
        title: &pull.title,
        user: user::nullable(&pull.author, pull.id),
        body: pull.body.as_deref(),
        created_at: pull.created_at,
        updated_at: pull.updated_at,
        closed_at: pull.closed_at,
        merged_at: pull.merged_at,
        merge_commit_sha: pull.merge_commit_sha.as_deref(),
        assignee: pull.assignees.first().map(|a| user::simple(a)),
        assignees: pull.assignees.iter().map(|a| user::simple(a)).collect(),
        requested_reviewers: pull
            .requested_reviewers
            .iter()
            .filter_map(|r| match r {
                Reviewer::Account(account) => Some(user::simple(account)),
                Reviewer::Team(_) => None,
            })
            .collect(),
        requested_teams: teams(repository, pull),
        labels: pull
            .labels
            .iter()
            .map(|label| Label {
                id: label.id,
                node_id: label.node_id(),
                url: format!(
                    "{api}/labels/{}",
                    url::form_urlencoded::byte_serialize(label.name.as_bytes()).collect::<String>()
                ),
                name: &label.name,
                color: &label.color,
                default: false,
                description: label.description.as_deref(),
            })
            .collect(),
        milestone: None,
        draft: pull.draft,
        head,
        base: end(repository, &pull.base_ref, &pull.base_sha, here()),
        _links: Links {
            own: href(url.clone()),
            html: href(html_url.clone()),
            issue: href(issue_url.clone()),
            comments: href(comments_url.clone()),
            review_comments: href(review_comments_url.clone()),
            review_comment: href(review_comment_url.clone()),
            commits: href(commits_url.clone()),
            statuses: href(statuses_url.clone()),
        },
        author_association: "CONTRIBUTOR",
        auto_merge: None,
        active_lock_reason: None,
        url,
        html_url,
        issue_url,
        commits_url,
        review_comments_url,
        review_comment_url,
        comments_url,
        statuses_url,
    }
}

fn end<'a>(repository: &'a Repository, name: &'a str, sha: &'a str, repo: Place<'a>) -> End<'a> {
    let label = format!("{}:{name}", repository.owner.login);
    End { label, r#ref: name, sha, user: user::simple(&repository.owner), repo }
}

/// `team`, which also satisfies `team-simple`.
fn teams(repository: &Repository, pull: &PullRequest) -> Vec<Value> {
    let organisation = &repository.owner;
    let one = |team: &crate::model::Team| {
        let url = format!("https://api.github.com/organizations/{}/team/{}", organisation.id, team.id);
        json!({
            "name": team.name,
            "id": team.id,
            "node_id": node_id("T", team.id),
            "slug": team.slug,
            "description": null,
            "privacy": "closed",
            "notification_setting": "notifications_enabled",
            "url": url,
            "html_url": format!("https://github.com/orgs/{}/teams/{}", organisation.login, team.slug),
            "members_url": format!("{url}/members{{/member}}"),
            "repositories_url": format!("{url}/repos"),
            "type": "organization",
            "organization_id": organisation.id,
            "permission": "pull",
            "parent": null,
        })
    };
    let teams = pull.requested_reviewers.iter().filter_map(|r| match r {
        Reviewer::Team(team) => Some(one(team)),
        Reviewer::Account(_) => None,
    });
    teams.collect()
}

/// The full form. A deleted author is `ghost` here: GitHub's description allows no null.
pub(in crate::rest) fn full_pull<'a>(repository: &'a Repository, pull: &'a PullRequest) -> FullPull<'a> {
    let mut simple = common(repository, pull);
    simple.user = Some(user::never_null(&pull.author));
    FullPull {
        simple,
        merged: pull.merged_at.is_some(),
        mergeable: (pull.open && pull.merge_commit_sha.is_some()).then_some(true),
        rebaseable: None,
        mergeable_state: if pull.open { "clean" } else { "unknown" },
        merged_by: pull.merged_at.and_then(|_| user::nullable(&pull.merged_by, pull.id)),
        comments: pull.comments.len(),
        review_comments: pull.review_comments().len(),
        maintainer_can_modify: false,
        commits: pull.commits.len(),
        additions: pull.additions(),
        deletions: pull.deletions(),
        changed_files: pull.files.len(),
    }
}
