//! The clocks of a WASI guest. Wall time is the task's fixed time; what passes is measured from the sandbox's start.

use std::time::{Duration, Instant};

use wasmtime_wasi::{HostMonotonicClock, HostWallClock};

/// Both clocks, for a task whose time is `clock` seconds since the Unix epoch.
pub(super) fn starting_at(clock: u64) -> (Fixed, Passing) {
    (Fixed(Duration::from_secs(clock)), Passing(Instant::now()))
}

/// Always the same time, like `seedbed:job/clock`.
pub(super) struct Fixed(Duration);

impl HostWallClock for Fixed {
    fn resolution(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn now(&self) -> Duration {
        self.0
    }
}

/// Nanoseconds since the sandbox was made: timers of event loops need a clock that moves. In steps of a millisecond,
/// which says little about the machine.
pub(super) struct Passing(Instant);

const STEP: u64 = 1_000_000;

impl HostMonotonicClock for Passing {
    fn resolution(&self) -> u64 {
        STEP
    }

    fn now(&self) -> u64 {
        let nanos = u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX);
        nanos - nanos % STEP
    }
}
