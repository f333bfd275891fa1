//! The pool's two clocks, and how far GitHub's is from ours.
//!
//! Resets and `Retry-After` dates are wall time, by GitHub's clock; pace and response times are steady time, which no
//! correction of the machine's clock moves. The core never asks for either: a [`Moment`] is an argument.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::time::Timestamp;

/// Now, by both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Since the Unix epoch.
    pub(crate) wall: Duration,
    /// Since some moment before the pool began.
    pub(crate) steady: Duration,
}

impl Moment {
    /// When a steady time is, by the wall; rounded up.
    pub(crate) fn wall_at(self, steady: Duration) -> Timestamp {
        Timestamp::at_or_after(self.wall.saturating_add(steady.saturating_sub(self.steady)))
    }

    /// When a wall time is, by the steady clock; now if it has passed.
    pub(crate) fn steady_at(self, wall: Duration) -> Duration {
        self.steady.saturating_add(wall.saturating_sub(self.wall))
    }
}

/// Where moments come from at the edge.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    origin: tokio::time::Instant,
}

impl Clock {
    pub(crate) fn starting_now() -> Self {
        Self { origin: tokio::time::Instant::now() }
    }

    pub(crate) fn now(&self) -> Moment {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment { wall, steady: self.origin.elapsed() }
    }

    /// The runtime's instant of a steady time.
    pub(crate) fn instant(&self, steady: Duration) -> tokio::time::Instant {
        // Timers that far ahead don't exist; whoever wakes up early looks again.
        self.origin + steady.min(self.origin.elapsed() + Duration::from_secs(3_600))
    }
}

/// How far GitHub's clock is ahead of ours, in milliseconds; learnt from `Date` headers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Skew {
    millis: i64,
}

impl Skew {
    /// GitHub's clock when ours is at `moment`.
    pub(crate) fn server(self, moment: Moment) -> Moment {
        let by = Duration::from_millis(self.millis.unsigned_abs());
        let wall =
            if self.millis < 0 { moment.wall.saturating_sub(by) } else { moment.wall.saturating_add(by) };
        Moment { wall, ..moment }
    }

    /// Learns from an answer dated `date` to a request that was sent and answered at these moments.
    ///
    /// GitHub wrote the date (in whole seconds, rounded down) somewhere between the two, so the skew lies in an
    /// interval. It moves only as far as that interval demands: a slow answer teaches little, and wrongs nothing.
    pub(crate) fn learn(&mut self, date: Timestamp, sent: Moment, answered: Moment) {
        let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let date = millis(date.since_epoch());
        let least = date.saturating_sub(millis(answered.wall));
        let most = date.saturating_add(1_000).saturating_sub(millis(sent.wall));
        if least <= most {
            self.millis = self.millis.clamp(least, most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Moment, Skew};
    use crate::time::Timestamp;
    use std::time::Duration;

    fn moment(wall_millis: u64) -> Moment {
        Moment { wall: Duration::from_millis(wall_millis), steady: Duration::from_secs(1) }
    }

    #[test]
    fn an_exact_clock_stays_as_it_is() {
        let mut skew = Skew::default();
        // Answered at 1000.9 and dated 1000: the date is cut, not late.
        skew.learn(Timestamp::from_seconds(1_000), moment(1_000_700), moment(1_000_900));
        assert_eq!(skew.server(moment(1_000_900)).wall, moment(1_000_900).wall);
    }

    #[test]
    fn a_clock_that_is_an_hour_ahead_is_seen_through() {
        let mut skew = Skew::default();
        skew.learn(Timestamp::from_seconds(10_000), moment(13_600_200), moment(13_600_300));
        let server = skew.server(moment(13_600_300)).wall;
        // Between the date and the end of its second, give or take the 0.1 s that the answer took.
        assert!(
            (Duration::from_secs(10_000)..=Duration::from_millis(10_001_100)).contains(&server),
            "{server:?}"
        );
    }

    #[test]
    fn a_slow_answer_teaches_little() {
        let mut skew = Skew::default();
        skew.learn(Timestamp::from_seconds(1_005), moment(1_000_000), moment(1_010_000));
        assert_eq!(skew.server(moment(7)).wall, moment(7).wall);
    }
}
