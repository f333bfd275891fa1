//! The nine kinds of row. Field names are column names; both APIs fill every field with the same value.
//!
//! **Users** are everyone whom another row of the run names by login: authors, mergers, assignees, requested
//! reviewers, and authors of reviews, comments and commits. A deleted account is nobody. No row holds an e-mail address.

use schemars::JsonSchema;
use seedbed_sdk::{StreamDescription, Time, stream};
use serde::{Deserialize, Serialize};

use crate::params::StreamName;

/// The repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Repository {
    /// GitHub's id; it survives renames.
    pub id: i64,
    /// The present `owner/name`.
    pub full_name: String,
    /// The default branch; null while the repository is empty.
    pub default_branch: Option<String>,
    /// The main language, if GitHub found one.
    pub language: Option<String>,
    /// Whether it is private.
    pub private: bool,
    /// When it was created.
    pub created_at: Time,
    /// When it was last pushed to.
    pub pushed_at: Option<Time>,
}

/// Someone who is named in another row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct User {
    /// GitHub's id; it survives renames.
    pub id: i64,
    /// The login; a bot's ends in `[bot]`.
    pub login: String,
    /// `User`, `Bot`, `Organization` or `Mannequin`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PullRequest {
    /// GitHub's id.
    pub id: i64,
    /// The present `owner/name` of the repository.
    pub repository: String,
    /// Its number in the repository.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// Its text; null if empty.
    pub body: Option<String>,
    /// `open` or `closed`; whether it was merged shows in `merged_at`.
    pub state: String,
    /// Whether it is a draft.
    pub draft: bool,
    /// When it was opened.
    pub created_at: Time,
    /// When it last changed. Check runs don't move it.
    pub updated_at: Time,
    /// When it was closed or merged.
    pub closed_at: Option<Time>,
    /// When it was merged.
    pub merged_at: Option<Time>,
    /// Who opened it.
    pub author_id: Option<i64>,
    /// Who opened it.
    pub author_login: Option<String>,
    /// Who merged it.
    pub merged_by_login: Option<String>,
    /// The branch it wants to go to.
    pub base_ref: String,
    /// Its own branch.
    pub head_ref: String,
    /// The commit it starts from.
    pub base_sha: String,
    /// Its newest commit.
    pub head_sha: String,
    /// The commit that merged it; null unless merged.
    pub merge_commit_sha: Option<String>,
    /// Lines added.
    pub additions: i64,
    /// Lines deleted.
    pub deletions: i64,
    /// How many files it changes.
    pub changed_files: i64,
    /// How many commits it has.
    pub commits: i64,
    /// The names of its labels, sorted.
    pub labels: Vec<String>,
    /// The logins of those it is assigned to, sorted.
    pub assignees: Vec<String>,
    /// The logins of people and bots whose review is asked for, sorted. Teams are not among them.
    pub requested_reviewers: Vec<String>,
}

/// A submitted review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Review {
    /// GitHub's id.
    pub id: i64,
    /// The pull request's id.
    pub pull_request_id: i64,
    /// Who reviewed.
    pub author_login: Option<String>,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED` or `DISMISSED`.
    pub state: String,
    /// Its text; null if empty.
    pub body: Option<String>,
    /// When it was submitted.
    pub submitted_at: Option<Time>,
    /// The commit it was made on, if that is still there.
    pub commit_sha: Option<String>,
}

/// A comment on a place of the diff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewComment {
    /// GitHub's id.
    pub id: i64,
    /// The pull request's id.
    pub pull_request_id: i64,
    /// The review it belongs to.
    pub review_id: Option<i64>,
    /// Who wrote it.
    pub author_login: Option<String>,
    /// The file.
    pub path: String,
    /// Its text; null if empty.
    pub body: Option<String>,
    /// When it was written.
    pub created_at: Time,
    /// When it was last edited.
    pub updated_at: Time,
}

/// A comment on the pull request as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IssueComment {
    /// GitHub's id.
    pub id: i64,
    /// The pull request's id.
    pub pull_request_id: i64,
    /// Who wrote it.
    pub author_login: Option<String>,
    /// Its text; null if empty.
    pub body: Option<String>,
    /// When it was written.
    pub created_at: Time,
    /// When it was last edited.
    pub updated_at: Time,
}

/// A commit of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Commit {
    /// The pull request's id.
    pub pull_request_id: i64,
    /// The commit.
    pub sha: String,
    /// The whole message.
    pub message: String,
    /// The author's name as Git knows it.
    pub author_name: Option<String>,
    /// The author's account; null for bots, which only REST can tell.
    pub author_login: Option<String>,
    /// When it was written.
    pub authored_at: Time,
    /// When it was committed.
    pub committed_at: Time,
    /// Lines added; null without `commit_stats`.
    pub additions: Option<i64>,
    /// Lines deleted; null without `commit_stats`.
    pub deletions: Option<i64>,
}

/// A file that a pull request changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct File {
    /// The pull request's id.
    pub pull_request_id: i64,
    /// Its path after the change.
    pub path: String,
    /// `added`, `removed`, `modified`, `renamed`, `copied` or `changed`.
    pub status: String,
    /// Lines added.
    pub additions: i64,
    /// Lines deleted.
    pub deletions: i64,
}

/// The latest run of a check on a pull request's head commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckRun {
    /// GitHub's id.
    pub id: i64,
    /// The pull request's id.
    pub pull_request_id: i64,
    /// The commit it checked.
    pub head_sha: String,
    /// The check's name.
    pub name: String,
    /// `queued`, `in_progress`, `completed`, ...
    pub status: String,
    /// `success`, `failure`, ...; null until completed.
    pub conclusion: Option<String>,
    /// When it started.
    pub started_at: Option<Time>,
    /// When it ended.
    pub completed_at: Option<Time>,
}

/// All streams, for the job's description.
pub fn streams() -> Vec<StreamDescription> {
    StreamName::ALL
        .into_iter()
        .map(|name| match name {
            StreamName::Repositories => stream::<Repository>(name.as_str(), &["id"]),
            StreamName::Users => stream::<User>(name.as_str(), &["id"]),
            StreamName::PullRequests => stream::<PullRequest>(name.as_str(), &["id"]),
            StreamName::Reviews => stream::<Review>(name.as_str(), &["id"]),
            StreamName::ReviewComments => stream::<ReviewComment>(name.as_str(), &["id"]),
            StreamName::IssueComments => stream::<IssueComment>(name.as_str(), &["id"]),
            StreamName::Commits => stream::<Commit>(name.as_str(), &["pull_request_id", "sha"]),
            StreamName::Files => stream::<File>(name.as_str(), &["pull_request_id", "path"]),
            StreamName::CheckRuns => stream::<CheckRun>(name.as_str(), &["id"]),
        })
        .collect()
}
