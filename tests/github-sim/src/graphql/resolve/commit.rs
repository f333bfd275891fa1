//! Commits: those of pull requests with all their facts, others by their id.

use super::{Out, Planned, Thing, checks, name, resource, url};
use crate::graphql::connection::List;
use crate::graphql::thing::{Bare, In};
use crate::model::{Commit, Repository};

const COMMITS: (&str, &str) = ("CommitConnection", "CommitEdge");

/// The commit of this id: with its facts if the pull request holds it.
pub(super) fn find<'w>(place: In<'w>, sha: &'w str) -> Thing<'w> {
    match place.pull.commit(sha) {
        Some(commit) => Thing::Commit(place, commit),
        None => Thing::BareCommit(Bare { repository: place.repository, sha, date: place.pull.created_at }),
    }
}

pub(super) fn commit<'w>(place: In<'w>, commit: &'w Commit, planned: &Planned<'_>) -> Out<'w> {
    match name(planned) {
        "additions" => Out::Number(commit.additions),
        "author" => Out::One(Thing::GitActor(&commit.author)),
        "authoredByCommitter" => (commit.author.email == commit.committer.email).into(),
        "authoredDate" => commit.author.date.into(),
        "authors" => List::in_order(("GitActorConnection", "GitActorEdge"), [&commit.author])
            .page(planned, Thing::GitActor),
        "changedFilesIfAvailable" => Out::Null,
        "checkSuites" => checks::suites(place, commit, planned),
        "committedDate" => commit.committer.date.into(),
        "committer" => Out::One(Thing::GitActor(&commit.committer)),
        "deletions" => Out::Number(commit.deletions),
        "message" => (&commit.message).into(),
        "messageBody" => message(&commit.message).1.into(),
        "messageHeadline" => message(&commit.message).0.into(),
        "parents" => List::in_order(COMMITS, &commit.parents).page(planned, |sha| find(place, sha)),
        "status" => Out::maybe((!commit.statuses.is_empty()).then_some(Thing::Status(place, commit))),
        "statusCheckRollup" => Out::maybe(checks::of(place, commit)),
        _ => object(place.repository, &commit.sha, planned),
    }
}

/// A commit of which only the id is known: a merge made on GitHub, or one that is gone.
pub(super) fn bare<'w>(bare: Bare<'w>, planned: &Planned<'_>) -> Out<'w> {
    match name(planned) {
        "additions" | "deletions" => Out::Number(0),
        "author" | "committer" | "changedFilesIfAvailable" | "status" | "statusCheckRollup" => Out::Null,
        "authoredByCommitter" => true.into(),
        "authoredDate" | "committedDate" => bare.date.into(),
        "authors" => {
            List::in_order(("GitActorConnection", "GitActorEdge"), []).page(planned, Thing::GitActor)
        }
        "checkSuites" => List::in_order(checks::SUITES, []).page(planned, |nothing: Thing<'w>| nothing),
        "message" | "messageHeadline" => "Merge".into(),
        "messageBody" => "".into(),
        "parents" => List::in_order(COMMITS, []).page(planned, |nothing: Thing<'w>| nothing),
        _ => object(bare.repository, bare.sha, planned),
    }
}

/// What every Git object has.
fn object<'w>(repository: &'w Repository, sha: &'w str, planned: &Planned<'_>) -> Out<'w> {
    match name(planned) {
        "abbreviatedOid" => sha.get(..7).unwrap_or(sha).into(),
        "commitResourcePath" | "resourcePath" => resource(repository, format_args!("/commit/{sha}")),
        "commitUrl" | "url" => url(repository, format_args!("/commit/{sha}")),
        "id" => format!("C_kwDO{sha}").into(),
        "oid" => sha.into(),
        "repository" => Out::One(Thing::Repository(repository)),
        _ => Out::Unserved,
    }
}

/// A message's first line, and the rest after the blank line.
fn message(message: &str) -> (&str, &str) {
    let (headline, body) = message.split_once('\n').unwrap_or((message, ""));
    (headline, body.trim_start_matches('\n'))
}
