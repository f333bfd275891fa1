//! REST's answers, as far as they are read.

use seedbed_sdk::Time;
use serde::Deserialize;

use crate::meaning::{Somebody, somebody};

/// `GET /repos/{owner}/{repo}`.
#[derive(Debug, Deserialize)]
pub(super) struct Repository {
    pub(super) id: i64,
    pub(super) full_name: String,
    pub(super) default_branch: Option<String>,
    pub(super) language: Option<String>,
    pub(super) private: bool,
    pub(super) created_at: Time,
    pub(super) pushed_at: Option<Time>,
    /// Kilobytes; 0 for an empty repository (and for a tiny one).
    pub(super) size: Option<i64>,
}

/// An account. `{}` stands for an author whom Git knows and GitHub does not.
#[derive(Debug, Deserialize)]
pub(super) struct Account {
    id: Option<i64>,
    #[serde(default)]
    login: String,
    #[serde(default, rename = "type")]
    kind: String,
}

impl Account {
    /// Who this is; `None` for a deleted account.
    pub(super) fn somebody(self) -> Option<Somebody> {
        somebody(&self.kind, &self.login, self.id)
    }
}

/// Who this is; `None` for a deleted account.
pub(super) fn who(account: Option<Account>) -> Option<Somebody> {
    account.and_then(Account::somebody)
}

/// An item of `GET /repos/{owner}/{repo}/pulls`.
#[derive(Debug, Deserialize)]
pub(super) struct ListedPull {
    pub(super) id: i64,
    pub(super) number: i64,
    pub(super) updated_at: Time,
    pub(super) head: Branch,
}

/// One end of a pull request.
#[derive(Debug, Deserialize)]
pub(super) struct Branch {
    #[serde(rename = "ref")]
    pub(super) name: String,
    pub(super) sha: String,
}

/// `GET /repos/{owner}/{repo}/pulls/{number}`.
#[derive(Debug, Deserialize)]
pub(super) struct Pull {
    pub(super) id: i64,
    pub(super) number: i64,
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) state: String,
    #[serde(default)]
    pub(super) draft: Option<bool>,
    pub(super) created_at: Time,
    pub(super) updated_at: Time,
    pub(super) closed_at: Option<Time>,
    pub(super) merged_at: Option<Time>,
    pub(super) user: Option<Account>,
    pub(super) merged_by: Option<Account>,
    pub(super) base: Branch,
    pub(super) head: Branch,
    pub(super) merge_commit_sha: Option<String>,
    pub(super) additions: i64,
    pub(super) deletions: i64,
    pub(super) changed_files: i64,
    pub(super) commits: i64,
    #[serde(default)]
    pub(super) labels: Vec<Label>,
    #[serde(default)]
    pub(super) assignees: Option<Vec<Account>>,
    #[serde(default)]
    pub(super) requested_reviewers: Option<Vec<Account>>,
}

/// A label.
#[derive(Debug, Deserialize)]
pub(super) struct Label {
    pub(super) name: String,
}

/// An item of `.../pulls/{number}/reviews`.
#[derive(Debug, Deserialize)]
pub(super) struct Review {
    pub(super) id: i64,
    pub(super) user: Option<Account>,
    pub(super) state: String,
    pub(super) body: Option<String>,
    pub(super) submitted_at: Option<Time>,
    pub(super) commit_id: Option<String>,
}

/// An item of `.../pulls/{number}/comments`.
#[derive(Debug, Deserialize)]
pub(super) struct ReviewComment {
    pub(super) id: i64,
    pub(super) pull_request_review_id: Option<i64>,
    pub(super) user: Option<Account>,
    pub(super) path: String,
    pub(super) body: Option<String>,
    pub(super) created_at: Time,
    pub(super) updated_at: Time,
}

/// An item of `.../issues/{number}/comments`.
#[derive(Debug, Deserialize)]
pub(super) struct IssueComment {
    pub(super) id: i64,
    pub(super) user: Option<Account>,
    pub(super) body: Option<String>,
    pub(super) created_at: Time,
    pub(super) updated_at: Time,
}

/// An item of `.../pulls/{number}/commits`.
#[derive(Debug, Deserialize)]
pub(super) struct Commit {
    pub(super) sha: String,
    pub(super) commit: GitCommit,
    pub(super) author: Option<Account>,
}

/// What Git says of a commit.
#[derive(Debug, Deserialize)]
pub(super) struct GitCommit {
    pub(super) message: String,
    author: Option<GitActor>,
    committer: Option<GitActor>,
}

impl GitCommit {
    /// When it was written and when committed. GitHub's description lets either be absent: then they are the same.
    pub(super) fn times(&self) -> Option<(Time, Time)> {
        let date = |actor: &Option<GitActor>| actor.as_ref().and_then(|actor| actor.date.clone());
        let (authored, committed) = (date(&self.author), date(&self.committer));
        Some((authored.clone().or_else(|| committed.clone())?, committed.or(authored)?))
    }

    /// The author's name.
    pub(super) fn author_name(self) -> Option<String> {
        self.author.and_then(|author| author.name)
    }
}

/// What Git says of a person. The e-mail address is left where it is.
#[derive(Debug, Deserialize)]
struct GitActor {
    name: Option<String>,
    date: Option<Time>,
}

/// `GET /repos/{owner}/{repo}/commits/{sha}`.
#[derive(Debug, Deserialize)]
pub(super) struct CommitWithStats {
    pub(super) stats: Stats,
}

/// How many lines a commit adds and deletes.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Stats {
    pub(super) additions: i64,
    pub(super) deletions: i64,
}

/// An item of `.../pulls/{number}/files`.
#[derive(Debug, Deserialize)]
pub(super) struct File {
    pub(super) filename: String,
    pub(super) status: String,
    pub(super) additions: i64,
    pub(super) deletions: i64,
}

/// `GET /repos/{owner}/{repo}/commits/{sha}/check-runs`.
#[derive(Debug, Deserialize)]
pub(super) struct CheckRuns {
    pub(super) check_runs: Vec<CheckRun>,
}

/// One check run.
#[derive(Debug, Deserialize)]
pub(super) struct CheckRun {
    pub(super) id: i64,
    pub(super) head_sha: String,
    pub(super) name: String,
    pub(super) status: String,
    pub(super) conclusion: Option<String>,
    pub(super) started_at: Option<Time>,
    pub(super) completed_at: Option<Time>,
    pub(super) check_suite: Option<CheckSuite>,
}

/// The suite of a check run.
#[derive(Debug, Deserialize)]
pub(super) struct CheckSuite {
    pub(super) id: i64,
}
