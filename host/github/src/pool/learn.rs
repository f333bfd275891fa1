//! What the core learns when a lease ends.

use std::time::Duration;

use super::access::About;
use super::clock::Moment;
use super::core::{Core, Grant};
use crate::credential::{CredentialId, Kind};
use crate::verdict::{OwnerId, Reach, Ruling, Verdict};

/// An installation's token may be refused for this long after it was minted.
const FRESH: Duration = Duration::from_secs(5);
/// How long it rests before it is tried again.
const REST: Duration = Duration::from_secs(1);

impl Core {
    /// A request has come to its end, with or without an answer.
    pub(crate) fn settle(&mut self, grant: &Grant, verdict: &Verdict, now: Moment) {
        if let Some(date) = verdict.learnt.server_time {
            self.skew.learn(date, grant.at, now);
        }
        self.end_of_request(grant, Some(now.steady.saturating_sub(grant.at.steady)), now);
        if let Some(id) = verdict.learnt.owner {
            self.learn_owner(grant.seat, id, now);
        }
        self.learn_window(grant, verdict, now);
        self.learn_ruling(grant, &verdict.ruling, verdict.learnt.maybe_hidden, now);
        self.serve(now);
    }

    /// A lease was dropped: nobody knows how its request went.
    pub(crate) fn lose(&mut self, grant: &Grant, now: Moment) {
        self.end_of_request(grant, Some(now.steady.saturating_sub(grant.at.steady)), now);
        self.possibly_spent(grant, now);
        self.serve(now);
    }

    /// A lease was not used: nothing was sent.
    pub(crate) fn give_back(&mut self, grant: Grant, now: Moment) {
        self.end_of_request(&grant, None, now);
        self.serve(now);
    }

    /// Remembers that a credential can't see a repository.
    pub(crate) fn deny(&mut self, id: CredentialId, repository: &str, now: Moment) {
        if let Some(seat) = self.seat_of(id) {
            self.access.deny_repository(seat, &About::new(Some(repository), None));
            self.serve(now);
        }
    }

    /// Whether a credential has had a good answer about a repository.
    pub(crate) fn sees(&self, id: CredentialId, repository: &str) -> bool {
        let about = About::new(Some(repository), None);
        self.seat_of(id).is_some_and(|seat| self.access.has_seen(seat, &about))
    }

    /// Gives reservation, place and charge back; `took` is `None` if nothing was sent.
    fn end_of_request(&mut self, grant: &Grant, took: Option<Duration>, now: Moment) {
        let seat = &mut self.seats[grant.seat];
        seat.requests += u64::from(took.is_some());
        let owner = &mut self.owners[seat.owner];
        owner.in_flight = owner.in_flight.saturating_sub(1);
        if let Some(window) = owner.windows.get_mut(&grant.resource) {
            window.release(grant.points, now);
        }
        owner.pace.settle(&self.policy, grant.resource.is_graphql(), grant.charge, took, now.steady);
    }

    fn possibly_spent(&mut self, grant: &Grant, now: Moment) {
        let server = self.skew.server(now);
        let owner = self.seats[grant.seat].owner;
        if let Some(window) = self.owners[owner].window(&grant.resource) {
            window.lose(grant.points, self.serial + 1, server);
        }
    }

    fn learn_window(&mut self, grant: &Grant, verdict: &Verdict, now: Moment) {
        let server = self.skew.server(now);
        let owner = &mut self.owners[self.seats[grant.seat].owner];
        let told = verdict.learnt.window.as_ref();
        let resource = told.and_then(|reading| reading.resource.as_ref()).unwrap_or(&grant.resource);
        match told {
            Some(reading) => {
                if let Some(window) = owner.window(resource) {
                    window.hear(reading, grant.serial, server);
                }
            }
            // A 304 costs nothing.
            None if verdict.ruling == Ruling::Unchanged => {}
            None => self.possibly_spent(grant, now),
        }
        let owner = &mut self.owners[self.seats[grant.seat].owner];
        if verdict.learnt.heard
            && let Some(window) = owner.window(&grant.resource)
        {
            window.hear_nothing();
        }
        if let Ruling::PrimaryLimit { reset } = verdict.ruling
            && let Some(window) = owner.window(resource)
        {
            window.exhaust(reset, server);
        }
    }

    pub(super) fn learn_ruling(&mut self, grant: &Grant, ruling: &Ruling, maybe_hidden: bool, now: Moment) {
        let server = self.skew.server(now);
        let next = self.serial + 1;
        let seat = &mut self.seats[grant.seat];
        let owner = &mut self.owners[seat.owner];
        match ruling {
            Ruling::Success | Ruling::Unchanged => {
                seat.proven = true;
                owner.forgive(grant.serial);
                if !maybe_hidden {
                    self.access.see(grant.seat, &grant.about);
                }
            }
            Ruling::SecondaryLimit { pause } => owner.cool(*pause, grant.serial, next, &self.policy, server),
            Ruling::BadCredential { message } => match seat.credential.kind() {
                // It has no token that could be bad: this needs one.
                Kind::Anonymous => self.access.deny_topic(grant.seat, &grant.about),
                Kind::Installation if !seat.proven && is_fresh(seat.first_leased, now) => {
                    seat.resting_until = now.steady + REST;
                }
                Kind::Installation | Kind::User => {
                    tracing::warn!(credential = %seat.credential, %message, "GitHub refuses a credential: not used again");
                    seat.quarantined = Some(message.clone());
                }
            },
            Ruling::NoAccess { reach: Reach::Owner(named), .. } => {
                self.access.deny_owner(grant.seat, &grant.about, named.as_deref());
            }
            Ruling::NoAccess { reach: Reach::Topic, .. } => self.access.deny_topic(grant.seat, &grant.about),
            Ruling::Moved { .. } | Ruling::Accepted | Ruling::PrimaryLimit { .. } => {}
            Ruling::Absent { .. } | Ruling::Rejected { .. } => {}
            Ruling::Transient { .. } | Ruling::TooSlow { .. } => {}
        }
    }

    /// An answer names whose quota a credential draws on. Two of one owner are one from here on.
    pub(super) fn learn_owner(&mut self, seat: usize, id: OwnerId, now: Moment) {
        let ours = self.seats[seat].owner;
        // What has been learnt once is not unlearnt: a message could be about someone else.
        if self.owners[ours].id.is_some() {
            return;
        }
        let Some(known) = self.owners.iter().position(|owner| owner.id == Some(id)) else {
            self.owners[ours].id = Some(id);
            return;
        };
        tracing::info!(credential = %self.seats[seat].credential, owner = %id, "shares another credential's quota");
        let server = self.skew.server(now);
        let joining = std::mem::take(&mut self.owners[ours]);
        for &seat in &joining.seats {
            self.seats[seat].owner = known;
        }
        for (resource, used) in &mut self.in_use {
            used.retain(|owner| *owner != ours);
            if joining.in_use.contains(resource) && self.owners[known].in_use.insert(resource.clone()) {
                used.push(known);
            }
        }
        self.owners[known].join(joining, &self.policy, server);
    }
}

fn is_fresh(first_leased: Option<Duration>, now: Moment) -> bool {
    first_leased.is_none_or(|first| now.steady.saturating_sub(first) < FRESH)
}
