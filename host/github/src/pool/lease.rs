//! The right to send one request.

use super::Pool;
use super::core::Grant;
use crate::credential::Credential;
use crate::resource::Resource;
use crate::verdict::Verdict;

/// The right to send one request with one credential.
///
/// Dropped unsettled (a cancelled caller, a panic) it gives its reservation back, and counts as possibly spent until
/// an answer says otherwise.
#[must_use = "a lease that is dropped counts as possibly spent"]
#[derive(Debug)]
pub struct Lease {
    pool: Pool,
    credential: Credential,
    /// `None` once it has been settled.
    grant: Option<Grant>,
    resource: Resource,
}

impl Lease {
    pub(super) fn new(pool: Pool, credential: Credential, grant: Grant) -> Self {
        let resource = grant.resource.clone();
        Self { pool, credential, grant: Some(grant), resource }
    }

    /// The credential to send the request with; no other.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// The quota that the lease was taken from.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// Tells the pool how the request went. [`Verdict::lost`] and [`Verdict::timed_out`] are for requests without an
    /// answer.
    pub fn settle(mut self, verdict: &Verdict) {
        if let Some(grant) = self.grant.take() {
            self.pool.change(|core, now| core.settle(&grant, verdict, now));
        }
    }

    /// Gives the lease back unused: nothing was sent.
    pub fn unused(mut self) {
        if let Some(grant) = self.grant.take() {
            self.pool.change(|core, now| core.give_back(grant, now));
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(grant) = self.grant.take() {
            self.pool.change(|core, now| core.lose(&grant, now));
        }
    }
}
