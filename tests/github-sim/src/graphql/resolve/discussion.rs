//! What people say on a pull request.

use super::{Asked, Out, Planned, Thing, comment, commit, name, resource, url};
use crate::graphql::connection::{Key, List};
use crate::graphql::thing::In;
use crate::model::{Author, IssueComment, Review, ReviewComment, ReviewThread};

fn login(author: &Author) -> Option<&str> {
    author.as_ref().map(|account| account.login.as_str())
}

pub(super) fn review<'w>(
    place: In<'w>,
    review: &'w Review,
    planned: &Planned<'_>,
    asked: &Asked<'w>,
) -> Out<'w> {
    let In { repository, pull } = place;
    match name(planned) {
        "author" => Out::account(review.author.as_deref()),
        "authorCanPushToRepository" => false.into(),
        "body" | "bodyText" => (&review.body).into(),
        "comments" => {
            let comments = pull.comments_of_review(review.id).into_iter();
            let items = comments.map(|(thread, comment)| (Key(comment.id, 0), (thread, comment))).collect();
            review_comments(place, items, planned)
        }
        "commit" => Out::maybe(review.commit_sha.as_deref().map(|sha| commit::find(place, sha))),
        "createdAt" | "submittedAt" | "updatedAt" => review.submitted_at.into(),
        "databaseId" => Out::small_id(review.id),
        "fullDatabaseId" => Out::big(review.id),
        "id" => review.node_id().into(),
        "pullRequest" => Out::One(Thing::Pull(place)),
        "repository" => Out::One(Thing::Repository(repository)),
        "resourcePath" => {
            resource(repository, format_args!("/pull/{}#pullrequestreview-{}", pull.number, review.id))
        }
        "state" => review.state.as_str().into(),
        "url" => url(repository, format_args!("/pull/{}#pullrequestreview-{}", pull.number, review.id)),
        _ => comment(planned, review.submitted_at, login(&review.author), asked),
    }
}

fn review_comments<'w>(
    place: In<'w>,
    items: Vec<(Key, (&'w ReviewThread, &'w ReviewComment))>,
    planned: &Planned<'_>,
) -> Out<'w> {
    let of = ("PullRequestReviewCommentConnection", "PullRequestReviewCommentEdge");
    List { of, items, descending: false }
        .page(planned, |(thread, comment)| Thing::ReviewComment(place, thread, comment))
}

pub(super) fn thread<'w>(place: In<'w>, thread: &'w ReviewThread, planned: &Planned<'_>) -> Out<'w> {
    match name(planned) {
        "comments" => {
            let visible = thread.comments.iter().filter(|comment| !comment.pending);
            let skip = planned.arguments.integer("skip").and_then(|skip| usize::try_from(skip).ok());
            let visible = visible.skip(skip.unwrap_or(0));
            let items = visible.map(|comment| (Key(comment.id, 0), (thread, comment))).collect();
            review_comments(place, items, planned)
        }
        "diffSide" => "RIGHT".into(),
        "id" => thread.node_id().into(),
        "isCollapsed" | "isResolved" => thread.resolved.into(),
        "isOutdated" => thread.outdated.into(),
        "line" => line(thread),
        "originalLine" => Out::Number(thread.line),
        "path" => (&thread.path).into(),
        "pullRequest" => Out::One(Thing::Pull(place)),
        "repository" => Out::One(Thing::Repository(place.repository)),
        "resolvedBy" => {
            let first = thread.comments.first().and_then(|comment| comment.author.as_deref());
            Out::account(first.filter(|account| thread.resolved && account.is_user()))
        }
        "startLine" => Out::Null,
        "subjectType" => "LINE".into(),
        _ => Out::Unserved,
    }
}

/// A line that is no longer part of the diff is null.
fn line<'w>(thread: &ReviewThread) -> Out<'w> {
    if thread.outdated { Out::Null } else { Out::Number(thread.line) }
}

pub(super) fn review_comment<'w>(
    place: In<'w>,
    thread: &'w ReviewThread,
    said: &'w ReviewComment,
    planned: &Planned<'_>,
    asked: &Asked<'w>,
) -> Out<'w> {
    let In { repository, pull } = place;
    match name(planned) {
        "author" => Out::account(said.author.as_deref()),
        "body" | "bodyText" => (&said.body).into(),
        "commit" | "originalCommit" => Out::One(commit::find(place, &said.commit_sha)),
        "createdAt" | "draftedAt" => said.created_at.into(),
        "databaseId" => Out::small_id(said.id),
        "diffHunk" => format!("@@ -{0},1 +{0},1 @@", thread.line).into(),
        "fullDatabaseId" => Out::big(said.id),
        "id" => said.node_id().into(),
        "isMinimized" => false.into(),
        "line" => line(thread),
        "originalLine" => Out::Number(thread.line),
        "outdated" => thread.outdated.into(),
        "path" => (&thread.path).into(),
        "pullRequest" => Out::One(Thing::Pull(place)),
        "pullRequestReview" => {
            let review = pull.reviews.iter().find(|review| review.id == said.review_id);
            Out::maybe(review.map(|review| Thing::Review(place, review)))
        }
        "replyTo" => {
            let first = thread.comments.iter().find(|comment| Some(comment.id) == said.in_reply_to);
            Out::maybe(first.map(|first| Thing::ReviewComment(place, thread, first)))
        }
        "repository" => Out::One(Thing::Repository(repository)),
        "resourcePath" => resource(repository, format_args!("/pull/{}#discussion_r{}", pull.number, said.id)),
        "startLine" => Out::Null,
        "state" => "SUBMITTED".into(),
        "subjectType" => "LINE".into(),
        "updatedAt" => said.updated_at.into(),
        "url" => url(repository, format_args!("/pull/{}#discussion_r{}", pull.number, said.id)),
        _ => comment(planned, said.created_at, login(&said.author), asked),
    }
}

pub(super) fn issue_comment<'w>(
    place: In<'w>,
    said: &'w IssueComment,
    planned: &Planned<'_>,
    asked: &Asked<'w>,
) -> Out<'w> {
    let In { repository, pull } = place;
    match name(planned) {
        "author" => Out::account(said.author.as_deref()),
        "body" | "bodyText" => (&said.body).into(),
        "createdAt" => said.created_at.into(),
        "databaseId" => Out::small_id(said.id),
        "fullDatabaseId" => Out::big(said.id),
        "id" => said.node_id().into(),
        "isMinimized" => false.into(),
        "pullRequest" => Out::One(Thing::Pull(place)),
        "repository" => Out::One(Thing::Repository(repository)),
        "resourcePath" => {
            resource(repository, format_args!("/pull/{}#issuecomment-{}", pull.number, said.id))
        }
        "updatedAt" => said.updated_at.into(),
        "url" => url(repository, format_args!("/pull/{}#issuecomment-{}", pull.number, said.id)),
        _ => comment(planned, said.created_at, login(&said.author), asked),
    }
}
