//! Check runs and commit statuses: the two halves of a commit's rollup.

use super::{Time, node_id};

/// The GitHub App a check run belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum App {
    /// GitHub Actions (id 15368).
    Actions,
    /// Codecov (id 254).
    Codecov,
    /// Vercel (id 8329).
    Vercel,
}

impl App {
    /// The app's database id.
    pub fn id(self) -> u64 {
        match self {
            Self::Actions => 15_368,
            Self::Codecov => 254,
            Self::Vercel => 8_329,
        }
    }

    /// The app's name in URLs.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Actions => "github-actions",
            Self::Codecov => "codecov",
            Self::Vercel => "vercel",
        }
    }

    /// The app's display name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Actions => "GitHub Actions",
            Self::Codecov => "Codecov",
            Self::Vercel => "Vercel",
        }
    }
}

/// One run of one check on one commit.
#[derive(Debug, Clone)]
pub struct CheckRun {
    /// Database id, far beyond 2^31 (GraphQL's `databaseId` is declared `Int`, yet GitHub sends the whole number).
    pub id: u64,
    /// The suite it belongs to; a rerun stays in its suite.
    pub suite_id: u64,
    /// Its name.
    pub name: String,
    /// `queued`, `in_progress` or `completed` (GraphQL: the same in capitals).
    pub status: &'static str,
    /// `success`, `failure`, `neutral`, `cancelled`, `skipped`, `timed_out` or `action_required`; none until
    /// completed (GraphQL: the same in capitals).
    pub conclusion: Option<&'static str>,
    /// When it started; none while queued.
    pub started_at: Option<Time>,
    /// When it ended.
    pub completed_at: Option<Time>,
    /// Whose check it is.
    pub app: App,
}

impl CheckRun {
    /// The opaque global id.
    pub fn node_id(&self) -> String {
        node_id("CR", self.id)
    }
}

/// A commit status (the older API): part of the rollup in GraphQL, never a check run.
#[derive(Debug, Clone)]
pub struct CommitStatus {
    /// Database id.
    pub id: u64,
    /// Its name, such as `ci/circleci`.
    pub context: String,
    /// `error`, `failure`, `pending` or `success`.
    pub state: &'static str,
    /// One line of text.
    pub description: Option<String>,
    /// When it was reported.
    pub created_at: Time,
}
