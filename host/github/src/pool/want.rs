//! What a request asks the pool for, and why it may not get it.

use std::time::Duration;

use crate::credential::CredentialId;
use crate::resource::Resource;
use crate::time::Timestamp;

/// One request's need of a credential.
#[derive(Clone, Debug)]
pub struct Want {
    /// The quota it will be counted in, as far as is known before it is sent.
    pub bucket: Resource,
    /// What it will cost of that quota: 1 for REST, the query's cost for GraphQL.
    pub points: u32,
    /// `owner/name` of the repository it is about: credentials known not to see it are not used.
    pub repository: Option<String>,
    /// What kind of request it is (such as `check-runs`), for permissions that a token lacks for one kind only.
    pub topic: Option<String>,
    /// Credentials that have been refused for this very request.
    pub skip: Vec<CredentialId>,
    /// How long it may wait for a lease.
    pub patience: Duration,
}

impl Want {
    /// A want of one request of `bucket`, about no repository, with a patience of 90 s.
    pub fn new(bucket: Resource) -> Self {
        let patience = Duration::from_secs(90);
        Self { bucket, points: 1, repository: None, topic: None, skip: Vec::new(), patience }
    }
}

/// Why there is no lease.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLease {
    /// No credential that may serve this has quota, pace and peace within the want's patience.
    #[error("the quota of `{resource}` is spent until {retry_at} (Unix time)")]
    Exhausted {
        /// The quota that was wanted.
        resource: Resource,
        /// The earliest time at which any credential can serve it again.
        retry_at: Timestamp,
    },
    /// There are good credentials, but each is known to have no access or was refused for this request.
    #[error("no credential has access")]
    NoAccess,
    /// There is no credential that could be used; the text says why.
    #[error("{0}")]
    NoCredential(String),
    /// The pool has been stopped: nothing more is sent.
    #[error("stopped")]
    Stopped,
}
