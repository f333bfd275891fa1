//! How a client is put together.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::sync::watch;

use super::transport::Transport;
use super::{Backoff, Client, Inner, Limits};
use crate::credential::Credential;
use crate::endpoint::Endpoint;
use crate::policy::Policy;
use crate::pool::Pool;

/// Settings of a [`Client`]. What is not set is as GitHub's documentation asks for.
pub struct ClientBuilder {
    endpoint: Endpoint,
    credentials: Vec<Credential>,
    policy: Policy,
    max_tries: u32,
    backoff: Backoff,
    limits: Limits,
}

/// Why there is no client: TLS could not be set up (no usable root certificates, for example).
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be set up")]
pub struct BuildError(#[from] reqwest::Error);

impl ClientBuilder {
    pub(super) fn new(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            credentials: Vec::new(),
            policy: Policy::default(),
            max_tries: 10,
            backoff: Backoff::default(),
            limits: Limits::default(),
        }
    }

    /// The credentials to use. Without any, requests go out anonymously.
    #[must_use]
    pub fn credentials(mut self, credentials: Vec<Credential>) -> Self {
        self.credentials = credentials;
        self
    }

    /// How fast each owner may be asked, and which is asked first.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// How often one request is sent at most, over all credentials (default 10, at least 1).
    #[must_use]
    pub fn max_tries(mut self, tries: u32) -> Self {
        self.max_tries = tries.max(1);
        self
    }

    /// How long is waited before a retry.
    #[must_use]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// How long is waited for an answer, and how large it may be.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The client. Sends nothing yet.
    ///
    /// # Errors
    /// If TLS can't be set up.
    pub fn build(self) -> Result<Client, BuildError> {
        let mut credentials = self.credentials;
        if credentials.is_empty() {
            credentials.push(Credential::anonymous());
        }
        let transport = Transport::new(&self.endpoint, self.limits)?;
        let inner = Inner {
            endpoint: self.endpoint,
            pool: Pool::new(credentials, self.policy),
            transport,
            max_tries: self.max_tries,
            backoff: self.backoff,
            counters: Default::default(),
            stopped: watch::Sender::new(false),
            scopes: AtomicU64::new(0),
        };
        Ok(Client { inner: Arc::new(inner), flights: Arc::default() })
    }
}
