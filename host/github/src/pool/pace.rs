//! How fast an owner is asked: points a minute with a burst, and summed response time a minute.
//!
//! Points are counted as they go out (the generic cell rate algorithm: one time instead of a list of them). Response
//! time is only known afterwards, so each request is charged what requests took lately, and corrected by its answer.

use std::time::Duration;

use crate::policy::{Policy, UNLIMITED};

/// The part of a minute's response time that may be taken at once. With the rate it is the worst minute: 80 + 6.7
/// stays under GitHub's 90 s, 55 + 4.6 under its 60 s.
const RESPONSE_BURST: f64 = 1.0 / 12.0;

/// What a request is thought to take before any has answered, in seconds.
const FIRST_GUESS: f64 = 0.2;

/// Everything that limits the speed of one owner.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    rest: Points,
    graphql: Points,
    response: Seconds,
    graphql_response: Seconds,
    rest_takes: f64,
    graphql_takes: f64,
}

impl Default for Pace {
    fn default() -> Self {
        let (points, seconds) = (Points::default(), Seconds::default());
        Self {
            rest: points,
            graphql: points,
            response: seconds,
            graphql_response: seconds,
            rest_takes: FIRST_GUESS,
            graphql_takes: FIRST_GUESS,
        }
    }
}

impl Pace {
    /// The earliest steady time at which one more request may go out.
    pub(crate) fn ready_at(&self, policy: &Policy, graphql: bool) -> Duration {
        let all = self.response.ready_at(response_rate(policy));
        if graphql {
            let own = self.graphql_response.ready_at(graphql_response_rate(policy));
            self.graphql.ready_at(graphql_rate(policy)).max(all).max(own)
        } else {
            self.rest.ready_at(rest_rate(policy)).max(all)
        }
    }

    /// Counts a request that goes out now; returns the response time it is charged, to be corrected later.
    pub(crate) fn take(&mut self, policy: &Policy, graphql: bool, now: Duration) -> f64 {
        let charge = if graphql { self.graphql_takes } else { self.rest_takes };
        if graphql {
            self.graphql.take(graphql_rate(policy), now);
            self.graphql_response.add(graphql_response_rate(policy), charge, now);
        } else {
            self.rest.take(rest_rate(policy), now);
        }
        self.response.add(response_rate(policy), charge, now);
        charge
    }

    /// Corrects what a request was charged by what it took; `None` if it was never sent.
    pub(crate) fn settle(
        &mut self,
        policy: &Policy,
        graphql: bool,
        charge: f64,
        took: Option<Duration>,
        now: Duration,
    ) {
        let seconds = took.map_or(0.0, |took| took.as_secs_f64());
        if graphql {
            self.graphql_response.add(graphql_response_rate(policy), seconds - charge, now);
        }
        self.response.add(response_rate(policy), seconds - charge, now);
        if took.is_none() {
            if graphql {
                self.graphql.give_back(graphql_rate(policy))
            } else {
                self.rest.give_back(rest_rate(policy))
            }
        } else {
            let takes = if graphql { &mut self.graphql_takes } else { &mut self.rest_takes };
            *takes += (seconds - *takes) / 8.0;
        }
    }

    /// The pace of two that turn out to be one: what both have taken.
    pub(crate) fn join(&mut self, other: &Self, policy: &Policy, now: Duration) {
        self.rest.join(other.rest, now);
        self.graphql.join(other.graphql, now);
        self.response.join(other.response, response_rate(policy), now);
        self.graphql_response.join(other.graphql_response, graphql_response_rate(policy), now);
        self.rest_takes = self.rest_takes.max(other.rest_takes);
        self.graphql_takes = self.graphql_takes.max(other.graphql_takes);
    }
}

fn rest_rate(policy: &Policy) -> Rate {
    Rate::new(policy.rest_points_per_minute, policy.rest_burst, policy.minute)
}

fn graphql_rate(policy: &Policy) -> Rate {
    Rate::new(policy.graphql_points_per_minute, policy.graphql_burst, policy.minute)
}

/// Points: one each `interval`, `burst` at once.
#[derive(Clone, Copy)]
struct Rate {
    interval: Duration,
    burst: u32,
}

impl Rate {
    fn new(per_minute: u32, burst: u32, minute: Duration) -> Self {
        let interval = if per_minute == UNLIMITED { Duration::ZERO } else { minute / per_minute.max(1) };
        Self { interval, burst: burst.max(1) }
    }
}

/// When the points taken so far will have been earned.
#[derive(Clone, Copy, Debug, Default)]
struct Points {
    earned_at: Duration,
}

impl Points {
    fn ready_at(self, rate: Rate) -> Duration {
        self.earned_at.saturating_sub(rate.interval.saturating_mul(rate.burst - 1))
    }

    fn take(&mut self, rate: Rate, now: Duration) {
        self.earned_at = self.earned_at.max(now) + rate.interval;
    }

    fn give_back(&mut self, rate: Rate) {
        self.earned_at = self.earned_at.saturating_sub(rate.interval);
    }

    fn join(&mut self, other: Self, now: Duration) {
        self.earned_at = self.earned_at.max(now) + other.earned_at.saturating_sub(now);
    }
}

/// Response seconds earned a second, `None` if they are not limited; and how many may be owed before a pause.
type ResponseRate = Option<(f64, f64)>;

fn response_rate(policy: &Policy) -> ResponseRate {
    seconds_rate(policy.response_seconds_per_minute, policy.minute)
}

fn graphql_response_rate(policy: &Policy) -> ResponseRate {
    seconds_rate(policy.graphql_response_seconds, policy.minute)
}

fn seconds_rate(per_minute: u32, minute: Duration) -> ResponseRate {
    let seconds = f64::from(per_minute.max(1));
    (per_minute != UNLIMITED)
        .then(|| (seconds / minute.as_secs_f64().max(f64::EPSILON), seconds * RESPONSE_BURST))
}

/// Response time that has been taken and not yet been earned again: a bucket that leaks.
#[derive(Clone, Copy, Debug, Default)]
struct Seconds {
    owed: f64,
    at: Duration,
}

impl Seconds {
    /// When what is owed has leaked below the burst.
    fn ready_at(self, rate: ResponseRate) -> Duration {
        let Some((earned, burst)) = rate else { return Duration::ZERO };
        let excess = (self.owed - burst).max(0.0) / earned;
        // Far beyond any patience, and well inside what a `Duration` holds.
        self.at + Duration::from_secs_f64(excess.min(1e9))
    }

    fn add(&mut self, rate: ResponseRate, seconds: f64, now: Duration) {
        let Some((earned, _)) = rate else { return };
        let leaked = now.saturating_sub(self.at).as_secs_f64() * earned;
        self.owed = ((self.owed - leaked).max(0.0) + seconds).max(0.0);
        self.at = self.at.max(now);
    }

    fn join(&mut self, other: Self, rate: ResponseRate, now: Duration) {
        let mut other = other;
        other.add(rate, 0.0, now);
        self.add(rate, other.owed, now);
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use crate::policy::Policy;
    use proptest::prelude::*;
    use std::time::Duration;

    /// Sends as fast as it may for `minutes`; returns when each request went out.
    fn flat_out(policy: &Policy, graphql: bool, takes: Duration, minutes: u32) -> Vec<Duration> {
        let (mut pace, mut now, mut sent) = (Pace::default(), Duration::ZERO, Vec::new());
        while now < policy.minute * minutes {
            let charge = pace.take(policy, graphql, now);
            pace.settle(policy, graphql, charge, Some(takes), now);
            sent.push(now);
            now = now.max(pace.ready_at(policy, graphql));
        }
        sent
    }

    fn worst_minute(sent: &[Duration], minute: Duration) -> usize {
        let in_minute =
            |from: &Duration| sent.iter().filter(|at| (*from..*from + minute).contains(*at)).count();
        sent.iter().map(in_minute).max().unwrap_or(0)
    }

    #[test]
    fn the_worst_minute_stays_under_githubs_limits() {
        let usual = Policy::default();
        let rest = worst_minute(&flat_out(&usual, false, Duration::ZERO, 3), usual.minute);
        assert!((880..=900).contains(&rest), "{rest} REST points");
        let graphql = worst_minute(&flat_out(&usual, true, Duration::ZERO, 3), usual.minute);
        assert!((1_980..=2_000).contains(&graphql), "{graphql} GraphQL points");
    }

    #[test]
    fn slow_answers_slow_the_pace() {
        let usual = Policy::default();
        let takes = Duration::from_millis(500);
        let rest = worst_minute(&flat_out(&usual, false, takes, 4), usual.minute);
        assert!((150..=180).contains(&rest), "{rest} REST requests of half a second: over 90 s a minute");
        let graphql = worst_minute(&flat_out(&usual, true, takes, 4), usual.minute);
        assert!((100..=120).contains(&graphql), "{graphql} queries of half a second: over 60 s a minute");
    }

    #[test]
    fn unpaced_never_waits() {
        let (policy, mut pace) = (Policy::unpaced(), Pace::default());
        for _ in 0..10_000 {
            let charge = pace.take(&policy, true, Duration::ZERO);
            pace.settle(&policy, true, charge, Some(Duration::from_secs(5)), Duration::ZERO);
        }
        assert_eq!(pace.ready_at(&policy, true), Duration::ZERO);
    }

    #[test]
    fn what_was_not_sent_costs_nothing() {
        let (policy, mut pace) = (Policy::default(), Pace::default());
        for _ in 0..10_000 {
            let charge = pace.take(&policy, false, Duration::ZERO);
            pace.settle(&policy, false, charge, None, Duration::ZERO);
        }
        assert_eq!(pace.ready_at(&policy, false), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn no_minute_holds_more_than_a_rate_and_its_burst(
            per_minute in 1_u32..2_000, burst in 1_u32..100, gaps in prop::collection::vec(0_u64..3_000, 1..300),
        ) {
            let policy = Policy {
                rest_points_per_minute: per_minute, rest_burst: burst, ..Policy::unpaced()
            };
            let (mut pace, mut now, mut sent) = (Pace::default(), Duration::ZERO, Vec::new());
            for gap in gaps {
                now += Duration::from_millis(gap);
                if pace.ready_at(&policy, false) <= now {
                    pace.take(&policy, false, now);
                    sent.push(now);
                }
            }
            prop_assert!(worst_minute(&sent, policy.minute) <= (per_minute + burst) as usize);
        }
    }
}
