//! What each field of each type gives. A module for each part of the schema; the fields of a type stand in one `match`.

mod checks;
mod commit;
mod discussion;
mod people;
mod pull;
mod query;
mod repository;

use apollo_compiler::response::JsonMap;

use super::cost::Cost;
use super::plan::Planned;
use super::refusal::Failure;
use super::thing::{Out, Thing};
use super::{BrokenField, Viewer};
use crate::limits::WindowView;
use crate::model::{Repository, Time, World};

/// What the resolvers may look at.
pub(super) struct Asked<'w> {
    pub world: &'w World,
    pub viewer: &'w Viewer<'w>,
    pub window: WindowView,
    pub cost: Cost,
    pub broken: &'w [BrokenField],
    /// What the query asks of the schema itself (`__schema`, `__type`), by key.
    pub introspection: JsonMap,
}

/// What a field of an object gives.
pub(super) fn field<'w>(thing: &Thing<'w>, planned: &Planned<'_>, asked: &Asked<'w>) -> Out<'w> {
    if let Some(broken) = asked.broken.iter().find(|b| b.hits(thing, &planned.field.name)) {
        return Out::Failed(Failure::new(&broken.kind, broken.message.clone()));
    }
    match thing {
        Thing::Query => query::query(planned, asked),
        Thing::RateLimit => query::rate_limit(planned, asked),
        Thing::Account(account) => people::account(account, planned, asked),
        Thing::Viewer(login) => people::viewer(login, planned),
        Thing::Team(repository, team) => people::team(repository, team, planned),
        Thing::App(app) => people::app(*app, planned),
        Thing::GitActor(actor) => people::git_actor(actor, planned),
        Thing::Repository(repository) => repository::repository(repository, planned, asked),
        Thing::Language(name) => repository::language(name, planned),
        Thing::Branch(repository, name, head) => repository::branch(repository, name, *head, planned),
        Thing::Label(repository, label) => repository::label(repository, label, planned),
        Thing::Pull(place) => pull::pull(*place, planned, asked),
        Thing::PullCommit(place, commit) => pull::pull_commit(*place, commit, planned),
        Thing::ReviewRequest(place, reviewer) => pull::review_request(*place, reviewer, planned),
        Thing::File(file) => pull::file(file, planned),
        Thing::Review(place, review) => discussion::review(*place, review, planned, asked),
        Thing::Thread(place, thread) => discussion::thread(*place, thread, planned),
        Thing::ReviewComment(place, thread, comment) => {
            discussion::review_comment(*place, thread, comment, planned, asked)
        }
        Thing::IssueComment(place, comment) => discussion::issue_comment(*place, comment, planned, asked),
        Thing::Commit(place, commit) => commit::commit(*place, commit, planned),
        Thing::BareCommit(bare) => commit::bare(*bare, planned),
        Thing::Rollup(place, commit) => checks::rollup(*place, commit, planned),
        Thing::Status(place, commit) => checks::status(*place, commit, planned),
        Thing::StatusContext(place, commit, status) => checks::context(*place, commit, status, planned),
        Thing::CheckRun(place, commit, run) => checks::run(*place, commit, run, planned),
        Thing::CheckSuite(place, commit, suite) => checks::suite(*place, commit, *suite, planned),
        Thing::Page(page) => match name(planned) {
            "nodes" => Out::Many(page.nodes.iter().cloned().map(Out::One).collect()),
            "edges" => {
                Out::Many((0..page.nodes.len()).map(|i| Out::One(Thing::Edge(page.clone(), i))).collect())
            }
            "pageInfo" => Out::One(Thing::PageInfo(page.clone())),
            "totalCount" => page.total.into(),
            "checkRunCount" => page.split.0.into(),
            "statusContextCount" => page.split.1.into(),
            _ => Out::Unserved,
        },
        Thing::PageInfo(page) => match name(planned) {
            "hasNextPage" => page.next.into(),
            "hasPreviousPage" => page.previous.into(),
            "startCursor" => page.cursor(0).into(),
            "endCursor" => page.nodes.len().checked_sub(1).and_then(|last| page.cursor(last)).into(),
            _ => Out::Unserved,
        },
        Thing::Edge(page, index) => match name(planned) {
            "cursor" => page.cursor(*index).into(),
            "node" => Out::maybe(page.nodes.get(*index).cloned()),
            _ => Out::Unserved,
        },
    }
}

/// The field's name.
fn name<'q>(planned: &Planned<'q>) -> &'q str {
    planned.field.name.as_str()
}

/// A page of github.com under the repository's.
fn url<'w>(repository: &Repository, rest: std::fmt::Arguments<'_>) -> Out<'w> {
    format!("https://github.com/{}{rest}", repository.full_name()).into()
}

/// The same without the host.
fn resource<'w>(repository: &Repository, rest: std::fmt::Arguments<'_>) -> Out<'w> {
    format!("/{}{rest}", repository.full_name()).into()
}

/// What every `Comment` has beside author, body and creation. Nothing in the simulator is edited.
fn comment<'w>(planned: &Planned<'_>, created: Time, login: Option<&str>, asked: &Asked<'w>) -> Out<'w> {
    match name(planned) {
        "authorAssociation" => if login.is_some() { "CONTRIBUTOR" } else { "NONE" }.into(),
        "editor" | "lastEditedAt" => Out::Null,
        "includesCreatedEdit" => false.into(),
        "publishedAt" => created.into(),
        "viewerDidAuthor" => (login == Some(asked.viewer.login)).into(),
        _ => Out::Unserved,
    }
}
