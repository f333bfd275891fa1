//! What a simulator is told at its start. Every default is what GitHub does, or the main job's repository.

use std::time::Duration;

pub use crate::faults::Faults;
pub use crate::limits::{SecondaryBody, SecondaryForm, SecondaryRules};

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Decides all data and all tokens: the same seed gives the same world.
    pub seed: u64,
    /// "Today" of the data, in seconds since the Unix epoch. Windows run on the real clock.
    pub now: u64,
    /// The repositories served.
    pub repositories: Vec<RepoConfig>,
    /// Who has tokens.
    pub owners: Vec<OwnerConfig>,
    /// How long an answer takes at least.
    pub latency: Duration,
    /// What goes wrong by chance.
    pub faults: Faults,
    /// The length of a primary window (GitHub: an hour). Resets have whole seconds.
    pub window: Duration,
    /// Secondary limits; `None` switches them off.
    pub secondary: Option<SecondaryRules>,
    /// How refusals by a primary limit look: 403, 429, or both in turn.
    pub primary_status: PrimaryStatus,
    /// After a refusal was sent, how long requests that were under way already are forgiven in the ledger.
    pub grace: Duration,
    /// How many bad credentials in one `secondary` window make GitHub refuse the good ones too.
    pub bad_credentials_allowed: u32,
    /// A GraphQL query that asks for more nodes than this takes too long (502). GitHub's bound is ten seconds.
    pub graphql_timeout_nodes: Option<u64>,
    /// GraphQL fields that never resolve, while the rest of the answer stands.
    pub graphql_broken: Vec<crate::BrokenField>,
    /// The port; 0 takes a free one.
    pub port: u16,
}

/// Which status refuses a request over the primary limit. GitHub uses both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrimaryStatus {
    /// Always 403.
    Forbidden,
    /// Always 429.
    TooManyRequests,
    /// 403 and 429 in turn.
    Alternating,
}

/// One repository to generate.
#[derive(Debug, Clone)]
pub struct RepoConfig {
    /// `owner/name`.
    pub full_name: String,
    /// How many pull requests it has, all updated in the last 85 days.
    pub pull_requests: usize,
    /// A full name it had before; asked for that, GitHub redirects to `/repositories/{id}`.
    pub renamed_from: Option<String>,
    /// Whether it is private.
    pub private: bool,
    /// Whether it was never pushed to (then it has no pull requests either).
    pub empty: bool,
    /// How much hangs on a pull request.
    pub detail: Detail,
    /// One pull request beyond REST's cap of 250 commits (its rest is told as a gap in REST).
    pub beyond_commit_cap: bool,
    /// One pull request beyond REST's cap of 3,000 files.
    pub beyond_file_cap: bool,
}

/// How much hangs on each pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Skewed, realistic sizes, with some lists over one page of 100.
    Realistic,
    /// One commit, one file, now and then a review: for repositories of 100,000 pull requests.
    Slim,
}

impl RepoConfig {
    /// A public repository of realistic sizes.
    pub fn new(full_name: impl Into<String>, pull_requests: usize) -> Self {
        Self {
            full_name: full_name.into(),
            pull_requests,
            renamed_from: None,
            private: false,
            empty: false,
            detail: Detail::Realistic,
            beyond_commit_cap: true,
            beyond_file_cap: false,
        }
    }
}

/// One owner of quota: a user, or an installation of a GitHub App.
#[derive(Debug, Clone)]
pub struct OwnerConfig {
    /// How many tokens share its quota.
    pub tokens: usize,
    /// An installation: its tokens begin with `ghs_` and can't read `/user`.
    pub installation: bool,
    /// Requests a window in `core`.
    pub core: u32,
    /// Points a window in `graphql`.
    pub graphql: u32,
    /// Requests a window in `search` (GitHub: 30 a minute).
    pub search: u32,
    /// What is left in `core` at the start, if not all.
    pub core_remaining: Option<u32>,
    /// What is left in `graphql` at the start, if not all.
    pub graphql_remaining: Option<u32>,
    /// When the first windows end, if they have begun already. None: a window begins at its first request.
    pub reset_in: Option<Duration>,
    /// Whether it sees private repositories.
    pub sees_private: bool,
}

impl Default for OwnerConfig {
    fn default() -> Self {
        Self {
            tokens: 1,
            installation: false,
            core: 5_000,
            graphql: 5_000,
            search: 30,
            core_remaining: None,
            graphql_remaining: None,
            reset_in: None,
            sees_private: true,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            seed: 1,
            // 2026-02-01T12:00:00Z: tests that compare rows fix the clock to this too.
            now: 1_769_947_200,
            repositories: vec![RepoConfig::new("antiwork/gumroad", 919)],
            owners: vec![OwnerConfig::default(); 3],
            latency: Duration::ZERO,
            faults: Faults::default(),
            window: Duration::from_secs(3_600),
            secondary: Some(SecondaryRules::default()),
            primary_status: PrimaryStatus::Alternating,
            grace: Duration::from_millis(100),
            bad_credentials_allowed: 10,
            graphql_timeout_nodes: None,
            graphql_broken: Vec::new(),
            port: 0,
        }
    }
}

impl Config {
    /// The same without secondary limits: for tests that send as fast as they can.
    pub fn without_secondary_limits(mut self) -> Self {
        self.secondary = None;
        self
    }
}
