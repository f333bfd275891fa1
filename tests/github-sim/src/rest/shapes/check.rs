//! Check runs.

use serde_json::{Value, json};

use super::{api, html};
use crate::model::{App, CheckRun, Commit, PullRequest, Repository, node_id};

/// `check-run`.
pub(in crate::rest) fn check_run(
    repository: &Repository,
    pull: &PullRequest,
    commit: &Commit,
    run: &CheckRun,
) -> Value {
    let api = api(repository);
    let url = format!("{api}/check-runs/{}", run.id);
    let html_url = format!("{}/actions/runs/{}/job/{}", html(repository), run.suite_id, run.id);
    let repo = json!({"id": repository.id, "url": api, "name": repository.name});
    // Only open pull requests whose head it is are listed.
    let mut pulls = Vec::new();
    if pull.open && pull.head_fork.is_none() && pull.head_sha == commit.sha {
        pulls.push(json!({
            "url": format!("{api}/pulls/{}", pull.number),
            "id": pull.id,
            "number": pull.number,
            "head": {"ref": pull.head_ref, "sha": pull.head_sha, "repo": repo},
            "base": {"ref": pull.base_ref, "sha": pull.base_sha, "repo": repo},
        }));
    }
    json!({
        "id": run.id,
        "name": run.name,
        "node_id": run.node_id(),
        "head_sha": commit.sha,
        "external_id": format!("{:08x}-0000-5000-8000-{:012x}", run.suite_id & 0xffff_ffff, run.id),
        "url": url,
        "html_url": html_url,
        "details_url": html_url,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": run.started_at,
        "completed_at": run.completed_at,
        "output": {
            "title": null,
            "summary": null,
            "text": null,
            "annotations_count": 0,
            "annotations_url": format!("{url}/annotations"),
        },
        "check_suite": {"id": run.suite_id},
        "app": app(run.app),
        "pull_requests": pulls,
    })
}

fn app(app: App) -> Value {
    let owner = crate::model::Account::new(
        9_919,
        "github",
        crate::model::AccountKind::Organization,
        None,
        crate::model::Time(1_210_294_614),
    );
    json!({
        "id": app.id(),
        "client_id": format!("Iv1.{:016x}", app.id()),
        "slug": app.slug(),
        "node_id": node_id("A", app.id()),
        "owner": super::user::simple(&owner),
        "name": app.name(),
        "description": "Runs checks",
        "external_url": "https://help.github.com/en/actions",
        "html_url": format!("https://github.com/apps/{}", app.slug()),
        "created_at": "2018-07-30T09:30:17Z",
        "updated_at": "2024-04-10T20:33:16Z",
        "permissions": {"checks": "write", "contents": "read", "metadata": "read"},
        "events": ["check_run", "pull_request"],
    })
}
