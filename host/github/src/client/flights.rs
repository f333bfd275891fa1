//! Requests in flight, so that the same one is not sent twice at a time.
//!
//! Callers share an answer only within one visibility, the set of credentials that either may be served by. Today every
//! credential of a client may serve each of its jobs, so a client is one visibility.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures::FutureExt;
use futures::future::{Shared, WeakShared};

use super::fetch::Fetched;
use super::task::Task;
use crate::address::Address;
use crate::error::Error;
use crate::lock::lock;

/// A request under way; each clone waits for the same answer, the last one dropped ends it.
pub(crate) type Flight = Shared<Task<Arc<Fetched>>>;

/// Names the job that a flight was begun for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope(pub(crate) u64);

#[derive(Default)]
pub(super) struct Flights {
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    flights: HashMap<Address, Entry>,
    begun: u64,
}

struct Entry {
    flight: WeakShared<Task<Arc<Fetched>>>,
    number: u64,
    begun_by: Scope,
}

impl Flights {
    /// The flight to `address`, if there is one, and who began it.
    fn join(open: &Open, address: &Address) -> Option<(Flight, Scope)> {
        let entry = open.flights.get(address)?;
        Some((entry.flight.upgrade()?, entry.begun_by))
    }

    /// Joins the flight to `address`, or begins one with `work`; tells whose flight was joined.
    pub(super) fn join_or_begin(
        self: &Arc<Self>,
        address: &Address,
        scope: Scope,
        work: impl Future<Output = Result<Fetched, Error>> + Send + 'static,
    ) -> (Flight, Option<Scope>) {
        let mut open = lock(&self.open);
        if let Some((flight, begun_by)) = Self::join(&open, address) {
            return (flight, Some(begun_by));
        }
        open.begun += 1;
        let number = open.begun;
        let landing = Landing { flights: Arc::clone(self), address: address.clone(), number };
        let flight = Task::spawn(async move {
            // Dropped before the answer is handed out, and when the task is aborted.
            let _landing = landing;
            work.await.map(Arc::new)
        })
        .shared();
        if let Some(weak) = flight.downgrade() {
            open.flights.insert(address.clone(), Entry { flight: weak, number, begun_by: scope });
        }
        (flight, None)
    }

    /// Begins a flight that nobody else joins.
    pub(super) fn begin_alone(work: impl Future<Output = Result<Fetched, Error>> + Send + 'static) -> Flight {
        Task::spawn(async move { work.await.map(Arc::new) }).shared()
    }
}

/// Takes a flight off the list once it is over.
struct Landing {
    flights: Arc<Flights>,
    address: Address,
    number: u64,
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut open = lock(&self.flights.open);
        // A later flight to the same address may have taken the place of an abandoned one.
        if open.flights.get(&self.address).is_some_and(|entry| entry.number == self.number) {
            open.flights.remove(&self.address);
        }
    }
}
