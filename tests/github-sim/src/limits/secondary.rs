//! Secondary limits of one owner: concurrency, points a minute, CPU time, and the cool-down after one is broken.

use std::collections::VecDeque;
use std::time::Duration;

/// GitHub's documented bounds, and how their refusals look.
#[derive(Debug, Clone)]
pub struct SecondaryRules {
    /// Requests in flight, REST and GraphQL together.
    pub concurrent: u32,
    /// REST points in one window.
    pub rest_points: u32,
    /// GraphQL points in one window (one a query, whatever it costs of the primary limit).
    pub graphql_points: u32,
    /// Seconds of work in one window of 60 s, all requests together (scaled with the window).
    pub cpu: Duration,
    /// The part of it that GraphQL may use.
    pub graphql_cpu: Duration,
    /// The window: a minute.
    pub window: Duration,
    /// How long an owner is refused after it broke a rule.
    pub cool_down: Duration,
    /// The forms refusals take, in turn.
    pub forms: Vec<SecondaryForm>,
}

/// One form of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondaryForm {
    /// 403 or 429; for GraphQL also 200 (the refusal is then in `errors`). REST turns a 200 into 403.
    pub status: u16,
    /// Whether and how it says when to come back.
    pub retry_after: RetryAfter,
    /// Whether it carries `x-ratelimit-*`.
    pub rate_headers: bool,
    /// Its wording.
    pub body: SecondaryBody,
}

/// The `Retry-After` of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// Whole seconds.
    Seconds,
    /// An HTTP date.
    Date,
    /// Not there.
    Absent,
}

/// The wordings that GitHub gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondaryBody {
    /// `You have exceeded a secondary rate limit...`
    RateLimit,
    /// `...temporarily blocked from content creation...`
    ContentCreation,
    /// `You have triggered an abuse detection mechanism...`
    AbuseDetection,
}

impl SecondaryForm {
    /// Every combination of status, `Retry-After`, headers and wording.
    pub fn all() -> Vec<Self> {
        let mut forms = Vec::new();
        for body in [SecondaryBody::RateLimit, SecondaryBody::AbuseDetection, SecondaryBody::ContentCreation]
        {
            for retry_after in [RetryAfter::Seconds, RetryAfter::Absent, RetryAfter::Date] {
                for (status, rate_headers) in
                    [(403, true), (429, false), (403, false), (429, true), (200, true), (200, false)]
                {
                    forms.push(Self { status, retry_after, rate_headers, body });
                }
            }
        }
        forms
    }
}

impl Default for SecondaryRules {
    fn default() -> Self {
        Self {
            concurrent: 100,
            rest_points: 900,
            graphql_points: 2_000,
            cpu: Duration::from_secs(90),
            graphql_cpu: Duration::from_secs(60),
            window: Duration::from_secs(60),
            cool_down: Duration::from_secs(60),
            forms: SecondaryForm::all(),
        }
    }
}

impl SecondaryRules {
    /// The same rules on a clock that runs `factor` times as fast: windows, cool-downs and CPU time shrink, points stay.
    pub fn scaled(mut self, factor: u32) -> Self {
        let factor = factor.max(1);
        for time in [&mut self.window, &mut self.cool_down, &mut self.cpu, &mut self.graphql_cpu] {
            *time /= factor;
        }
        self
    }
}

/// A request refused by a secondary limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cooling {
    /// When the owner is served again, in milliseconds since the Unix epoch.
    pub until: u64,
    /// How to say it.
    pub form: SecondaryForm,
    /// Whether the owner was cooling already (then the request should not have been sent).
    pub already: bool,
}

/// Points of one API over the last window, exactly.
#[derive(Debug, Default)]
struct Points {
    events: VecDeque<(u64, u32)>,
    sum: u32,
}

impl Points {
    fn expire(&mut self, now: u64, window: u64) {
        while let Some((at, points)) = self.events.front().copied()
            && at + window <= now
        {
            self.events.pop_front();
            self.sum -= points;
        }
    }

    fn add(&mut self, now: u64, points: u32) {
        match self.events.back_mut() {
            // One entry a millisecond is exact enough and keeps a fast client's history short.
            Some((at, sum)) if *at == now => *sum += points,
            _ => self.events.push_back((now, points)),
        }
        self.sum += points;
    }
}

/// The state of one owner. All times are milliseconds since the Unix epoch.
#[derive(Debug)]
pub(crate) struct Secondary {
    rules: SecondaryRules,
    enforced: bool,
    rest: Points,
    graphql: Points,
    cpu: Points,
    graphql_cpu: Points,
    in_flight: u32,
    cooling: Option<(u64, SecondaryForm)>,
    ignored: u32,
    next_form: usize,
    /// The most requests that were in flight at once.
    pub peak: u32,
    /// The most REST points in any one window.
    pub points_peak: u32,
}

impl Secondary {
    /// Without rules it still measures, by GitHub's, but refuses only what [`cool`](Self::cool) demands.
    pub(crate) fn new(rules: Option<SecondaryRules>) -> Self {
        Self {
            enforced: rules.is_some(),
            rules: rules.unwrap_or_default(),
            rest: Points::default(),
            graphql: Points::default(),
            cpu: Points::default(),
            graphql_cpu: Points::default(),
            in_flight: 0,
            cooling: None,
            ignored: 0,
            next_form: 0,
            peak: 0,
            points_peak: 0,
        }
    }

    /// Admits a request of so many points, or says why not. Every call must be followed by [`done`](Self::done).
    pub(crate) fn enter(&mut self, now: u64, graphql: bool, points: u32) -> Result<(), Cooling> {
        self.in_flight += 1;
        self.peak = self.peak.max(self.in_flight);
        let window = millis(self.rules.window);
        for sum in [&mut self.rest, &mut self.graphql, &mut self.cpu, &mut self.graphql_cpu] {
            sum.expire(now, window);
        }
        if let Some((until, form)) = self.cooling {
            if now < until {
                self.ignored += 1;
                // GitHub punishes clients that go on; here the cool-down grows.
                let until = if self.ignored.is_multiple_of(20) {
                    until + millis(self.rules.cool_down)
                } else {
                    until
                };
                self.cooling = Some((until, form));
                return Err(Cooling { until, form, already: true });
            }
            self.cooling = None;
        }
        let (sum, most) = if graphql {
            (&mut self.graphql, self.rules.graphql_points)
        } else {
            (&mut self.rest, self.rules.rest_points)
        };
        let over_points = sum.sum + points > most;
        sum.add(now, points);
        self.points_peak = self.points_peak.max(self.rest.sum);
        let over_cpu = u64::from(self.cpu.sum) > millis(self.rules.cpu)
            || (graphql && u64::from(self.graphql_cpu.sum) > millis(self.rules.graphql_cpu));
        if self.enforced && (self.in_flight > self.rules.concurrent || over_points || over_cpu) {
            let form = self.form();
            let until = self.cool(now, self.rules.cool_down, form);
            return Err(Cooling { until, form, already: false });
        }
        Ok(())
    }

    /// A request has left, after so much work.
    pub(crate) fn done(&mut self, now: u64, graphql: bool, worked: Duration) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let worked = u32::try_from(millis(worked)).unwrap_or(u32::MAX);
        self.cpu.add(now, worked);
        if graphql {
            self.graphql_cpu.add(now, worked);
        }
    }

    /// Refuses everything from now on for so long; answers until when.
    pub(crate) fn cool(&mut self, now: u64, length: Duration, form: SecondaryForm) -> u64 {
        let until = now + millis(length);
        self.cooling = Some((until, form));
        self.ignored = 0;
        until
    }

    fn form(&mut self) -> SecondaryForm {
        let standard = SecondaryForm {
            status: 403,
            retry_after: RetryAfter::Seconds,
            rate_headers: true,
            body: SecondaryBody::RateLimit,
        };
        let count = self.rules.forms.len().max(1);
        let form = self.rules.forms.get(self.next_form % count).copied().unwrap_or(standard);
        self.next_form += 1;
        form
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> SecondaryRules {
        SecondaryRules { concurrent: 3, rest_points: 5, graphql_points: 2, ..SecondaryRules::default() }
    }

    #[test]
    fn one_request_too_many_at_once_cools_the_owner() {
        let mut owner = Secondary::new(Some(rules()));
        for _ in 0..3 {
            owner.enter(0, false, 1).unwrap();
        }
        let cooling = owner.enter(1, false, 1).unwrap_err();
        assert_eq!((cooling.until, cooling.already), (60_001, false));
        for _ in 0..4 {
            owner.done(2, false, Duration::ZERO);
        }
        assert!(owner.enter(60_000, false, 1).unwrap_err().already, "cooling is for the whole time");
        owner.done(60_000, false, Duration::ZERO);
        owner.enter(60_001, false, 1).unwrap();
        assert_eq!(owner.peak, 4);
    }

    #[test]
    fn points_are_counted_over_any_minute_and_apart_for_graphql() {
        let mut owner = Secondary::new(Some(rules()));
        let mut send = |at, graphql| {
            let told = owner.enter(at, graphql, 1).is_ok();
            owner.done(at, graphql, Duration::ZERO);
            told
        };
        assert!((0..5).all(|i| send(i * 1_000, false)));
        assert!(send(5_000, true) && send(5_001, true), "GraphQL has its own");
        assert!(send(60_000, false), "the first has left the window");
        assert!(!send(60_001, false), "the second has not");
    }

    #[test]
    fn work_beyond_the_cpu_limit_cools() {
        let mut owner = Secondary::new(Some(rules()));
        owner.enter(0, true, 1).unwrap();
        owner.done(1, true, Duration::from_secs(61));
        assert!(owner.enter(2, true, 1).is_err());
    }

    #[test]
    fn without_rules_it_measures_but_never_refuses_by_itself() {
        let mut owner = Secondary::new(None);
        assert!((0..2_000).all(|_| owner.enter(0, false, 1).is_ok()));
        assert_eq!((owner.peak, owner.points_peak), (2_000, 2_000));
        owner.cool(0, Duration::from_secs(1), SecondaryForm::all()[0]);
        assert!(owner.enter(500, false, 1).is_err());
    }
}
