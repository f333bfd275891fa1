//! GraphQL's answers, as far as they are read.

use std::fmt;

use seedbed_sdk::Time;
use serde::Deserialize;
use serde::de::{self, Deserializer};

use crate::meaning::{Somebody, somebody};

/// A database id: GitHub writes a `BigInt` as a text and an `Int` as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(pub(super) i64);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Id;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a database id")
            }
            fn visit_i64<E: de::Error>(self, id: i64) -> Result<Id, E> {
                Ok(Id(id))
            }
            fn visit_u64<E: de::Error>(self, id: u64) -> Result<Id, E> {
                i64::try_from(id).map(Id).map_err(E::custom)
            }
            fn visit_str<E: de::Error>(self, id: &str) -> Result<Id, E> {
                id.parse().map(Id).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// The field `repository` of an answer, as far as GitHub could give it.
#[derive(Debug, Deserialize)]
pub(super) struct Data<T> {
    pub(super) repository: Option<T>,
}

/// The repository's own facts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Repository {
    pub(super) database_id: Id,
    pub(super) name_with_owner: String,
    pub(super) is_private: bool,
    pub(super) created_at: Time,
    pub(super) pushed_at: Option<Time>,
    pub(super) default_branch_ref: Option<Name>,
    pub(super) primary_language: Option<Name>,
}

/// Something with a name.
#[derive(Debug, Deserialize)]
pub(super) struct Name {
    pub(super) name: String,
}

/// A page of the list of pull requests.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PullRequestList {
    pub(super) pull_requests: Connection<ListedPull>,
}

/// An item of that list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListedPull {
    pub(super) full_database_id: Id,
    pub(super) number: i64,
    pub(super) updated_at: Time,
    pub(super) head_ref_oid: String,
}

/// A page of a list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Connection<T> {
    pub(super) total_count: usize,
    pub(super) page_info: PageInfo,
    pub(super) nodes: Option<Vec<Option<T>>>,
}

/// A page of a list whose items' cursors matter. Where only one item is asked for, the rest is absent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EdgeConnection<T> {
    #[serde(default)]
    pub(super) total_count: usize,
    #[serde(default)]
    pub(super) page_info: PageInfo,
    pub(super) edges: Option<Vec<Option<Edge<T>>>>,
}

/// An item and its cursor.
#[derive(Debug, Deserialize)]
pub(super) struct Edge<T> {
    pub(super) cursor: Option<String>,
    pub(super) node: Option<T>,
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    pub(super) has_next_page: bool,
    pub(super) end_cursor: Option<String>,
}

/// An actor, a user, or a requested reviewer (a team has no login).
#[derive(Debug, Deserialize)]
pub(super) struct Actor {
    #[serde(rename = "__typename")]
    kind: String,
    #[serde(default)]
    login: String,
    #[serde(rename = "databaseId")]
    id: Option<Id>,
}

/// Who this is; `None` for a deleted account and for a team.
pub(super) fn who(actor: Option<Actor>) -> Option<Somebody> {
    actor.and_then(|actor| somebody(&actor.kind, &actor.login, actor.id.map(|id| id.0)))
}

/// A pull request's own facts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PullRequest {
    pub(super) full_database_id: Id,
    pub(super) number: i64,
    pub(super) title: String,
    pub(super) body: String,
    pub(super) state: String,
    pub(super) is_draft: bool,
    pub(super) created_at: Time,
    pub(super) updated_at: Time,
    pub(super) closed_at: Option<Time>,
    pub(super) merged_at: Option<Time>,
    pub(super) author: Option<Actor>,
    pub(super) merged_by: Option<Actor>,
    pub(super) base_ref_name: String,
    pub(super) head_ref_name: String,
    pub(super) base_ref_oid: String,
    pub(super) head_ref_oid: String,
    pub(super) merge_commit: Option<Oid>,
    pub(super) additions: i64,
    pub(super) deletions: i64,
    pub(super) changed_files: i64,
    pub(super) head: Head,
}

/// A Git object's name.
#[derive(Debug, Deserialize)]
pub(super) struct Oid {
    pub(super) oid: String,
}

/// The last commit of a pull request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Head {
    /// How many commits there are.
    pub(super) total_count: i64,
    pub(super) nodes: Option<Vec<Option<OfCommit<HeadCommit>>>>,
}

/// GitHub's wrapping of a commit in a pull request.
#[derive(Debug, Deserialize)]
pub(super) struct OfCommit<T> {
    pub(super) commit: T,
}

/// A commit with its checks.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HeadCommit {
    pub(super) oid: String,
    pub(super) status_check_rollup: Option<Rollup>,
}

/// The checks of a commit.
#[derive(Debug, Deserialize)]
pub(super) struct Rollup {
    pub(super) contexts: Connection<Context>,
}

/// One of the checks: the older commit statuses are among them.
#[derive(Debug, Deserialize)]
#[serde(tag = "__typename")]
pub(super) enum Context {
    CheckRun(CheckRun),
    #[serde(other)]
    Other,
}

/// A check run.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CheckRun {
    pub(super) database_id: Id,
    pub(super) name: String,
    pub(super) status: String,
    pub(super) conclusion: Option<String>,
    pub(super) started_at: Option<Time>,
    pub(super) completed_at: Option<Time>,
    pub(super) check_suite: CheckSuite,
}

/// The suite of a check run.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CheckSuite {
    pub(super) database_id: Option<Id>,
}

/// The lists of a pull request; those that were not asked for are absent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Lists {
    pub(super) labels: Option<Connection<Name>>,
    pub(super) assignees: Option<Connection<Actor>>,
    pub(super) review_requests: Option<Connection<ReviewRequest>>,
    pub(super) reviews: Option<EdgeConnection<Review>>,
    pub(super) comments: Option<Connection<IssueComment>>,
    pub(super) commits: Option<Connection<OfCommit<Commit>>>,
    pub(super) files: Option<Connection<File>>,
}

/// Someone is asked for a review.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReviewRequest {
    pub(super) requested_reviewer: Option<Actor>,
}

/// A review. Where only its comments are asked for, the rest is absent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Review {
    pub(super) full_database_id: Id,
    pub(super) author: Option<Actor>,
    #[serde(default)]
    pub(super) state: String,
    #[serde(default)]
    pub(super) body: Option<String>,
    pub(super) submitted_at: Option<Time>,
    pub(super) commit: Option<Oid>,
    pub(super) comments: Option<Connection<ReviewComment>>,
}

/// A comment of a review.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReviewComment {
    pub(super) full_database_id: Id,
    pub(super) author: Option<Actor>,
    pub(super) path: String,
    pub(super) body: String,
    pub(super) created_at: Time,
    pub(super) updated_at: Time,
}

/// A comment on the pull request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IssueComment {
    pub(super) full_database_id: Id,
    pub(super) author: Option<Actor>,
    pub(super) body: String,
    pub(super) created_at: Time,
    pub(super) updated_at: Time,
}

/// A commit.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Commit {
    pub(super) oid: String,
    pub(super) message: String,
    pub(super) authored_date: Time,
    pub(super) committed_date: Time,
    pub(super) author: Option<GitActor>,
    /// Only with `commit_stats`.
    pub(super) additions: Option<i64>,
    /// Only with `commit_stats`.
    pub(super) deletions: Option<i64>,
}

/// Who Git says wrote a commit, and the person GitHub knows by that.
#[derive(Debug, Deserialize)]
pub(super) struct GitActor {
    pub(super) name: Option<String>,
    pub(super) user: Option<Actor>,
}

/// A file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File {
    pub(super) path: String,
    pub(super) change_type: String,
    pub(super) additions: i64,
    pub(super) deletions: i64,
}
