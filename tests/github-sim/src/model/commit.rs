//! Commits and the files of a pull request.

use std::sync::Arc;

use super::{Account, CheckRun, CommitStatus, Time, node_id};

/// Author or committer as Git knows them, with GitHub's account where the e-mail led to one.
#[derive(Debug, Clone)]
pub struct GitActor {
    /// Git's name.
    pub name: String,
    /// Git's e-mail (must never reach a row).
    pub email: String,
    /// Git's date.
    pub date: Time,
    /// The account. REST shows bots too; GraphQL's `user` is null for them.
    pub account: Option<Arc<Account>>,
}

/// One commit of a pull request.
#[derive(Debug, Clone)]
pub struct Commit {
    /// Forty hexadecimal digits.
    pub sha: String,
    /// The whole message.
    pub message: String,
    /// Who wrote it.
    pub author: GitActor,
    /// Who committed it.
    pub committer: GitActor,
    /// The parents, one or (a merge) two.
    pub parents: Vec<String>,
    /// Lines added.
    pub additions: u64,
    /// Lines deleted.
    pub deletions: u64,
    /// Check runs in ascending id, earlier attempts included. Most are on the head.
    pub checks: Vec<CheckRun>,
    /// Commit statuses.
    pub statuses: Vec<CommitStatus>,
}

impl Commit {
    /// The latest run of each check: of one name in one suite the highest id (REST's `filter=latest`, and what the
    /// rollup shows), in ascending id.
    pub fn latest_checks(&self) -> Vec<&CheckRun> {
        let newest_of_its_name = |c: &&CheckRun| {
            !self.checks.iter().any(|o| o.id > c.id && o.suite_id == c.suite_id && o.name == c.name)
        };
        self.checks.iter().filter(newest_of_its_name).collect()
    }

    /// The opaque global id.
    pub fn node_id(&self) -> String {
        format!("C_kwDO{}", self.sha)
    }
}

/// How a pull request changes a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileStatus {
    /// A new file.
    Added,
    /// A file that is gone.
    Removed,
    /// Other content.
    Modified,
    /// Another path.
    Renamed,
    /// A copy of another file.
    Copied,
    /// Another type or mode.
    Changed,
}

impl FileStatus {
    /// REST's word.
    pub fn rest(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Modified => "modified",
            Self::Renamed => "renamed",
            Self::Copied => "copied",
            Self::Changed => "changed",
        }
    }

    /// GraphQL's word (`PatchStatus`).
    pub fn graphql(self) -> &'static str {
        match self {
            Self::Added => "ADDED",
            Self::Removed => "DELETED",
            Self::Modified => "MODIFIED",
            Self::Renamed => "RENAMED",
            Self::Copied => "COPIED",
            Self::Changed => "CHANGED",
        }
    }
}

/// One file of a pull request.
#[derive(Debug, Clone)]
pub struct FileChange {
    /// Its path (after the change).
    pub path: String,
    /// Its path before, of renamed and copied files.
    pub previous_path: Option<String>,
    /// What happened to it.
    pub status: FileStatus,
    /// Lines added.
    pub additions: u64,
    /// Lines deleted.
    pub deletions: u64,
    /// Whether it is binary: then REST gives no `patch`.
    pub binary: bool,
}

impl FileChange {
    /// A blob id that is stable for path and size.
    pub fn blob_sha(&self) -> String {
        let mut rng = fastrand::Rng::with_seed(
            self.path.bytes().fold(self.additions, |h, b| h.wrapping_mul(1_099_511_628_211) ^ u64::from(b)),
        );
        format!("{:016x}{:016x}{:08x}", rng.u64(..), rng.u64(..), rng.u32(..))
    }

    /// A global id for the path inside one pull request.
    pub fn node_id(&self) -> String {
        node_id("PRCF", self.path.len() as u64)
    }
}
