//! What a client has sent, all jobs together.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::Serialize;

use crate::lock::lock;
use crate::pool::Pool;
use crate::resource::Resource;

/// What all requests of a client came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Requests sent to GitHub: every try, redirect and query.
    pub requests: u64,
    /// The same by the quota that they were counted in.
    pub by_bucket: BTreeMap<String, u64>,
    /// Answers that said that nothing has changed.
    pub unchanged: u64,
    /// Requests that were not sent because the same one was in flight.
    pub coalesced: u64,
    /// Requests that were sent again.
    pub retries: u64,
    /// Answers that were a limit.
    pub refused: u64,
    /// What each credential sent.
    pub credentials: Vec<CredentialTotals>,
}

/// What one credential sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CredentialTotals {
    /// Its mask.
    pub credential: String,
    /// Whose quota it draws on.
    pub owner: String,
    /// Requests sent with it.
    pub requests: u64,
}

#[derive(Default)]
pub(super) struct Counters(Mutex<Totals>);

impl Counters {
    /// One request goes out, `again` if it is not the first try.
    pub(super) fn sent(&self, guess: &Resource, again: bool) {
        let mut totals = lock(&self.0);
        totals.requests += 1;
        totals.retries += u64::from(again);
        *totals.by_bucket.entry(guess.to_string()).or_default() += 1;
    }

    /// The answer says that it was counted in `told`, not in `guess`.
    pub(super) fn recount(&self, guess: &Resource, told: &Resource) {
        if guess == told {
            return;
        }
        let mut totals = lock(&self.0);
        if let Some(count) = totals.by_bucket.get_mut(guess.as_str()) {
            *count = count.saturating_sub(1);
        }
        totals.by_bucket.retain(|_, count| *count > 0);
        *totals.by_bucket.entry(told.to_string()).or_default() += 1;
    }

    pub(super) fn refused(&self) {
        lock(&self.0).refused += 1;
    }

    pub(super) fn coalesced(&self) {
        lock(&self.0).coalesced += 1;
    }

    pub(super) fn totals(&self, pool: &Pool) -> Totals {
        let mut totals = lock(&self.0).clone();
        for owner in pool.snapshot() {
            totals.credentials.extend(owner.credentials.into_iter().map(|credential| CredentialTotals {
                credential: credential.credential,
                owner: owner.owner.clone(),
                requests: credential.requests,
            }));
        }
        totals
    }
}
