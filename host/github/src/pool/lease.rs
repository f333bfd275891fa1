//! The right to send one request.

use crate::credential::Credential;
use crate::verdict::Verdict;

/// The right to send one request with one credential.
///
/// Dropped unsettled (a cancelled caller, a panic) it gives its reservation back, and counts as possibly spent until
/// an answer says otherwise.
#[must_use = "a lease that is dropped counts as possibly spent"]
pub struct Lease(Credential);

impl Lease {
    /// The credential to send the request with; no other.
    pub fn credential(&self) -> &Credential {
        &self.0
    }

    /// Tells the pool how the request went. [`Verdict::lost`] and [`Verdict::timed_out`] are for requests without an
    /// answer.
    pub fn settle(self, _verdict: &Verdict) {
        todo!()
    }

    /// Gives the lease back unused: nothing was sent.
    pub fn unused(self) {
        todo!()
    }
}
