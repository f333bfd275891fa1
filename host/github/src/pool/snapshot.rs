//! What the pool looks like from outside.

use std::collections::BTreeMap;

use serde::Serialize;

use super::clock::Moment;
use super::core::Core;
use super::owner::Owner;
use crate::credential::{CredentialId, Kind};
use crate::resource::Resource;
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
    /// What is left, as GitHub last said; `None` as long as it has not.
    pub remaining: Option<u64>,
    /// What is used, as GitHub last said.
    pub used: Option<u64>,
    /// When it ends; `None` once it is over (then it is full).
    pub reset: Option<Timestamp>,
    /// What the pool may still send: `remaining` less the reserve, what is in flight and what may have been lost;
    /// `None` if not limited.
    pub usable: Option<u64>,
}

impl Core {
    pub(super) fn views(&self, now: Moment) -> Vec<OwnerView> {
        let present = self.owners.iter().filter(|owner| !owner.seats.is_empty());
        present.map(|owner| self.view(owner, now)).collect()
    }

    fn view(&self, owner: &Owner, now: Moment) -> OwnerView {
        let server = self.skew.server(now);
        let credential = |&seat: &usize| {
            let state = &self.seats[seat];
            CredentialView {
                credential: state.credential.masked().to_owned(),
                id: state.credential.id(),
                kind: state.credential.kind(),
                quarantined: state.quarantined.clone(),
                requests: state.requests,
                denied: self.access.denials(seat),
            }
        };
        let window = |resource: &Resource, window: &super::window::Window| {
            let known = window.known(server);
            let usable = window.usable(resource, &self.policy, server);
            WindowView {
                limit: known.map(|known| known.limit),
                remaining: known.map(|known| known.remaining),
                used: known.map(|known| known.used),
                reset: known.and_then(|known| known.reset),
                usable: (usable != u64::MAX).then_some(usable),
            }
        };
        let credentials: Vec<_> = owner.seats.iter().map(credential).collect();
        let alone = || credentials.first().map(|first| first.credential.clone()).unwrap_or_default();
        OwnerView {
            owner: owner.id.map_or_else(alone, |id| id.to_string()),
            windows: owner
                .windows
                .iter()
                .map(|(name, state)| (name.to_string(), window(name, state)))
                .collect(),
            cooling_until: owner.cooling.until(server).map(|until| now.wall_at(server.steady_at(until))),
            in_flight: owner.in_flight,
            credentials,
        }
    }
}
