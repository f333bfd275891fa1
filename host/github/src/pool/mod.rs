//! Which credential sends the next request, and when.

mod lease;
mod snapshot;
mod want;

pub use lease::Lease;
pub use snapshot::{CredentialView, OwnerView, WindowView};
pub use want::{NoLease, Want};

use crate::credential::{Credential, CredentialId};
use crate::policy::Policy;
use crate::resource::Resource;

/// The credentials of a run, shared by everything that sends. Cheap to clone.
#[derive(Clone)]
pub struct Pool(());

impl Pool {
    /// A pool of `credentials`, each its own owner until an answer says otherwise.
    pub fn new(_credentials: Vec<Credential>, _policy: Policy) -> Self {
        todo!()
    }

    /// Waits for the right to send one request.
    ///
    /// # Errors
    /// See [`NoLease`].
    ///
    /// # Cancellation
    /// Dropping the future gives up the place in the line; nothing is lost.
    pub async fn lease(&self, _want: &Want) -> Result<Lease, NoLease> {
        todo!()
    }

    /// Says that `points` of `resource` are going to be asked for, so that windows can be opened early.
    pub fn announce(&self, _resource: Resource, _points: u64) {
        todo!()
    }

    /// Whether `credential` has had an answer about `repository`: then a 404 there hides nothing from it.
    pub fn sees(&self, _credential: CredentialId, _repository: &str) -> bool {
        todo!()
    }

    /// Remembers that `credential` can't see `repository` (a 404 where another credential found it).
    pub fn deny(&self, _credential: CredentialId, _repository: &str) {
        todo!()
    }

    /// What is known now, one entry an owner.
    pub fn snapshot(&self) -> Vec<OwnerView> {
        todo!()
    }

    /// Sends nothing more: whoever waits, or comes later, gets [`NoLease::Stopped`].
    pub fn stop(&self) {
        todo!()
    }
}
