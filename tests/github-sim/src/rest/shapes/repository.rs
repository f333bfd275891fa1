//! Repositories.

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::user;
use crate::model::{Account, Repository};

/// `repository`, as it stands in the head and base of each pull request.
pub(super) fn embedded(repository: &Repository) -> &RawValue {
    repository.rest_json.get_or_init(|| {
        let value = value(repository, &repository.owner, repository.id, &repository.full_name(), false);
        to_raw_value(&value).unwrap_or_else(|_| RawValue::NULL.to_owned())
    })
}

/// `repository` of someone's fork.
pub(super) fn fork(repository: &Repository, owner: &Account) -> Value {
    let full_name = format!("{}/{}", owner.login, repository.name);
    value(repository, owner, 600_000_000 + (repository.id + owner.id) % 400_000_000, &full_name, true)
}

/// `full-repository`.
pub(in crate::rest) fn full_repository(repository: &Repository, signed_in: bool) -> Value {
    let mut full = value(repository, &repository.owner, repository.id, &repository.full_name(), false);
    let more = json!({
        "organization": user::simple(&repository.owner),
        "network_count": repository.id % 900,
        "subscribers_count": repository.id % 400,
        "custom_properties": {},
    });
    if let (Value::Object(full), Value::Object(more)) = (&mut full, more) {
        full.extend(more);
        if signed_in {
            // Differs by viewer: an anonymous answer has none.
            let permissions =
                json!({"admin": false, "maintain": false, "push": false, "triage": false, "pull": true});
            full.insert("permissions".to_owned(), permissions);
        }
    }
    full
}

fn value(repository: &Repository, owner: &Account, id: u64, full_name: &str, fork: bool) -> Value {
    let api = format!("https://api.github.com/repos/{full_name}");
    let html = format!("https://github.com/{full_name}");
    // A fork has pull requests of its own: none.
    let open = if fork { 0 } else { repository.pulls.iter().filter(|p| p.open).count() };
    let mut all = json!({
        "id": id,
        "node_id": crate::model::node_id("R", id),
        "name": repository.name,
        "full_name": full_name,
        "private": repository.private,
        "owner": user::simple(owner),
        "html_url": html,
        "description": repository.description,
        "fork": fork,
        "url": api,
        "created_at": repository.created_at,
        "updated_at": repository.updated_at,
        "pushed_at": repository.pushed_at,
        "git_url": format!("git://github.com/{full_name}.git"),
        "ssh_url": format!("git@github.com:{full_name}.git"),
        "clone_url": format!("{html}.git"),
        "svn_url": html,
        "homepage": null,
    });
    let counts = json!({
        "size": if repository.empty { 0 } else { 1_000 + repository.id % 90_000 },
        "stargazers_count": repository.id % 9_000,
        "watchers_count": repository.id % 9_000,
        "language": repository.language,
        "has_issues": true,
        "has_projects": true,
        "has_downloads": true,
        "has_wiki": false,
        "has_pages": false,
        "has_discussions": false,
        "forks_count": repository.id % 900,
        "mirror_url": null,
        "archived": false,
        "disabled": false,
        "open_issues_count": open,
        "license": {
            "key": "mit",
            "name": "MIT License",
            "spdx_id": "MIT",
            "url": "https://api.github.com/licenses/mit",
            "node_id": "MDc6TGljZW5zZTEz",
        },
        "allow_forking": true,
        "is_template": false,
        "web_commit_signoff_required": false,
        "topics": [],
        "visibility": if repository.private { "private" } else { "public" },
        "forks": repository.id % 900,
        "open_issues": open,
        "watchers": repository.id % 9_000,
        "default_branch": repository.default_branch,
    });
    if let (Value::Object(all), Value::Object(counts)) = (&mut all, counts) {
        all.extend(counts);
        for (name, path) in LINKS {
            all.insert(format!("{name}_url"), json!(format!("{api}/{path}")));
        }
    }
    all
}

/// Fields ending in `_url`, and what follows the repository's URL in them.
const LINKS: [(&str, &str); 36] = [
    ("forks", "forks"),
    ("keys", "keys{/key_id}"),
    ("collaborators", "collaborators{/collaborator}"),
    ("teams", "teams"),
    ("hooks", "hooks"),
    ("issue_events", "issues/events{/number}"),
    ("events", "events"),
    ("assignees", "assignees{/user}"),
    ("branches", "branches{/branch}"),
    ("tags", "tags"),
    ("blobs", "git/blobs{/sha}"),
    ("git_tags", "git/tags{/sha}"),
    ("git_refs", "git/refs{/sha}"),
    ("trees", "git/trees{/sha}"),
    ("statuses", "statuses/{sha}"),
    ("languages", "languages"),
    ("stargazers", "stargazers"),
    ("contributors", "contributors"),
    ("subscribers", "subscribers"),
    ("subscription", "subscription"),
    ("commits", "commits{/sha}"),
    ("git_commits", "git/commits{/sha}"),
    ("comments", "comments{/number}"),
    ("issue_comment", "issues/comments{/number}"),
    ("contents", "contents/{+path}"),
    ("compare", "compare/{base}...{head}"),
    ("merges", "merges"),
    ("archive", "{archive_format}{/ref}"),
    ("downloads", "downloads"),
    ("issues", "issues{/number}"),
    ("pulls", "pulls{/number}"),
    ("milestones", "milestones{/number}"),
    ("notifications", "notifications{?since,all,participating}"),
    ("labels", "labels{/name}"),
    ("releases", "releases{/id}"),
    ("deployments", "deployments"),
];
