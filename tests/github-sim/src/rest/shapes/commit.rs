//! Commits and files.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{api, html, user};
use crate::model::{Commit, FileChange, GitActor, PullRequest, Repository};

/// `commit`, as in a list.
pub(in crate::rest) fn commit(repository: &Repository, commit: &Commit) -> Value {
    let (api, html) = (api(repository), html(repository));
    let url = format!("{api}/commits/{}", commit.sha);
    let parents: Vec<Value> = commit
        .parents
        .iter()
        .map(|sha| json!({"sha": sha, "url": format!("{api}/commits/{sha}"), "html_url": format!("{html}/commit/{sha}")}))
        .collect();
    json!({
        "sha": commit.sha,
        "node_id": commit.node_id(),
        "commit": {
            "author": git_user(&commit.author),
            "committer": git_user(&commit.committer),
            "message": commit.message,
            "tree": {"sha": commit.sha, "url": format!("{api}/git/trees/{}", commit.sha)},
            "url": format!("{api}/git/commits/{}", commit.sha),
            "comment_count": 0,
            "verification": {
                "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null,
            },
        },
        "url": url,
        "html_url": format!("{html}/commit/{}", commit.sha),
        "comments_url": format!("{url}/comments"),
        "author": account(&commit.author, &commit.sha),
        "committer": account(&commit.committer, &commit.sha),
        "parents": parents,
    })
}

/// `commit`, by itself: with its size and its files (`page` of them).
pub(in crate::rest) fn full_commit(
    repository: &Repository,
    pull: &PullRequest,
    one: &Commit,
    page: usize,
) -> Value {
    let mut value = commit(repository, one);
    if let Value::Object(fields) = &mut value {
        let total = one.additions + one.deletions;
        fields.insert(
            "stats".to_owned(),
            json!({"total": total, "additions": one.additions, "deletions": one.deletions}),
        );
        // Its whole size stands in one of the pull request's files.
        let place = usize::from_str_radix(one.sha.get(..6).unwrap_or("0"), 16).unwrap_or(0);
        let touched = pull.files.get(place % pull.files.len().max(1)).filter(|_| page == 1);
        let files: Vec<Value> = touched
            .map(|touched| FileChange {
                additions: one.additions,
                deletions: one.deletions,
                ..touched.clone()
            })
            .iter()
            .map(|touched| json!(file(repository, &one.sha, touched)))
            .collect();
        fields.insert("files".to_owned(), json!(files));
    }
    value
}

fn git_user(actor: &GitActor) -> Value {
    json!({"name": actor.name, "email": actor.email, "date": actor.date})
}

/// The account, bots too; without one null, or now and then an empty object, as GitHub's description has it.
fn account<'a>(actor: &'a GitActor, sha: &str) -> Account<'a> {
    match &actor.account {
        Some(account) => Account::Known(user::simple(account)),
        None if sha.ends_with('0') => Account::Empty {},
        None => Account::Unknown(()),
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Account<'a> {
    Known(&'a RawValue),
    Empty {},
    Unknown(()),
}

/// `diff-entry`.
#[derive(Serialize)]
pub(in crate::rest) struct FileShape<'a> {
    sha: String,
    filename: &'a str,
    status: &'static str,
    additions: u64,
    deletions: u64,
    changes: u64,
    blob_url: String,
    raw_url: String,
    contents_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_filename: Option<&'a str>,
}

pub(in crate::rest) fn file<'a>(repository: &Repository, head: &str, file: &'a FileChange) -> FileShape<'a> {
    let (api, html) = (api(repository), html(repository));
    let path: String = url::form_urlencoded::byte_serialize(file.path.as_bytes()).collect();
    FileShape {
        sha: file.blob_sha(),
        filename: &file.path,
        status: file.status.rest(),
        additions: file.additions,
        deletions: file.deletions,
        changes: file.additions + file.deletions,
        blob_url: format!("{html}/blob/{head}/{path}"),
        raw_url: format!("{html}/raw/{head}/{path}"),
        contents_url: format!("{api}/contents/{path}?ref={head}"),
        // Binary and very large files have none.
        patch: (!file.binary && file.additions < 20_000)
            .then_some("@@ -1,3 +1,4 @@\n context\n-before\n+after"),
        previous_filename: file.previous_path.as_deref(),
    }
}
