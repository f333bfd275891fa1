//! One owner: whoever GitHub counts the quota for, with its windows, its pace and its cool-down.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::clock::Moment;
use super::pace::Pace;
use super::selection::{Candidate, Stop};
use super::window::Window;
use crate::policy::Policy;
use crate::resource::Resource;
use crate::verdict::{OwnerId, Pause};

/// No cool-down without a `Retry-After` grows beyond this many minutes.
const LONGEST_COOL_DOWN: u32 = 60;
/// No `Retry-After` is believed beyond this.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3_600);
/// More windows than GitHub has resources, so that a server can't fill the memory.
const MOST_WINDOWS: usize = 64;

#[derive(Clone, Debug, Default)]
pub(crate) struct Owner {
    /// Who it is; `None` until an answer says so: then it is its only credential.
    pub(crate) id: Option<OwnerId>,
    /// The credentials that draw on its quota, by index. None: it has been joined to another.
    pub(crate) seats: Vec<usize>,
    pub(crate) windows: BTreeMap<Resource, Window>,
    /// The resources that it is in use for.
    pub(crate) in_use: BTreeSet<Resource>,
    pub(crate) in_flight: u32,
    pub(crate) pace: Pace,
    pub(crate) cooling: CoolDown,
}

/// A secondary limit's pause, and how many there have been in a row.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CoolDown {
    /// By GitHub's clock.
    until: Duration,
    strikes: u32,
    /// The first lease after it began: what was sent before is no second offence.
    serial: u64,
}

impl CoolDown {
    /// By GitHub's clock; `None` if it is over.
    pub(crate) fn until(&self, server: Moment) -> Option<Duration> {
        Some(self.until).filter(|until| *until > server.wall)
    }
}

impl Owner {
    /// How this owner stands for a request of `points` of `resource`.
    pub(crate) fn candidate(
        &self,
        owner: usize,
        resource: &Resource,
        points: u64,
        policy: &Policy,
        server: Moment,
    ) -> Candidate {
        let unheard = Window::default();
        let window = self.windows.get(resource).unwrap_or(&unheard);
        Candidate {
            owner,
            stop: self.stop(window, resource, points, policy, server),
            usable: window.usable(resource, policy, server),
            reset: window.known(server).and_then(|known| known.reset),
            open: window.is_open(server),
        }
    }

    fn stop(
        &self,
        window: &Window,
        resource: &Resource,
        points: u64,
        policy: &Policy,
        server: Moment,
    ) -> Option<Stop> {
        let cooling = self.cooling.until(server).map(|until| server.steady_at(until));
        let spent = window.stop(points, resource, policy, server);
        match (cooling, spent) {
            // Both must be over before it can serve.
            (Some(cool), Some(Stop::Spent { until })) => return Some(Stop::Spent { until: until.max(cool) }),
            (Some(until), _) => return Some(Stop::Cooling { until }),
            (None, Some(stop)) => return Some(stop),
            (None, None) => {}
        }
        if self.in_flight >= policy.in_flight {
            return Some(Stop::Busy { until: None });
        }
        let until = self.pace.ready_at(policy, resource.is_graphql());
        (until > server.steady).then_some(Stop::Paced { until })
    }

    /// The window of `resource`, from the first time on that it is asked for. `None` for one resource too many.
    pub(crate) fn window(&mut self, resource: &Resource) -> Option<&mut Window> {
        if !self.windows.contains_key(resource) && self.windows.len() >= MOST_WINDOWS {
            return None;
        }
        Some(self.windows.entry(resource.clone()).or_default())
    }

    /// Cools down after a secondary limit told to the request leased as `serial`; `next` is the serial to come.
    pub(crate) fn cool(
        &mut self,
        pause: Option<Pause>,
        serial: u64,
        next: u64,
        policy: &Policy,
        server: Moment,
    ) {
        let cooling = &mut self.cooling;
        if cooling.strikes == 0 || serial >= cooling.serial {
            cooling.strikes = cooling.strikes.saturating_add(1);
            cooling.serial = next;
        }
        let told = match pause {
            Some(Pause::Seconds(seconds)) => Some(Duration::from_secs(seconds)),
            Some(Pause::Until(time)) => Some(time.since_epoch().saturating_sub(server.wall)),
            None => None,
        };
        let length = match told {
            // Never none at all: a date can lie in the past because the clocks differ.
            Some(told) => told.clamp(Duration::from_secs(1), LONGEST_PAUSE),
            None => policy.minute * (1 << (cooling.strikes - 1).min(6)).min(LONGEST_COOL_DOWN),
        };
        cooling.until = cooling.until.max(server.wall + length);
    }

    /// A good answer to the request leased as `serial`: if it went out after the cool-down, all is forgiven.
    pub(crate) fn forgive(&mut self, serial: u64) {
        if serial >= self.cooling.serial {
            self.cooling.strikes = 0;
        }
    }

    /// Takes another owner in that turns out to be the same.
    pub(crate) fn join(&mut self, other: Self, policy: &Policy, server: Moment) {
        self.id = self.id.or(other.id);
        self.seats.extend(other.seats);
        for (resource, window) in other.windows {
            self.windows.entry(resource).or_default().join(window, server);
        }
        self.in_flight += other.in_flight;
        self.pace.join(&other.pace, policy, server.steady);
        self.cooling.until = self.cooling.until.max(other.cooling.until);
        self.cooling.strikes = self.cooling.strikes.max(other.cooling.strikes);
        self.cooling.serial = self.cooling.serial.max(other.cooling.serial);
    }
}

#[cfg(test)]
mod tests {
    use super::Owner;
    use crate::policy::Policy;
    use crate::pool::clock::Moment;
    use crate::time::Timestamp;
    use crate::verdict::Pause;
    use std::time::Duration;

    fn at(seconds: u64) -> Moment {
        Moment { wall: Duration::from_secs(seconds), steady: Duration::from_secs(seconds) }
    }

    fn cools_until(owner: &Owner, now: u64) -> Option<u64> {
        owner.cooling.until(at(now)).map(|until| until.as_secs())
    }

    #[test]
    fn a_told_pause_is_kept_in_either_form() {
        let (policy, mut owner) = (Policy::default(), Owner::default());
        owner.cool(Some(Pause::Seconds(30)), 1, 2, &policy, at(1_000));
        assert_eq!(cools_until(&owner, 1_000), Some(1_030));
        assert_eq!(cools_until(&owner, 1_030), None);
        owner.cool(Some(Pause::Until(Timestamp::from_seconds(1_200))), 2, 3, &policy, at(1_100));
        assert_eq!(cools_until(&owner, 1_100), Some(1_200));
    }

    #[test]
    fn without_one_it_is_a_minute_that_doubles_up_to_an_hour() {
        let (policy, mut owner) = (Policy::default(), Owner::default());
        let (mut now, mut lengths) = (10_000, Vec::new());
        for serial in 0..9 {
            owner.cool(None, serial, serial + 1, &policy, at(now));
            let until = cools_until(&owner, now).unwrap();
            lengths.push(until - now);
            now = until;
        }
        assert_eq!(lengths, [60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600]);
        owner.forgive(9);
        owner.cool(None, 9, 10, &policy, at(now));
        assert_eq!(cools_until(&owner, now), Some(now + 60));
    }

    #[test]
    fn what_was_in_flight_when_it_began_is_no_second_offence() {
        let (policy, mut owner) = (Policy::default(), Owner::default());
        for serial in 0..80 {
            owner.cool(None, serial, 80, &policy, at(1_000));
        }
        owner.forgive(5);
        assert_eq!(cools_until(&owner, 1_000), Some(1_060));
        owner.cool(None, 80, 81, &policy, at(1_060));
        assert_eq!(cools_until(&owner, 1_060), Some(1_180), "the one after it is");
    }

    #[test]
    fn a_nonsensical_pause_is_neither_nothing_nor_for_ever() {
        let (policy, mut owner) = (Policy::default(), Owner::default());
        owner.cool(Some(Pause::Until(Timestamp::from_seconds(5))), 1, 2, &policy, at(1_000));
        assert_eq!(cools_until(&owner, 1_000), Some(1_001));
        owner.cool(Some(Pause::Seconds(u64::MAX)), 2, 3, &policy, at(1_000));
        assert_eq!(cools_until(&owner, 1_000), Some(1_000 + 86_400));
    }
}
