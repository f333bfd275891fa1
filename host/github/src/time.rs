//! The time that GitHub speaks: whole seconds since the Unix epoch.
//!
//! Resets, `Retry-After` dates and the times a job is told are all [`Timestamp`]s. The pool's own, finer clock lives
//! in [`crate::pool`].

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Whole seconds since 1970-01-01T00:00:00Z, as in `x-ratelimit-reset`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The time that is `seconds` after the Unix epoch.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since the Unix epoch.
    pub const fn seconds(self) -> u64 {
        self.0
    }

    /// This machine's clock, rounded down; the epoch if the clock stands before it.
    pub fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// This time moved forward by `seconds`; stops at the end of time instead of wrapping.
    #[must_use]
    pub const fn plus(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// The seconds from `earlier` to this time, 0 if `earlier` is not earlier.
    pub const fn seconds_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    pub(crate) const fn since_epoch(self) -> Duration {
        Duration::from_secs(self.0)
    }

    /// Rounds up, so that waiting until the result is never a fraction too short.
    pub(crate) const fn at_or_after(since_epoch: Duration) -> Self {
        let up = if since_epoch.subsec_nanos() > 0 { 1 } else { 0 };
        Self(since_epoch.as_secs().saturating_add(up))
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self(time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
