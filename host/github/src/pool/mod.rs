//! Which credential sends the next request, and when.
//!
//! The rooms: `window` (what is left of a quota), `pace` (how fast an owner is asked), `owner` (both, and cool-downs),
//! `access` (what a credential can't see), `selection` (the choice), `line` (who waits), `core`, `consider` and
//! `learn` (all of it together, without a lock or a timer). This file is the thin skin around the core: a mutex, a
//! clock, and a future that sleeps.

mod access;
mod clock;
mod consider;
mod core;
mod learn;
mod lease;
mod line;
mod owner;
mod pace;
mod selection;
mod snapshot;
mod survey;
mod want;
mod window;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

pub use lease::Lease;
pub use snapshot::{CredentialView, OwnerView, WindowView};
pub use want::{NoLease, Want};

use self::clock::{Clock, Moment};
use self::core::{Core, Grant, Polled};
use self::line::Ticket;
use crate::credential::{Credential, CredentialId};
use crate::policy::Policy;
use crate::resource::Resource;

/// The credentials of a run, shared by everything that sends. Cheap to clone.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    core: Mutex<Core>,
    clock: Clock,
}

impl Pool {
    /// A pool of `credentials`, each its own owner until an answer says otherwise.
    pub fn new(credentials: Vec<Credential>, policy: Policy) -> Self {
        let core = Mutex::new(Core::new(credentials, policy));
        Self(Arc::new(Inner { core, clock: Clock::starting_now() }))
    }

    /// Waits for the right to send one request. First come, first served, for each resource.
    ///
    /// # Errors
    /// See [`NoLease`]. Told as soon as it is certain: an exhausted pool does not keep anyone waiting in vain.
    ///
    /// # Cancellation
    /// Dropping the future gives up the place in the line; nothing is lost.
    ///
    /// # Panics
    /// If it has to wait outside a tokio runtime with time enabled.
    pub async fn lease(&self, want: &Want) -> Result<Lease, NoLease> {
        let ticket = self.change(|core, now| core.ask(want, now));
        let grant = InLine { pool: self, ticket: Some(ticket), alarm: None }.await?;
        let credential = self.lock().seats[grant.seat].credential.clone();
        Ok(Lease::new(self.clone(), credential, grant))
    }

    /// Says that `points` of `resource` are going to be asked for, so that windows can be opened early.
    pub fn announce(&self, resource: Resource, points: u64) {
        self.lock().announce(resource, points);
    }

    /// Whether `credential` has had a good answer about `repository` (`owner/name`): then a 404 there hides nothing
    /// from it.
    pub fn sees(&self, credential: CredentialId, repository: &str) -> bool {
        self.lock().sees(credential, repository)
    }

    /// Remembers that `credential` can't see `repository` (a 404 where another credential found it).
    pub fn deny(&self, credential: CredentialId, repository: &str) {
        self.change(|core, now| core.deny(credential, repository, now));
    }

    /// What is known now, one entry an owner.
    pub fn snapshot(&self) -> Vec<OwnerView> {
        let now = self.0.clock.now();
        self.lock().views(now)
    }

    /// Sends nothing more: whoever waits, or comes later, gets [`NoLease::Stopped`].
    pub fn stop(&self) {
        self.change(|core, _| core.stop());
    }

    /// Changes the core, and wakes whom that concerns after the lock is released.
    fn change<T>(&self, change: impl FnOnce(&mut Core, Moment) -> T) -> T {
        let now = self.0.clock.now();
        let mut core = self.lock();
        let result = change(&mut core, now);
        let wakes = core.take_wakes();
        drop(core);
        wakes.into_iter().for_each(std::task::Waker::wake);
        result
    }

    fn lock(&self) -> MutexGuard<'_, Core> {
        // The core does not panic half-way through a change; if it ever did, going on beats hanging everyone.
        self.0.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

/// A place in the line, as a future.
struct InLine<'a> {
    pool: &'a Pool,
    /// `None` once the outcome has been fetched.
    ticket: Option<Ticket>,
    alarm: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl Future for InLine<'_> {
    type Output = Result<Grant, NoLease>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(ticket) = self.ticket else { return Poll::Ready(Err(NoLease::Stopped)) };
        loop {
            let pool = self.pool;
            match pool.change(|core, now| core.poll(ticket, context.waker(), now)) {
                Polled::Done(outcome) => {
                    self.ticket = None;
                    return Poll::Ready(outcome);
                }
                Polled::Pending(until) => {
                    let at = pool.0.clock.instant(until);
                    let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
                    if alarm.deadline() != at {
                        alarm.as_mut().reset(at);
                    }
                    if alarm.as_mut().poll(context).is_pending() {
                        return Poll::Pending;
                    }
                    // The time has come while we were looking: look again.
                }
            }
        }
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.pool.change(|core, now| core.leave(ticket, now));
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod world;
