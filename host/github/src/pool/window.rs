//! One window: what is left of an owner's quota of one resource.
//!
//! Answers arrive out of order, so a reading is merged, never copied: within one window `used` only grows and
//! `remaining` only falls; an earlier reset is stale. What is in flight is deducted before GitHub says so, and so is
//! what may have been spent by requests whose answers never came.

use std::time::Duration;

use super::clock::Moment;
use super::selection::Stop;
use crate::policy::Policy;
use crate::resource::Resource;
use crate::time::Timestamp;
use crate::verdict::Reading;

/// Resets of one window can differ by a second between answers.
const RESET_JITTER: u64 = 1;
/// How long others wait for the first answer about a window rather than open another owner's.
const PROBE: Duration = Duration::from_millis(500);
/// How long a primary limit lasts that names no reset.
const UNTOLD_RESET: Duration = Duration::from_secs(60);
/// How long one lasts whose reset has passed already: the clocks differ a little.
const PASSED_RESET: Duration = Duration::from_secs(1);

/// The state of one owner's window of one resource.
#[derive(Clone, Debug, Default)]
pub(crate) struct Window {
    standing: Standing,
    /// Requests in flight, and the points reserved for them.
    in_flight: u32,
    reserved: u64,
    /// Points of requests whose cost no header has told; a reading of a request leased at or after `lost_before`
    /// includes them.
    lost: u64,
    lost_before: u64,
    /// A primary limit that no reading explains.
    blocked_until: Option<Duration>,
    /// When the oldest request went out that nothing has answered yet.
    probing_since: Duration,
}

#[derive(Clone, Copy, Debug, Default)]
enum Standing {
    /// Nothing has been heard.
    #[default]
    Unheard,
    /// There was an answer, and it told no quota.
    Untold,
    /// A limit of 0: GitHub Enterprise Server with limits off.
    Unlimited,
    Known(Known),
}

/// What the answers say, taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) limit: u64,
    pub(crate) remaining: u64,
    pub(crate) used: u64,
    /// When it ends; `None` once it has ended, until the next one's first answer.
    pub(crate) reset: Option<Timestamp>,
    /// The reset of the window before: answers that still speak of it are stale.
    closed: Option<Timestamp>,
}

impl Known {
    fn read(reading: &Reading, closed: Option<Timestamp>) -> Self {
        let Reading { limit, remaining, used, reset, .. } = *reading;
        Self { limit, remaining, used, reset: Some(reset), closed }
    }

    /// The same at a time when its reset may have passed: then it is full again.
    fn at(self, server: Moment) -> Self {
        match self.reset {
            Some(reset) if reset.since_epoch() <= server.wall => {
                Self { remaining: self.limit, used: 0, reset: None, closed: Some(reset), ..self }
            }
            _ => self,
        }
    }
}

impl Window {
    /// What is known at `server` time; `None` if no answer has told, or nothing is limited.
    pub(crate) fn known(&self, server: Moment) -> Option<Known> {
        match self.standing {
            Standing::Known(known) => Some(known.at(server)),
            _ => None,
        }
    }

    /// Whether this window's hour runs already, or a request is on the way that starts it.
    pub(crate) fn is_open(&self, server: Moment) -> bool {
        self.in_flight > 0
            || !matches!(self.standing, Standing::Unheard)
                && self.known(server).is_none_or(|known| known.reset.is_some())
    }

    /// Points that may still be sent: less the reserve, what is in flight and what may have been spent.
    pub(crate) fn usable(&self, resource: &Resource, policy: &Policy, server: Moment) -> u64 {
        match self.standing {
            Standing::Unlimited => u64::MAX,
            _ => self.left(resource, policy, server).saturating_sub(self.reserved),
        }
    }

    /// The same with what is in flight.
    fn left(&self, resource: &Resource, policy: &Policy, server: Moment) -> u64 {
        let (limit, remaining, lost) = match self.standing {
            Standing::Unlimited => return u64::MAX,
            Standing::Known(known) => {
                let now = known.at(server);
                // What was lost in a window that is over was lost of that window.
                (now.limit, now.remaining, if now.reset == known.reset { self.lost } else { 0 })
            }
            Standing::Unheard | Standing::Untold => (usual_limit(resource), usual_limit(resource), self.lost),
        };
        remaining.saturating_sub(policy.reserve_of(limit).saturating_add(lost))
    }

    /// Why `points` can't be sent now; `None` if they can.
    pub(crate) fn stop(
        &self,
        points: u64,
        resource: &Resource,
        policy: &Policy,
        server: Moment,
    ) -> Option<Stop> {
        if let Some(until) = self.blocked_until.filter(|until| *until > server.wall) {
            return Some(Stop::Spent { until: server.steady_at(until) });
        }
        match self.standing {
            Standing::Unlimited | Standing::Untold => None,
            Standing::Unheard if self.in_flight == 0 => None,
            // The first request finds out what is left; the others would only be refused with it.
            Standing::Unheard => {
                let until = self.probing_since.saturating_add(PROBE);
                Some(if until > server.steady { Stop::Probing { until } } else { Stop::Busy { until: None } })
            }
            Standing::Known(known) => {
                let known = known.at(server);
                // A query that costs more than there ever is gets its chance when the window is full.
                let most = known.limit.saturating_sub(policy.reserve_of(known.limit)).max(1);
                let points = points.min(most);
                let usable = self.usable(resource, policy, server);
                if points <= usable {
                    return None;
                }
                // A window that is over is full: only what is in flight is in the way, and where that is nothing, a
                // request must go out to learn more.
                let Some(reset) = known.reset else {
                    return (self.in_flight > 0).then_some(Stop::Busy { until: None });
                };
                let until = server.steady_at(reset.since_epoch());
                if points <= self.left(resource, policy, server) {
                    // The answers to what is in flight may say that it cost less.
                    return Some(Stop::Busy { until: Some(until) });
                }
                Some(Stop::Spent { until })
            }
        }
    }

    /// Reserves `points` for a request that goes out now.
    pub(crate) fn reserve(&mut self, points: u64, now: Moment) {
        if self.in_flight == 0 {
            self.probing_since = now.steady;
        }
        self.in_flight += 1;
        self.reserved = self.reserved.saturating_add(points);
    }

    /// Gives a reservation back: the request's answer is here, or it never went out.
    pub(crate) fn release(&mut self, points: u64, now: Moment) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.reserved = self.reserved.saturating_sub(points);
        self.probing_since = now.steady;
    }

    /// Counts `points` as possibly spent, until a request leased from now on (`serial`) is answered.
    pub(crate) fn lose(&mut self, points: u64, serial: u64, server: Moment) {
        self.turn_over(server);
        self.lost = self.lost.saturating_add(points);
        self.lost_before = self.lost_before.max(serial);
    }

    /// There was an answer that told nothing about this window.
    pub(crate) fn hear_nothing(&mut self) {
        if matches!(self.standing, Standing::Unheard) {
            self.standing = Standing::Untold;
        }
    }

    /// Merges what an answer says; `serial` is that of its request's lease.
    pub(crate) fn hear(&mut self, reading: &Reading, serial: u64, server: Moment) {
        self.turn_over(server);
        if reading.limit == 0 {
            self.standing = Standing::Unlimited;
            self.lost = 0;
            return;
        }
        let fresh = match self.standing {
            Standing::Known(known) => {
                let Some(merged) = merge(known, reading) else { return };
                merged
            }
            _ => Known::read(reading, None),
        };
        if serial >= self.lost_before {
            self.lost = 0;
        }
        self.standing = Standing::Known(fresh.at(server));
    }

    /// A primary limit: nothing remains, until `reset` if the answer said when.
    pub(crate) fn exhaust(&mut self, reset: Option<Timestamp>, server: Moment) {
        self.turn_over(server);
        let until = match reset {
            Some(reset) if reset.since_epoch() > server.wall => reset.since_epoch(),
            Some(_) => server.wall + PASSED_RESET,
            None => server.wall + UNTOLD_RESET,
        };
        if let Standing::Known(known) = &mut self.standing
            && let Some(ends) = known.reset
        {
            if reset.is_some_and(|reset| reset.plus(RESET_JITTER) < ends) {
                return; // it speaks of a window that is over
            }
            if reset.is_none_or(|reset| reset <= ends.plus(RESET_JITTER)) {
                known.remaining = 0;
                known.used = known.used.max(known.limit);
                return;
            }
        }
        self.blocked_until = self.blocked_until.max(Some(until));
    }

    /// One window of two that turn out to be one.
    pub(crate) fn join(&mut self, other: Self, server: Moment) {
        self.turn_over(server);
        let mut other = other;
        other.turn_over(server);
        self.standing = match (self.standing, other.standing) {
            (Standing::Known(ours), Standing::Known(theirs)) => Standing::Known(join(ours, theirs)),
            (Standing::Unheard, theirs) => theirs,
            (Standing::Untold, theirs @ Standing::Known(_)) => theirs,
            (ours, _) => ours,
        };
        self.in_flight += other.in_flight;
        self.reserved = self.reserved.saturating_add(other.reserved);
        self.lost = self.lost.saturating_add(other.lost);
        self.lost_before = self.lost_before.max(other.lost_before);
        self.blocked_until = self.blocked_until.max(other.blocked_until);
        self.probing_since = self.probing_since.max(other.probing_since);
    }

    /// Makes a reset that has passed part of the state.
    fn turn_over(&mut self, server: Moment) {
        if let Standing::Known(known) = &mut self.standing {
            let turned = known.at(server);
            if turned.reset != known.reset {
                self.lost = 0;
            }
            *known = turned;
        }
    }

    #[cfg(test)]
    pub(crate) fn in_flight(&self) -> (u32, u64) {
        (self.in_flight, self.reserved)
    }
}

/// What is known after one more reading; `None` if the reading is stale.
fn merge(known: Known, reading: &Reading) -> Option<Known> {
    if known.closed.is_some_and(|closed| reading.reset <= closed.plus(RESET_JITTER)) {
        return None;
    }
    let Some(reset) = known.reset else { return Some(Known::read(reading, known.closed)) };
    if reading.reset.plus(RESET_JITTER) < reset {
        return None;
    }
    if reading.reset > reset.plus(RESET_JITTER) {
        return Some(Known::read(reading, Some(reset)));
    }
    Some(Known {
        limit: reading.limit,
        remaining: known.remaining.min(reading.remaining),
        used: known.used.max(reading.used),
        // The later of two resets a second apart: a second of waiting is cheaper than a refusal.
        reset: Some(reset.max(reading.reset)),
        closed: known.closed,
    })
}

fn join(ours: Known, theirs: Known) -> Known {
    match (ours.reset, theirs.reset) {
        (_, None) => ours,
        (None, Some(_)) => theirs,
        (Some(our_end), Some(their_end)) => {
            if our_end > their_end.plus(RESET_JITTER) {
                ours
            } else if their_end > our_end.plus(RESET_JITTER) {
                theirs
            } else {
                Known {
                    remaining: ours.remaining.min(theirs.remaining),
                    used: ours.used.max(theirs.used),
                    reset: Some(our_end.max(their_end)),
                    ..ours
                }
            }
        }
    }
}

/// What a window holds that nothing is known of.
fn usual_limit(resource: &Resource) -> u64 {
    match resource.as_str() {
        "search" => 30,
        "code_search" => 10,
        _ => 5_000,
    }
}

#[cfg(test)]
mod tests;
