//! A pull request and what hangs on it directly.

use std::sync::Arc;

use super::{Asked, Out, Planned, Thing, comment, name, repository, resource, url};
use crate::graphql::connection::{Key, List};
use crate::graphql::thing::{Bare, In};
use crate::model::{Account, Commit, FileChange, Reviewer, Time, node_id};

pub(super) fn pull<'w>(place: In<'w>, planned: &Planned<'_>, asked: &Asked<'w>) -> Out<'w> {
    let In { repository, pull } = place;
    let bare = |sha: &'w str, date: Time| Bare { repository, sha, date };
    let branch = |name: &'w str, sha: &'w str| {
        Out::One(Thing::Branch(repository, name, Some(bare(sha, pull.updated_at))))
    };
    match name(planned) {
        "additions" => Out::Number(pull.additions()),
        "assignees" => people(&pull.assignees, planned),
        "author" => Out::account(pull.author.as_deref()),
        "baseRef" => branch(&pull.base_ref, &pull.base_sha),
        "baseRefName" => (&pull.base_ref).into(),
        "baseRefOid" => (&pull.base_sha).into(),
        "baseRepository" | "repository" => Out::One(Thing::Repository(repository)),
        // Never null here: a body that REST says null of is an empty string.
        "body" | "bodyText" => pull.body.as_deref().unwrap_or_default().into(),
        "changedFiles" => pull.files.len().into(),
        "closed" => (!pull.open).into(),
        "closedAt" => pull.closed_at.into(),
        "comments" => comments(place, planned),
        "commits" => List::in_order(("PullRequestCommitConnection", "PullRequestCommitEdge"), &pull.commits)
            .page(planned, |commit| Thing::PullCommit(place, commit)),
        "createdAt" => pull.created_at.into(),
        "databaseId" => Out::small_id(pull.id),
        "deletions" => Out::Number(pull.deletions()),
        "files" => {
            List::in_order(("PullRequestChangedFileConnection", "PullRequestChangedFileEdge"), &pull.files)
                .page(planned, Thing::File)
        }
        "fullDatabaseId" => Out::big(pull.id),
        // The branch is deleted after the merge, and a fork is not among what is served.
        "headRef" if pull.open && pull.head_fork.is_none() => branch(&pull.head_ref, &pull.head_sha),
        "headRef" => Out::Null,
        "headRefName" => (&pull.head_ref).into(),
        "headRefOid" => (&pull.head_sha).into(),
        "headRepository" => Out::maybe(pull.head_fork.is_none().then_some(Thing::Repository(repository))),
        "headRepositoryOwner" => {
            Out::One(Thing::Account(pull.head_fork.as_deref().unwrap_or(repository.owner.as_ref())))
        }
        "id" => pull.node_id().into(),
        "isCrossRepository" => pull.head_fork.is_some().into(),
        "isDraft" => pull.draft.into(),
        "labels" => repository::labels(repository, &pull.labels, planned),
        "locked" | "maintainerCanModify" => false.into(),
        "mergeCommit" => {
            let merged = pull.merge_commit().zip(pull.merged_at);
            Out::maybe(merged.map(|(sha, date)| Thing::BareCommit(bare(sha, date))))
        }
        "mergeable" => if pull.open { "MERGEABLE" } else { "UNKNOWN" }.into(),
        "merged" => pull.merged_at.is_some().into(),
        "mergedAt" => pull.merged_at.into(),
        "mergedBy" => Out::account(pull.merged_by.as_deref()),
        "number" => Out::Number(pull.number),
        "permalink" | "url" => url(repository, format_args!("/pull/{}", pull.number)),
        "potentialMergeCommit" => {
            let test = pull.merge_commit_sha.as_deref().filter(|_| pull.open);
            Out::maybe(test.map(|sha| Thing::BareCommit(bare(sha, pull.updated_at))))
        }
        "resourcePath" => resource(repository, format_args!("/pull/{}", pull.number)),
        "reviewDecision" => Out::Null,
        "reviewRequests" => {
            List::in_order(("ReviewRequestConnection", "ReviewRequestEdge"), &pull.requested_reviewers)
                .page(planned, |reviewer| Thing::ReviewRequest(place, reviewer))
        }
        "reviewThreads" => {
            let items = pull.visible_threads().map(|thread| (Key(thread.id, 0), thread)).collect();
            let of = ("PullRequestReviewThreadConnection", "PullRequestReviewThreadEdge");
            List { of, items, descending: false }.page(planned, |thread| Thing::Thread(place, thread))
        }
        "reviews" => reviews(place, planned),
        "state" => pull.graphql_state().into(),
        "statusCheckRollup" => Out::maybe(pull.head().and_then(|head| super::checks::of(place, head))),
        "title" => (&pull.title).into(),
        "totalCommentsCount" => (pull.comments.len() + pull.review_comments().len()).into(),
        "updatedAt" => pull.updated_at.into(),
        _ => comment(planned, pull.created_at, pull.author.as_deref().map(|a| a.login.as_str()), asked),
    }
}

fn people<'w>(people: &'w [Arc<Account>], planned: &Planned<'_>) -> Out<'w> {
    List::in_order(("UserConnection", "UserEdge"), people).page(planned, |account| Thing::Account(account))
}

fn comments<'w>(place: In<'w>, planned: &Planned<'_>) -> Out<'w> {
    let order = planned.arguments.order("orderBy");
    let items = place.pull.comments.iter().map(|comment| {
        let by = order.map_or(0, |_| comment.updated_at.0);
        (Key(by, comment.id), comment)
    });
    let items = items.collect();
    List {
        of: ("IssueCommentConnection", "IssueCommentEdge"),
        items,
        descending: order.is_some_and(|(_, descending)| descending),
    }
    .page(planned, |comment| Thing::IssueComment(place, comment))
}

fn reviews<'w>(place: In<'w>, planned: &Planned<'_>) -> Out<'w> {
    let states = planned.arguments.texts("states");
    let author = planned.arguments.text("author");
    let items = place.pull.visible_reviews().filter(|review| {
        let login = review.author.as_ref().map(|a| a.graphql_login());
        states.as_ref().is_none_or(|states| states.contains(&review.state.as_str()))
            && author.is_none_or(|author| login.is_some_and(|login| login.eq_ignore_ascii_case(author)))
    });
    let items = items.map(|review| (Key(review.id, 0), review)).collect();
    List { of: ("PullRequestReviewConnection", "PullRequestReviewEdge"), items, descending: false }
        .page(planned, |review| Thing::Review(place, review))
}

pub(super) fn pull_commit<'w>(place: In<'w>, commit: &'w Commit, planned: &Planned<'_>) -> Out<'w> {
    let In { repository, pull } = place;
    match name(planned) {
        "commit" => Out::One(Thing::Commit(place, commit)),
        "id" => format!("PURC_{}{}", pull.id, commit.sha).into(),
        "pullRequest" => Out::One(Thing::Pull(place)),
        "resourcePath" => resource(repository, format_args!("/pull/{}/commits/{}", pull.number, commit.sha)),
        "url" => url(repository, format_args!("/pull/{}/commits/{}", pull.number, commit.sha)),
        _ => Out::Unserved,
    }
}

pub(super) fn review_request<'w>(place: In<'w>, reviewer: &'w Reviewer, planned: &Planned<'_>) -> Out<'w> {
    let id = match reviewer {
        Reviewer::Account(account) => account.id,
        Reviewer::Team(team) => team.id,
    };
    match name(planned) {
        "asCodeOwner" => false.into(),
        "databaseId" => Out::small_id(id),
        "id" => node_id("RRQ", place.pull.id ^ id).into(),
        "pullRequest" => Out::One(Thing::Pull(place)),
        "requestedReviewer" => Out::One(match reviewer {
            Reviewer::Account(account) => Thing::Account(account),
            Reviewer::Team(team) => Thing::Team(place.repository, team),
        }),
        _ => Out::Unserved,
    }
}

pub(super) fn file<'w>(file: &'w FileChange, planned: &Planned<'_>) -> Out<'w> {
    match name(planned) {
        "additions" => Out::Number(file.additions),
        "changeType" => file.status.graphql().into(),
        "deletions" => Out::Number(file.deletions),
        "path" => (&file.path).into(),
        "viewerViewedState" => "UNVIEWED".into(),
        _ => Out::Unserved,
    }
}
