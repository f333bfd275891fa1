//! Check runs, commit statuses, and the rollup of both.

use std::rc::Rc;

use super::{Out, Planned, Thing, name, resource, url};
use crate::graphql::connection::{Key, List, Page};
use crate::graphql::thing::In;
use crate::model::{CheckRun, Commit, CommitStatus, node_id};

pub(super) const SUITES: (&str, &str) = ("CheckSuiteConnection", "CheckSuiteEdge");
const CONTEXTS: (&str, &str) = ("StatusCheckRollupContextConnection", "StatusCheckRollupContextEdge");

/// The rollup of a commit: none if nothing was reported on it.
pub(super) fn of<'w>(place: In<'w>, commit: &'w Commit) -> Option<Thing<'w>> {
    let anything = !commit.checks.is_empty() || !commit.statuses.is_empty();
    anything.then_some(Thing::Rollup(place, commit))
}

pub(super) fn rollup<'w>(place: In<'w>, commit: &'w Commit, planned: &Planned<'_>) -> Out<'w> {
    match name(planned) {
        "commit" => Out::One(Thing::Commit(place, commit)),
        "contexts" => contexts(place, commit, planned),
        "id" => format!("SCR_{}", commit.sha).into(),
        "state" => state(commit.latest_checks().into_iter(), &commit.statuses).into(),
        _ => Out::Unserved,
    }
}

/// Check runs (the latest of each name) and statuses, which are no check runs.
fn contexts<'w>(place: In<'w>, commit: &'w Commit, planned: &Planned<'_>) -> Out<'w> {
    let runs = commit.latest_checks();
    let split = (runs.len(), commit.statuses.len());
    let runs = runs.into_iter().map(|run| Thing::CheckRun(place, commit, run));
    let statuses = commit.statuses.iter().map(|status| Thing::StatusContext(place, commit, status));
    match List::in_order(CONTEXTS, runs.chain(statuses)).page(planned, |thing| thing) {
        Out::One(Thing::Page(page)) => match Rc::try_unwrap(page) {
            Ok(page) => Out::One(Thing::Page(Rc::new(Page { split, ..page }))),
            Err(page) => Out::One(Thing::Page(page)),
        },
        other => other,
    }
}

/// GitHub's one word for all: the worst.
fn state<'w>(runs: impl Iterator<Item = &'w CheckRun>, statuses: &[CommitStatus]) -> &'static str {
    let runs = runs.map(|run| match run.conclusion {
        None => "pending",
        Some("success" | "neutral" | "skipped") => "success",
        Some(_) => "failure",
    });
    let words: Vec<&str> = runs.chain(statuses.iter().map(|status| status.state)).collect();
    match () {
        () if words.contains(&"error") => "ERROR",
        () if words.contains(&"failure") => "FAILURE",
        () if words.contains(&"pending") => "PENDING",
        () => "SUCCESS",
    }
}

pub(super) fn status<'w>(place: In<'w>, commit: &'w Commit, planned: &Planned<'_>) -> Out<'w> {
    let context = |status| Thing::StatusContext(place, commit, status);
    match name(planned) {
        "context" => {
            let wanted = planned.arguments.text("name");
            let found = commit.statuses.iter().find(|status| Some(status.context.as_str()) == wanted);
            Out::maybe(found.map(context))
        }
        "contexts" => Out::Many(commit.statuses.iter().map(|status| Out::One(context(status))).collect()),
        "id" => format!("S_{}", commit.sha).into(),
        "state" => state([].into_iter(), &commit.statuses).into(),
        _ => Out::Unserved,
    }
}

pub(super) fn context<'w>(
    place: In<'w>,
    commit: &'w Commit,
    status: &'w CommitStatus,
    planned: &Planned<'_>,
) -> Out<'w> {
    match name(planned) {
        "avatarUrl" | "targetUrl" => Out::Null,
        "commit" => Out::One(Thing::Commit(place, commit)),
        "context" => (&status.context).into(),
        "createdAt" => status.created_at.into(),
        "description" => status.description.as_ref().into(),
        "id" => node_id("SC", status.id).into(),
        "isRequired" => false.into(),
        "state" => Out::Capitals(status.state),
        _ => Out::Unserved,
    }
}

pub(super) fn run<'w>(
    place: In<'w>,
    commit: &'w Commit,
    run: &'w CheckRun,
    planned: &Planned<'_>,
) -> Out<'w> {
    let repository = place.repository;
    match name(planned) {
        "checkSuite" => Out::One(Thing::CheckSuite(place, commit, run.suite_id)),
        "completedAt" => run.completed_at.into(),
        "conclusion" => run.conclusion.map_or(Out::Null, Out::Capitals),
        // Declared as `Int`, and sent whole beyond it: there is no `fullDatabaseId` here.
        "databaseId" => Out::Number(run.id),
        "detailsUrl" | "permalink" | "url" => url(repository, format_args!("/runs/{}", run.id)),
        "externalId" | "summary" | "text" | "title" => Out::Null,
        "id" => run.node_id().into(),
        "isRequired" => false.into(),
        "name" => (&run.name).into(),
        "repository" => Out::One(Thing::Repository(repository)),
        "resourcePath" => resource(repository, format_args!("/runs/{}", run.id)),
        "startedAt" => run.started_at.into(),
        "status" => Out::Capitals(run.status),
        _ => Out::Unserved,
    }
}

/// The suites of a commit, in ascending id.
pub(super) fn suites<'w>(place: In<'w>, commit: &'w Commit, planned: &Planned<'_>) -> Out<'w> {
    let app = planned.arguments.inside("filterBy", "appId").and_then(|id| id.as_u64());
    let check = planned.arguments.inside("filterBy", "checkName");
    let check = check.and_then(|name| name.as_str());
    let wanted = |run: &&CheckRun| {
        app.is_none_or(|app| run.app.id() == app) && check.is_none_or(|check| run.name == check)
    };
    let mut ids: Vec<u64> = commit.checks.iter().filter(wanted).map(|run| run.suite_id).collect();
    ids.sort_unstable();
    ids.dedup();
    List { of: SUITES, items: ids.into_iter().map(|id| (Key(id, 0), id)).collect(), descending: false }
        .page(planned, |suite| Thing::CheckSuite(place, commit, suite))
}

pub(super) fn suite<'w>(place: In<'w>, commit: &'w Commit, suite: u64, planned: &Planned<'_>) -> Out<'w> {
    let repository = place.repository;
    let latest = || commit.latest_checks().into_iter().filter(move |run| run.suite_id == suite);
    let first = commit.checks.iter().find(|run| run.suite_id == suite);
    let open = || latest().any(|run| run.conclusion.is_none());
    let when = || latest().filter_map(|run| run.completed_at.or(run.started_at)).max();
    match name(planned) {
        "app" => Out::maybe(first.map(|run| Thing::App(run.app))),
        "checkRuns" => runs_of(place, commit, suite, planned),
        "commit" => Out::One(Thing::Commit(place, commit)),
        "conclusion" if open() => Out::Null,
        "conclusion" => state(latest(), &[]).into(),
        "createdAt" => commit.committer.date.into(),
        "databaseId" => Out::Number(suite),
        "id" => node_id("CS", suite).into(),
        "repository" => Out::One(Thing::Repository(repository)),
        "resourcePath" => resource(repository, format_args!("/commit/{}/checks", commit.sha)),
        "status" => if open() { "IN_PROGRESS" } else { "COMPLETED" }.into(),
        "updatedAt" => when().unwrap_or(commit.committer.date).into(),
        "url" => url(repository, format_args!("/commit/{}/checks", commit.sha)),
        _ => Out::Unserved,
    }
}

/// The runs of a suite: the latest of each name, unless all are asked for.
fn runs_of<'w>(place: In<'w>, commit: &'w Commit, suite: u64, planned: &Planned<'_>) -> Out<'w> {
    let filter = |field| planned.arguments.inside("filterBy", field);
    let text = |field| filter(field).and_then(|value| value.as_str());
    let all = text("checkType") == Some("ALL");
    let words = |field| filter(field).and_then(|v| v.as_array().cloned());
    let (statuses, conclusions) = (words("statuses"), words("conclusions"));
    let among = |words: &Option<Vec<_>>, word: Option<&str>| {
        words.as_ref().is_none_or(|words| {
            words.iter().any(|w: &apollo_compiler::response::JsonValue| {
                w.as_str().zip(word).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
            })
        })
    };
    let runs = if all { commit.checks.iter().collect() } else { commit.latest_checks() };
    let runs = runs.into_iter().filter(|run| {
        run.suite_id == suite
            && text("checkName").is_none_or(|name| run.name == name)
            && text("status").is_none_or(|status| run.status.eq_ignore_ascii_case(status))
            && filter("appId").is_none_or(|id| id.as_u64() == Some(run.app.id()))
            && among(&statuses, Some(run.status))
            && among(&conclusions, run.conclusion)
    });
    let items = runs.map(|run| (Key(run.id, 0), run)).collect();
    List { of: ("CheckRunConnection", "CheckRunEdge"), items, descending: false }
        .page(planned, |run| Thing::CheckRun(place, commit, run))
}
