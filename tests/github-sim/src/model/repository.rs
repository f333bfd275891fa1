//! A repository: its own facts, its pull requests, and where each commit is found.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::{Account, Commit, Label, PullRequest, Team, Time, node_id};

/// One repository.
#[derive(Debug, Clone)]
pub struct Repository {
    /// Database id.
    pub id: u64,
    /// Whose it is.
    pub owner: Arc<Account>,
    /// Its name without the owner.
    pub name: String,
    /// Full names (`owner/name`) it had before.
    pub former_names: Vec<String>,
    /// Whether only those with access may know of it.
    pub private: bool,
    /// One line about it.
    pub description: Option<String>,
    /// The main language; none if GitHub detects none.
    pub language: Option<String>,
    /// The branch that is shown first.
    pub default_branch: String,
    /// When it was created.
    pub created_at: Time,
    /// When its own facts last changed.
    pub updated_at: Time,
    /// When it was last pushed to.
    pub pushed_at: Time,
    /// Whether nothing was ever pushed: lists of commits answer 409.
    pub empty: bool,
    /// Pull requests by ascending number.
    pub pulls: Vec<Arc<PullRequest>>,
    /// Labels of the repository.
    pub labels: Vec<Arc<Label>>,
    /// Teams that have access.
    pub teams: Vec<Arc<Team>>,
    /// The number of the pull request that holds each commit.
    pub(crate) commit_home: HashMap<String, u64>,
    /// The places in `pulls` by ascending `updated_at`, sorted at their first use; emptied by a change.
    pub(crate) update_order: OnceLock<Vec<u32>>,
    /// REST's `repository` object, rendered at its first use; emptied by a change.
    pub(crate) rest_json: OnceLock<Box<serde_json::value::RawValue>>,
}

impl Repository {
    /// `owner/name`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner.login, self.name)
    }

    /// The pull request of this number.
    pub fn pull(&self, number: u64) -> Option<&Arc<PullRequest>> {
        let at = self.pulls.binary_search_by_key(&number, |p| p.number).ok()?;
        self.pulls.get(at)
    }

    /// A commit by its full sha, with the pull request it is in.
    pub fn commit(&self, sha: &str) -> Option<(&Arc<PullRequest>, &Commit)> {
        let pull = self.pull(*self.commit_home.get(sha)?)?;
        Some((pull, pull.commit(sha)?))
    }

    /// Pull requests by ascending `updated_at`, those of one second by ascending number.
    pub fn pulls_by_update(&self) -> impl DoubleEndedIterator<Item = &Arc<PullRequest>> + ExactSizeIterator {
        let order = self.update_order.get_or_init(|| {
            let mut order: Vec<(Time, u32)> =
                (0..).zip(&self.pulls).map(|(at, p)| (p.updated_at, at)).collect();
            order.sort_unstable();
            order.into_iter().map(|(_, at)| at).collect()
        });
        order.iter().map(|at| &self.pulls[*at as usize])
    }

    /// The opaque global id.
    pub fn node_id(&self) -> String {
        node_id("R", self.id)
    }

    /// Notes where the commits of a pull request are, after it was added or pushed to.
    pub(crate) fn index_commits(&mut self, number: u64) {
        let Ok(at) = self.pulls.binary_search_by_key(&number, |p| p.number) else { return };
        let pull = Arc::clone(&self.pulls[at]);
        for commit in pull.commits.iter().chain(&pull.former_commits) {
            // A commit can be in several pull requests; the first keeps it.
            self.commit_home.entry(commit.sha.clone()).or_insert(number);
        }
    }
}
