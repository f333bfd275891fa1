//! What the simulated GitHub holds: accounts, repositories, pull requests and all that hangs on them.
//!
//! Plain values without behaviour of their own, shared by reference count. A [`World`] is never changed while
//! someone reads it: readers clone one `Arc`, and a change ([`change`]) copies what it touches. Both APIs, and
//! [`truth`](crate::truth), are views of these types, so what is said here is said once.

mod account;
pub mod change;
mod check;
mod commit;
mod discussion;
mod pull;
mod repository;
mod time;

pub use account::{Account, AccountKind, Author, Team};
pub use check::{App, CheckRun, CommitStatus};
pub use commit::{Commit, FileChange, FileStatus, GitActor};
pub use discussion::{IssueComment, Review, ReviewComment, ReviewState, ReviewThread};
pub use pull::{Label, PullRequest, Reviewer};
pub use repository::Repository;
pub use time::Time;

use std::sync::Arc;

/// Everything the simulator serves at one moment.
#[derive(Debug, Clone)]
pub struct World {
    /// The moment the data is seen at: "today" for everything generated. Changes move it forward.
    pub now: Time,
    /// All repositories, in the order of the configuration.
    pub repositories: Vec<Arc<Repository>>,
    /// All accounts that appear anywhere, by ascending id.
    pub accounts: Vec<Arc<Account>>,
}

impl World {
    /// The repository of this `owner/name`, case-insensitively as GitHub compares, by its present name only.
    pub fn repository(&self, full_name: &str) -> Option<&Arc<Repository>> {
        self.repositories.iter().find(|r| r.full_name().eq_ignore_ascii_case(full_name))
    }

    /// The repository that was once called `owner/name`. REST answers such a name with a redirect to the id;
    /// GraphQL follows it silently.
    pub fn renamed_repository(&self, old_full_name: &str) -> Option<&Arc<Repository>> {
        self.repositories
            .iter()
            .find(|r| r.former_names.iter().any(|n| n.eq_ignore_ascii_case(old_full_name)))
    }

    /// The repository of this id.
    pub fn repository_by_id(&self, id: u64) -> Option<&Arc<Repository>> {
        self.repositories.iter().find(|r| r.id == id)
    }

    /// The account of this login, in REST's form (bots with `[bot]`), case-insensitively.
    pub fn account(&self, login: &str) -> Option<&Arc<Account>> {
        self.accounts.iter().find(|a| a.login.eq_ignore_ascii_case(login))
    }
}

/// An opaque global id as both APIs give it (`node_id` in REST, `id` in GraphQL), such as `PR_kwDO0000000001`.
pub fn node_id(prefix: &str, id: u64) -> String {
    format!("{prefix}_kwDO{id:016x}")
}
