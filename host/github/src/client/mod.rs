//! The client: requests in, whole answers out.
//!
//! [`Client`] is shared by all jobs of a run; a job gets a [`Scoped`] view of it. Inside, `transport` sends once,
//! `exchange` tries until there is an answer, `fetch` and `query` know the two APIs, `flights` keeps the same request
//! from being sent twice at a time.

mod backoff;
mod builder;
mod exchange;
pub(crate) mod fetch;
pub(crate) mod flights;
mod query;
pub(crate) mod task;
mod totals;
mod transport;
mod windows;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

pub use backoff::Backoff;
pub use builder::{BuildError, ClientBuilder};
pub use totals::{CredentialTotals, Totals};
pub use transport::Limits;

use crate::account::{Account, Budget};
use crate::address::Address;
use crate::document::Document;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::grants::Grants;
use crate::grants::granted::Granted;
use crate::pool::Pool;
use crate::request::GraphqlAnswer;
use crate::scoped::Scoped;
use fetch::{Fetch, Fetched};
use flights::{Flight, Flights, Scope};
use task::Task;

/// GitHub behind a pool of credentials. Cheap to clone; all clones share connections, pool and totals.
///
/// It can be built anywhere, and used inside a tokio runtime.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    flights: Arc<Flights>,
}

struct Inner {
    endpoint: Endpoint,
    pool: Pool,
    transport: transport::Transport,
    max_tries: u32,
    backoff: Backoff,
    counters: totals::Counters,
    stopped: watch::Sender<bool>,
    scopes: AtomicU64,
}

impl Client {
    /// Begins a client that talks to `endpoint`.
    pub fn builder(endpoint: Endpoint) -> ClientBuilder {
        ClientBuilder::new(endpoint)
    }

    /// A job's view: it can ask for what `grants` cover and spend what `budget` allows.
    pub fn scoped(&self, grants: Grants, budget: Budget) -> Scoped {
        let scope = Scope(self.inner.scopes.fetch_add(1, Ordering::Relaxed));
        Scoped::new(self.clone(), scope, grants, budget)
    }

    /// The credentials and what is known of their quotas.
    pub fn pool(&self) -> &Pool {
        &self.inner.pool
    }

    /// Sends nothing more. Whoever waits, and whoever asks later, gets [`Error::Unavailable`] at once; answers that are
    /// still on their way are given up on.
    pub fn stop(&self) {
        self.inner.pool.stop();
        self.inner.stopped.send_replace(true);
    }

    /// What has been sent so far.
    pub fn totals(&self) -> Totals {
        self.inner.counters.totals(&self.inner.pool)
    }

    /// A flight to `address`, joined or begun; and whose it is, if it was joined.
    pub(crate) fn fly(
        &self,
        address: &Address,
        scope: Scope,
        granted: &Arc<Granted>,
        account: &Arc<Account>,
    ) -> (Flight, Option<Scope>) {
        let (flight, joined) =
            self.flights.join_or_begin(address, scope, self.fetch(address, granted, account));
        if joined.is_some() {
            self.inner.counters.coalesced();
        }
        (flight, joined)
    }

    /// A flight of one's own.
    pub(crate) fn fly_alone(
        &self,
        address: &Address,
        granted: &Arc<Granted>,
        account: &Arc<Account>,
    ) -> Flight {
        Flights::begin_alone(self.fetch(address, granted, account))
    }

    fn fetch(
        &self,
        address: &Address,
        granted: &Arc<Granted>,
        account: &Arc<Account>,
    ) -> impl Future<Output = Result<Fetched, Error>> + Send + 'static {
        let (inner, address) = (Arc::clone(&self.inner), address.clone());
        let (granted, account) = (Arc::clone(granted), Arc::clone(account));
        async move { Fetch { inner: &inner, granted: &granted, account: &account }.run(&address).await }
    }

    /// Sends a query that has been checked.
    pub(crate) fn query(
        &self,
        document: Document,
        repositories: Vec<String>,
        account: &Arc<Account>,
    ) -> Task<GraphqlAnswer> {
        let (inner, account) = (Arc::clone(&self.inner), Arc::clone(account));
        Task::spawn(async move { inner.query(&document, &repositories, &account).await })
    }

    /// `work`, unless the client is stopped before it ends.
    pub(crate) async fn unless_stopped<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        if self.inner.is_stopped() {
            return Err(Error::stopped());
        }
        tokio::select! {
            biased;
            result = work => result,
            () = self.inner.until_stopped() => Err(Error::stopped()),
        }
    }
}

impl Inner {
    fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }

    async fn until_stopped(&self) {
        let mut stopped = self.stopped.subscribe();
        // The sender lives as long as `self`.
        let _ = stopped.wait_for(|stopped| *stopped).await;
    }
}
