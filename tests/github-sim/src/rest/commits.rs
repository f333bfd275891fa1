//! Commits by sha, and the check runs on them.

use serde_json::{Value, json};

use super::link::Page;
use super::shapes;
use super::{Ask, Reply};
use crate::limits::refusal::Refusal;
use crate::model::{CheckRun, Commit, PullRequest, Repository};

/// `/commits/{ref}` and what is below it. A ref is a whole sha or the branch of a pull request.
pub(super) fn one(ask: &Ask<'_>, repository: &Repository, reference: &str, rest: &[&str]) -> Reply {
    let by_branch = || {
        let name = reference.replace("%2F", "/").replace("%2f", "/");
        let pull = repository.pulls.iter().rev().find(|p| p.head_fork.is_none() && p.head_ref == name)?;
        Some((pull, pull.head()?))
    };
    let Some((pull, commit)) = repository.commit(reference).or_else(by_branch) else {
        let docs = "https://docs.github.com/rest/commits/commits#get-a-commit";
        return Reply::Refused(Refusal::message(422, &format!("No commit found for SHA: {reference}"), docs));
    };
    match rest {
        [] => Reply::json(&shapes::full_commit(repository, pull, commit, ask.query.page())),
        ["check-runs"] => check_runs(ask, repository, pull, commit),
        ["status"] => combined_status(repository, commit),
        _ => Reply::not_found(),
    }
}

/// The latest of each check, unless `filter=all`.
fn check_runs(ask: &Ask<'_>, repository: &Repository, pull: &PullRequest, commit: &Commit) -> Reply {
    let query = ask.query;
    let mut runs: Vec<&CheckRun> = match query.get("filter").as_deref() {
        Some("all") => commit.checks.iter().collect(),
        _ => commit.latest_checks(),
    };
    if let Some(name) = query.get("check_name") {
        runs.retain(|r| r.name == name);
    }
    if let Some(status) = query.get("status") {
        runs.retain(|r| r.status == status);
    }
    if let Some(app) = query.get("app_id").and_then(|id| id.parse::<u64>().ok()) {
        runs.retain(|r| r.app.id() == app);
    }
    let page = Page::of(query, runs.len());
    let shown: Vec<Value> = runs
        .get(page.start..page.end)
        .unwrap_or_default()
        .iter()
        .map(|run| shapes::check_run(repository, pull, commit, run))
        .collect();
    match Reply::json(&json!({"total_count": runs.len(), "check_runs": shown})) {
        Reply::Found { body, .. } => {
            let url =
                format!("{}/repositories/{}/commits/{}/check-runs", ask.root, repository.id, commit.sha);
            Reply::Found { body, link: page.link(&url, query) }
        }
        other => other,
    }
}

/// Commit statuses: not check runs.
fn combined_status(repository: &Repository, commit: &Commit) -> Reply {
    let url = format!("https://api.github.com/repos/{}", repository.full_name());
    let statuses: Vec<Value> = commit
        .statuses
        .iter()
        .map(|s| {
            json!({
                "id": s.id,
                "node_id": crate::model::node_id("SC", s.id),
                "url": format!("{url}/statuses/{}", commit.sha),
                "avatar_url": null,
                "state": s.state,
                "description": s.description,
                "context": s.context,
                "target_url": null,
                "created_at": s.created_at,
                "updated_at": s.created_at,
            })
        })
        .collect();
    let worst = |states: &[&str]| commit.statuses.iter().any(|s| states.contains(&s.state));
    let state = match commit.statuses.len() {
        0 => "pending",
        _ if worst(&["error", "failure"]) => "failure",
        _ if worst(&["pending"]) => "pending",
        _ => "success",
    };
    Reply::json(&json!({
        "sha": commit.sha,
        "state": state,
        "statuses": statuses,
        "total_count": statuses.len(),
        "repository": super::shapes::full_repository(repository, false),
        "commit_url": format!("{url}/commits/{}", commit.sha),
        "url": format!("{url}/commits/{}/status", commit.sha),
    }))
}
