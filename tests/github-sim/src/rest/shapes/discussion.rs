//! Reviews and comments.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{Href, api, href, html, user};
use crate::model::{IssueComment, PullRequest, Repository, Review, ReviewComment, ReviewThread, Time};

/// `pull-request-review`.
#[derive(Serialize)]
pub(in crate::rest) struct ReviewShape<'a> {
    id: u64,
    node_id: String,
    user: Option<&'a RawValue>,
    body: &'a str,
    state: &'static str,
    html_url: String,
    pull_request_url: String,
    author_association: &'static str,
    _links: ReviewLinks,
    submitted_at: Time,
    commit_id: Option<&'a str>,
}

#[derive(Serialize)]
struct ReviewLinks {
    html: Href,
    pull_request: Href,
}

pub(in crate::rest) fn review<'a>(
    repository: &Repository,
    pull: &PullRequest,
    review: &'a Review,
) -> ReviewShape<'a> {
    let html_url = format!("{}/pull/{}#pullrequestreview-{}", html(repository), pull.number, review.id);
    let pull_request_url = format!("{}/pulls/{}", api(repository), pull.number);
    ReviewShape {
        id: review.id,
        node_id: review.node_id(),
        user: user::nullable(&review.author, review.id),
        body: &review.body,
        state: review.state.as_str(),
        author_association: "MEMBER",
        _links: ReviewLinks { html: href(html_url.clone()), pull_request: href(pull_request_url.clone()) },
        html_url,
        pull_request_url,
        submitted_at: review.submitted_at,
        commit_id: review.commit_sha.as_deref(),
    }
}

/// `pull-request-review-comment`; with `position` and without `line` the older `review-comment`.
#[derive(Serialize)]
pub(in crate::rest) struct ReviewCommentShape<'a> {
    url: String,
    pull_request_review_id: u64,
    id: u64,
    node_id: String,
    diff_hunk: &'static str,
    path: &'a str,
    commit_id: &'a str,
    original_commit_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to_id: Option<u64>,
    user: Option<&'a RawValue>,
    body: &'a str,
    created_at: Time,
    updated_at: Time,
    html_url: String,
    pull_request_url: String,
    author_association: &'static str,
    _links: ReviewCommentLinks,
    reactions: Value,
    side: &'static str,
    line: u64,
    original_line: u64,
    start_line: Option<u64>,
    original_start_line: Option<u64>,
    start_side: Option<&'static str>,
    position: u64,
    original_position: u64,
    subject_type: &'static str,
}

#[derive(Serialize)]
struct ReviewCommentLinks {
    #[serde(rename = "self")]
    own: Href,
    html: Href,
    pull_request: Href,
}

pub(in crate::rest) fn review_comment<'a>(
    repository: &Repository,
    pull: &PullRequest,
    thread: &'a ReviewThread,
    comment: &'a ReviewComment,
) -> ReviewCommentShape<'a> {
    let url = format!("{}/pulls/comments/{}", api(repository), comment.id);
    let html_url = format!("{}/pull/{}#discussion_r{}", html(repository), pull.number, comment.id);
    let pull_request_url = format!("{}/pulls/{}", api(repository), pull.number);
    ReviewCommentShape {
        pull_request_review_id: comment.review_id,
        id: comment.id,
        node_id: comment.node_id(),
        diff_hunk: "@@ -1,4 +1,5 @@\n context\n-before\n+after",
        path: &thread.path,
        commit_id: &comment.commit_sha,
        original_commit_id: &comment.commit_sha,
        in_reply_to_id: comment.in_reply_to,
        user: user::nullable(&comment.author, comment.id),
        body: &comment.body,
        created_at: comment.created_at,
        updated_at: comment.updated_at,
        author_association: "CONTRIBUTOR",
        _links: ReviewCommentLinks {
            own: href(url.clone()),
            html: href(html_url.clone()),
            pull_request: href(pull_request_url.clone()),
        },
        reactions: reactions(&url),
        side: "RIGHT",
        line: thread.line,
        original_line: thread.line,
        start_line: None,
        original_start_line: None,
        start_side: None,
        position: thread.line % 60 + 1,
        original_position: thread.line % 60 + 1,
        subject_type: "line",
        url,
        html_url,
        pull_request_url,
    }
}

/// `review-comment`, the shape below one review: without what the newer one says of lines.
pub(in crate::rest) fn legacy_review_comment(
    repository: &Repository,
    pull: &PullRequest,
    thread: &ReviewThread,
    comment: &ReviewComment,
) -> Value {
    let mut value = json!(review_comment(repository, pull, thread, comment));
    if let Value::Object(fields) = &mut value {
        for name in [
            "line",
            "original_line",
            "start_line",
            "original_start_line",
            "side",
            "start_side",
            "subject_type",
        ] {
            fields.remove(name);
        }
    }
    value
}

/// `issue-comment`.
#[derive(Serialize)]
pub(in crate::rest) struct IssueCommentShape<'a> {
    url: String,
    html_url: String,
    issue_url: String,
    id: u64,
    node_id: String,
    user: Option<&'a RawValue>,
    created_at: Time,
    updated_at: Time,
    author_association: &'static str,
    body: &'a str,
    reactions: Value,
    performed_via_github_app: Option<()>,
}

pub(in crate::rest) fn issue_comment<'a>(
    repository: &Repository,
    pull: &PullRequest,
    comment: &'a IssueComment,
) -> IssueCommentShape<'a> {
    let url = format!("{}/issues/comments/{}", api(repository), comment.id);
    IssueCommentShape {
        html_url: format!("{}/pull/{}#issuecomment-{}", html(repository), pull.number, comment.id),
        issue_url: format!("{}/issues/{}", api(repository), pull.number),
        id: comment.id,
        node_id: comment.node_id(),
        user: user::nullable(&comment.author, comment.id),
        created_at: comment.created_at,
        updated_at: comment.updated_at,
        author_association: "NONE",
        body: &comment.body,
        reactions: reactions(&url),
        performed_via_github_app: None,
        url,
    }
}

fn reactions(url: &str) -> Value {
    json!({
        "url": format!("{url}/reactions"),
        "total_count": 0, "+1": 0, "-1": 0, "laugh": 0, "hooray": 0, "confused": 0, "heart": 0, "rocket": 0, "eyes": 0,
    })
}
