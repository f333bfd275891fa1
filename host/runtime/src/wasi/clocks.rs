//! The clocks of a WASI guest, which are as reproducible as the rest of what it sees.
//!
//! Wall time is the task's fixed time. Passing time is counted, not measured: it moves a little at each look, so that a
//! loop which waits for it ends, and to the end of each wait that is over. So what a guest reads follows from what it did
//! and from the order in which things came to it, which is what a replay reproduces. Waits take real time.
//!
//! wasmtime's own monotonic clock waits for the right time but can't be told when a wait is over, hence these few
//! functions in its place.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, sleep};
use wasmtime::component::{Accessor, HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::{
    HostMonotonicClock, HostWallClock, async_trait,
    p2::{DynPollable, Pollable, bindings::clocks::monotonic_clock as p2, subscribe},
    p3::bindings::clocks::monotonic_clock as p3,
};

use crate::sandbox::Inside;

/// What a look costs, in nanoseconds.
const LOOK: u64 = 1_000;
/// Where passing time begins: some programs take 0 for "never".
const BEGIN: u64 = 1_000_000_000;

/// Puts these clocks in the place of wasmtime's.
pub(super) fn link(linker: &mut Linker<Inside>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    p2::add_to_linker::<Inside, Counting>(linker, Inside::passing_time)?;
    p3::add_to_linker::<Inside, Counting>(linker, Inside::passing_time)?;
    linker.allow_shadowing(false);
    Ok(())
}

/// Always the same time, like `seedbed:job/clock`.
pub(super) struct Fixed(pub(super) Duration);

impl HostWallClock for Fixed {
    fn resolution(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn now(&self) -> Duration {
        self.0
    }
}

/// Passing time, in nanoseconds; clones share it.
#[derive(Clone)]
pub(crate) struct Passing(Arc<AtomicU64>);

impl Passing {
    pub(crate) fn begin() -> Self {
        Self(Arc::new(AtomicU64::new(BEGIN)))
    }

    fn look(&self) -> u64 {
        self.0.fetch_add(LOOK, Ordering::Relaxed)
    }

    fn is_at_least(&self, end: u64) {
        self.0.fetch_max(end, Ordering::Relaxed);
    }

    /// A wait of so many nanoseconds from now.
    fn wait(&self, nanos: u64) -> Wait {
        let time = Duration::from_nanos(nanos);
        Wait {
            end: self.look().saturating_add(nanos),
            until: Instant::now().checked_add(time),
            clock: self.clone(),
        }
    }

    /// A wait until then.
    fn wait_until(&self, then: u64) -> Wait {
        let now = self.0.load(Ordering::Relaxed);
        self.wait(then.saturating_sub(now))
    }
}

impl HostMonotonicClock for Passing {
    fn resolution(&self) -> u64 {
        LOOK
    }

    fn now(&self) -> u64 {
        self.look()
    }
}

/// A wait that is over at a real time, and then moves the clock.
struct Wait {
    until: Option<Instant>,
    end: u64,
    clock: Passing,
}

impl Wait {
    async fn over(&self) {
        match self.until {
            Some(until) if until > Instant::now() => tokio::time::sleep_until(until).await,
            // Even a wait of nothing lets others go first.
            Some(_) => sleep(Duration::ZERO).await,
            // Further than this machine can count: for ever.
            None => std::future::pending().await,
        }
        self.clock.is_at_least(self.end);
    }
}

#[async_trait]
impl Pollable for Wait {
    async fn ready(&mut self) {
        self.over().await;
    }
}

/// Answers for both versions.
struct Counting;

impl HasData for Counting {
    type Data<'a> = View<'a>;
}

/// What the clocks need of a store.
pub(crate) struct View<'a> {
    pub(crate) clock: &'a Passing,
    pub(crate) table: &'a mut ResourceTable,
}

impl p2::Host for View<'_> {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(self.clock.look())
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(LOOK)
    }

    fn subscribe_instant(&mut self, when: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let wait = self.table.push(self.clock.wait_until(when))?;
        subscribe(self.table, wait)
    }

    fn subscribe_duration(&mut self, nanos: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let wait = self.table.push(self.clock.wait(nanos))?;
        subscribe(self.table, wait)
    }
}

impl p3::Host for View<'_> {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(self.clock.look())
    }

    fn get_resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(LOOK)
    }
}

impl<T: 'static> p3::HostWithStore<T> for Counting {
    async fn wait_until(accessor: &Accessor<T, Self>, when: u64) -> wasmtime::Result<()> {
        let wait = accessor.with(|mut access| access.get().clock.wait_until(when));
        wait.over().await;
        Ok(())
    }

    async fn wait_for(accessor: &Accessor<T, Self>, nanos: u64) -> wasmtime::Result<()> {
        let wait = accessor.with(|mut access| access.get().clock.wait(nanos));
        wait.over().await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_that_waits_for_time_to_pass_ends() {
        let clock = Passing::begin();
        let end = clock.look() + 1_000_000;
        assert!((0..2_000).any(|_| clock.look() >= end));
    }

    #[tokio::test]
    async fn a_wait_moves_the_clock_to_its_end_whatever_time_it_took() {
        let clock = Passing::begin();
        clock.wait(20_000_000).over().await;
        let now = clock.look();
        assert_eq!(now, BEGIN + 20_000_000);
        // A shorter one that began earlier does not turn it back.
        clock.wait_until(BEGIN).over().await;
        assert!(clock.look() > now);
    }
}
