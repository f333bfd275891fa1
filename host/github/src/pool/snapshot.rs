//! What the pool looks like from outside.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::credential::{CredentialId, Kind};
use crate::time::Timestamp;

/// One owner: whoever GitHub counts the quota for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnerView {
    /// `user 123`, `installation 123`, or the only credential's mask as long as nothing is learnt.
    pub owner: String,
    /// The credentials that draw on this quota.
    pub credentials: Vec<CredentialView>,
    /// The windows, by resource.
    pub windows: BTreeMap<String, WindowView>,
    /// Until when a secondary limit keeps it from being asked.
    pub cooling_until: Option<Timestamp>,
    /// Requests in flight.
    pub in_flight: u32,
}

/// One credential of an owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CredentialView {
    /// The mask, e.g. `ghp_…abcd`.
    pub credential: String,
    /// Its id in the pool.
    pub id: CredentialId,
    /// What kind it is.
    pub kind: Kind,
    /// Why it is no longer used, in GitHub's words.
    pub quarantined: Option<String>,
    /// Requests sent with it.
    pub requests: u64,
    /// What it is known not to see: `owner`, `owner/name`, or either followed by ` (topic)`.
    pub denied: Vec<String>,
}

/// One window of an owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WindowView {
    /// Requests (GraphQL: points) in a window; `None` if not limited.
    pub limit: Option<u64>,
    /// What is left, as GitHub last said; less what is in flight.
    pub remaining: Option<u64>,
    /// What is used, as GitHub last said.
    pub used: Option<u64>,
    /// When it ends; `None` once it is over (then it is full).
    pub reset: Option<Timestamp>,
}
