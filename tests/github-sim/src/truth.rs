//! The rows that a complete and correct run must have stored: a third view of the model, independent of both APIs.
//!
//! Where the APIs differ, a row says what both can tell: a deleted account and an empty text are null, a bot's login ends in
//! `[bot]`, a merge commit exists once merged, a commit's author is a person or null; names in lists are sorted and teams
//! are not among the requested reviewers. With `commit_stats`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::model::{Account, Author, Commit, PullRequest, Repository, Reviewer, World};

/// All rows by stream, in the order of the model. `users` are those who appear in a row of another stream: authors, mergers,
/// assignees, requested reviewers, reviewers, commenters, and people (not bots) who wrote commits.
pub fn rows(world: &World) -> BTreeMap<String, Vec<Value>> {
    let mut rows: BTreeMap<String, Vec<Value>> = [
        "repositories",
        "users",
        "pull_requests",
        "reviews",
        "review_comments",
        "issue_comments",
        "commits",
        "files",
        "check_runs",
    ]
    .into_iter()
    .map(|stream| (stream.to_owned(), Vec::new()))
    .collect();
    let mut users = Users::default();
    for repository in &world.repositories {
        put(&mut rows, "repositories", repository_row(repository));
        for pull in &repository.pulls {
            pull_rows(&mut rows, &mut users, repository, pull);
        }
    }
    rows.insert("users".to_owned(), users.rows);
    rows
}

fn put(rows: &mut BTreeMap<String, Vec<Value>>, stream: &str, row: Value) {
    rows.entry(stream.to_owned()).or_default().push(row);
}

#[derive(Default)]
struct Users {
    seen: BTreeSet<u64>,
    rows: Vec<Value>,
}

impl Users {
    /// Notes an account and gives its login for a row.
    fn login(&mut self, author: &Author) -> Option<String> {
        author.as_ref().map(|account| self.note(account))
    }

    fn note(&mut self, account: &Arc<Account>) -> String {
        if self.seen.insert(account.id) {
            self.rows.push(json!({"id": account.id, "login": account.login, "type": account.type_name()}));
        }
        account.login.clone()
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names
}

fn text(body: &str) -> Value {
    if body.is_empty() { Value::Null } else { json!(body) }
}

fn repository_row(repository: &Repository) -> Value {
    json!({
        "id": repository.id,
        "full_name": repository.full_name(),
        // GraphQL has no default branch while nothing was pushed.
        "default_branch": (!repository.empty).then_some(&repository.default_branch),
        "language": repository.language,
        "private": repository.private,
        "created_at": repository.created_at,
        "pushed_at": repository.pushed_at,
    })
}

fn pull_rows(
    rows: &mut BTreeMap<String, Vec<Value>>,
    users: &mut Users,
    repository: &Repository,
    pull: &PullRequest,
) {
    let reviewers = sorted(pull.requested_reviewers.iter().filter_map(|r| match r {
        Reviewer::Account(account) => Some(users.note(account)),
        Reviewer::Team(_) => None,
    }));
    let assignees = sorted(pull.assignees.iter().map(|a| users.note(a)));
    let labels = sorted(pull.labels.iter().map(|l| l.name.clone()));
    let row = json!({
        "id": pull.id,
        "repository": repository.full_name(),
        "number": pull.number,
        "title": pull.title,
        "body": text(pull.body.as_deref().unwrap_or_default()),
        "state": pull.rest_state(),
        "draft": pull.draft,
        "created_at": pull.created_at,
        "updated_at": pull.updated_at,
        "closed_at": pull.closed_at,
        "merged_at": pull.merged_at,
        "author_id": pull.author.as_ref().map(|a| a.id),
        "author_login": users.login(&pull.author),
        "merged_by_login": users.login(&pull.merged_by),
        "base_ref": pull.base_ref,
        "head_ref": pull.head_ref,
        "base_sha": pull.base_sha,
        "head_sha": pull.head_sha,
        "merge_commit_sha": pull.merge_commit(),
        "additions": pull.additions(),
        "deletions": pull.deletions(),
        "changed_files": pull.files.len(),
        "commits": pull.commits.len(),
        "labels": labels,
        "assignees": assignees,
        "requested_reviewers": reviewers,
    });
    put(rows, "pull_requests", row);
    talk_rows(rows, users, pull);
    for commit in &pull.commits {
        let row = commit_row(users, pull, commit);
        put(rows, "commits", row);
    }
    for file in &pull.files {
        let row = json!({
            "pull_request_id": pull.id,
            "path": file.path,
            "status": file.status.rest(),
            "additions": file.additions,
            "deletions": file.deletions,
        });
        put(rows, "files", row);
    }
    for run in pull.head().map(Commit::latest_checks).unwrap_or_default() {
        let row = json!({
            "id": run.id,
            "pull_request_id": pull.id,
            "head_sha": pull.head_sha,
            "name": run.name,
            "status": run.status,
            "conclusion": run.conclusion,
            "started_at": run.started_at,
            "completed_at": run.completed_at,
        });
        put(rows, "check_runs", row);
    }
}

fn talk_rows(rows: &mut BTreeMap<String, Vec<Value>>, users: &mut Users, pull: &PullRequest) {
    for review in pull.visible_reviews() {
        let row = json!({
            "id": review.id,
            "pull_request_id": pull.id,
            "author_login": users.login(&review.author),
            "state": review.state.as_str(),
            "body": text(&review.body),
            "submitted_at": review.submitted_at,
            "commit_sha": review.commit_sha,
        });
        put(rows, "reviews", row);
    }
    for (thread, comment) in pull.review_comments() {
        let row = json!({
            "id": comment.id,
            "pull_request_id": pull.id,
            "review_id": comment.review_id,
            "author_login": users.login(&comment.author),
            "path": thread.path,
            "body": text(&comment.body),
            "created_at": comment.created_at,
            "updated_at": comment.updated_at,
        });
        put(rows, "review_comments", row);
    }
    for comment in &pull.comments {
        let row = json!({
            "id": comment.id,
            "pull_request_id": pull.id,
            "author_login": users.login(&comment.author),
            "body": text(&comment.body),
            "created_at": comment.created_at,
            "updated_at": comment.updated_at,
        });
        put(rows, "issue_comments", row);
    }
}

fn commit_row(users: &mut Users, pull: &PullRequest, commit: &Commit) -> Value {
    let person = commit.author.account.clone().filter(|a| a.is_user());
    json!({
        "pull_request_id": pull.id,
        "sha": commit.sha,
        "message": commit.message,
        "author_name": commit.author.name,
        "author_login": users.login(&person),
        "authored_at": commit.author.date,
        "committed_at": commit.committer.date,
        "additions": commit.additions,
        "deletions": commit.deletions,
    })
}
