//! How fast one owner may be asked: a value, so that tests scale it and benchmarks switch it off.
//!
//! The defaults stay a little under GitHub's documented secondary limits (100 concurrent requests, 900 REST and 2,000
//! GraphQL points a minute, 90 s of CPU time a minute of which 60 s GraphQL): a rate plus its burst is what the worst
//! minute can hold.

use std::time::Duration;

/// The value of a limit that limits nothing.
pub const UNLIMITED: u32 = u32::MAX;

/// What one owner may be asked, and which owner is asked first. [`UNLIMITED`] switches a limit off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Requests that may be in flight at once, REST and GraphQL together.
    pub in_flight: u32,
    /// REST points a minute (a read is 1 point).
    pub rest_points_per_minute: u32,
    /// REST points that may go out at once after a pause.
    pub rest_burst: u32,
    /// GraphQL secondary points a minute (a query is 1 point, whatever it costs of the primary quota).
    pub graphql_points_per_minute: u32,
    /// GraphQL secondary points that may go out at once after a pause.
    pub graphql_burst: u32,
    /// Summed response time, in seconds a minute, REST and GraphQL together.
    pub response_seconds_per_minute: u32,
    /// The part of it that GraphQL may take, in seconds a minute.
    pub graphql_response_seconds: u32,
    /// Requests (or points) of each window left to the owner's own work; `None` is `min(50, limit / 100)`.
    pub reserve: Option<u32>,
    /// Which owner is opened next when the ones in use can't serve.
    pub strategy: Strategy,
    /// How long a "minute" is. 60 s; shorter only where a test's server scales its windows as well.
    pub minute: Duration,
}

/// Which owner is opened next. Both stay with an owner until something stops it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// The one with the most quota left.
    #[default]
    HighestRemaining,
    /// The one whose window ends first: spend what expires first.
    EarliestReset,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            in_flight: 80,
            rest_points_per_minute: 840,
            rest_burst: 50,
            graphql_points_per_minute: 1_900,
            graphql_burst: 90,
            response_seconds_per_minute: 80,
            graphql_response_seconds: 55,
            reserve: None,
            strategy: Strategy::default(),
            minute: Duration::from_secs(60),
        }
    }
}

impl Policy {
    /// No pace at all, for benchmarks: only quotas, reserves and cool-downs count.
    pub fn unpaced() -> Self {
        Self {
            in_flight: UNLIMITED,
            rest_points_per_minute: UNLIMITED,
            rest_burst: UNLIMITED,
            graphql_points_per_minute: UNLIMITED,
            graphql_burst: UNLIMITED,
            response_seconds_per_minute: UNLIMITED,
            graphql_response_seconds: UNLIMITED,
            ..Self::default()
        }
    }

    /// What is left of a window of `limit` for the owner's own work.
    pub(crate) fn reserve_of(&self, limit: u64) -> u64 {
        self.reserve.map_or_else(|| (limit / 100).min(50), u64::from)
    }
}

#[cfg(test)]
mod tests {
    use super::Policy;

    #[test]
    fn a_hundredth_of_a_window_at_most_fifty_is_left_to_its_owner() {
        let usual = Policy::default();
        assert_eq!([60, 1_000, 5_000, 15_000].map(|limit| usual.reserve_of(limit)), [0, 10, 50, 50]);
        let set = Policy { reserve: Some(700), ..Policy::default() };
        assert_eq!(set.reserve_of(5_000), 700);
    }
}
