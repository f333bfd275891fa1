//! How the core stands to one want: who may serve it, who does, or why nobody can.

use std::time::Duration;

use super::clock::Moment;
use super::core::{Asked, Core, Seat, earliest};
use super::owner::Owner;
use super::selection::{Candidate, Choice, Stop, Wait, choose};
use super::want::NoLease;

/// How the core stands to one want.
pub(super) enum Considered {
    Take { owner: usize, seat: usize },
    Wait(Wait),
    Refuse(NoLease),
}

/// How one owner's credentials stand to one want.
enum Fit {
    Seat(usize),
    Resting(Duration),
    None,
}

impl Core {
    pub(super) fn consider(&self, asked: &Asked, now: Moment) -> Considered {
        let server = self.skew.server(now);
        let in_use = self.in_use.get(&asked.resource).map(Vec::as_slice).unwrap_or_default();
        let others =
            (0..self.owners.len()).filter(|owner| !self.owners[*owner].in_use.contains(&asked.resource));
        let candidate = |owner: usize| self.candidate(owner, asked, server);
        let announced = self.announced.get(&asked.resource).copied().unwrap_or_default();
        let demand = self.line.demand(&asked.resource).saturating_add(announced);
        let in_use = in_use.iter().copied().filter_map(candidate);
        match choose(self.policy.strategy, demand, in_use, others.filter_map(candidate)) {
            Choice::Take(owner) => match self.fit(&self.owners[owner], asked, now) {
                Fit::Seat(seat) => Considered::Take { owner, seat },
                Fit::Resting(_) | Fit::None => Considered::Refuse(self.nobody(asked)),
            },
            // No owner was stopped, so there was none at all.
            Choice::Wait(wait) if wait == Wait::default() => Considered::Refuse(self.nobody(asked)),
            Choice::Wait(wait) => Considered::Wait(wait),
        }
    }

    fn candidate(&self, owner: usize, asked: &Asked, server: Moment) -> Option<Candidate> {
        let state = &self.owners[owner];
        let resting = match self.fit(state, asked, server) {
            Fit::Seat(_) => None,
            Fit::Resting(until) => Some(Stop::Cooling { until }),
            Fit::None => return None,
        };
        let candidate = state.candidate(owner, &asked.resource, asked.points, &self.policy, server);
        Some(Candidate { stop: candidate.stop.or(resting), ..candidate })
    }

    /// The owner's first credential that may serve this want: an owner's credentials share its quota, so there is
    /// nothing to be gained from taking turns.
    fn fit(&self, owner: &Owner, asked: &Asked, now: Moment) -> Fit {
        let mut resting: Option<Duration> = None;
        for &seat in &owner.seats {
            let state = &self.seats[seat];
            let refused = state.quarantined.is_some() || asked.skip.contains(&seat);
            if refused || self.access.is_denied(seat, &asked.about) {
                continue;
            }
            if asked.resource.is_graphql() && state.credential.is_anonymous() {
                continue;
            }
            if state.resting_until <= now.steady {
                return Fit::Seat(seat);
            }
            resting = earliest(resting, Some(state.resting_until));
        }
        resting.map_or(Fit::None, Fit::Resting)
    }

    /// Why no credential at all may serve a want.
    fn nobody(&self, asked: &Asked) -> NoLease {
        let good: Vec<_> = self.seats.iter().filter(|seat| seat.quarantined.is_none()).collect();
        if self.seats.is_empty() {
            return NoLease::NoCredential("there is no credential".to_owned());
        }
        if good.is_empty() {
            let bad = |seat: &Seat| {
                let why = seat.quarantined.as_deref().unwrap_or_default();
                format!("{} ({why})", seat.credential)
            };
            let all: Vec<_> = self.seats.iter().map(bad).collect();
            return NoLease::NoCredential(format!("GitHub refused every credential: {}", all.join(", ")));
        }
        if asked.resource.is_graphql() && good.iter().all(|seat| seat.credential.is_anonymous()) {
            return NoLease::NoCredential(
                "GitHub's GraphQL API needs a token: anonymous access is REST only".to_owned(),
            );
        }
        NoLease::NoAccess
    }
}
