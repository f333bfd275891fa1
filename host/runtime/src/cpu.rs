//! A guest's computing time: the time spent inside `poll` of the future that runs it.
//!
//! wasmtime's epoch measures wall time, which would charge a guest for waiting. Here the epoch only makes a spinning
//! guest come back to this wrapper every tick; the budget is checked, and the store dropped, from outside.
//!
//! Two clocks. A wall clock costs 25 ns to read and is right for short polls, of which there are many. The thread's own
//! clock costs 500 ns and is right on a busy machine, where a poll may be long only because its thread had to wait for a
//! core. So the first long poll switches to the thread's clock, and the first short one switches back.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

/// From here on a poll counts as long.
const LONG: Duration = Duration::from_micros(500);

/// Time computed, readable while the guest runs and after it was dropped.
#[derive(Clone, Default)]
pub(crate) struct Spent(Arc<AtomicU64>);

impl Spent {
    pub(crate) fn total(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }

    fn add(&self, time: Duration) -> Duration {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(self.0.fetch_add(nanos, Ordering::Relaxed).saturating_add(nanos))
    }
}

/// A guest's future with a budget.
pub(crate) struct Metered<F> {
    guest: F,
    spent: Spent,
    /// In terms of `spent`, which other futures may have added to.
    end: Duration,
    exact: bool,
}

/// The budget is used up; the guest's future and its store are to be dropped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OverBudget;

impl<F: Future + Unpin> Metered<F> {
    /// Lets `guest` compute for `budget` more than was spent already.
    pub(crate) fn new(guest: F, spent: Spent, budget: Duration) -> Self {
        let end = spent.total().saturating_add(budget);
        Self { guest, spent, end, exact: false }
    }
}

impl<F: Future + Unpin> Future for Metered<F> {
    type Output = Result<F::Output, OverBudget>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let on_core = self.exact.then(thread_time);
        let started = Instant::now();
        let polled = Pin::new(&mut self.guest).poll(cx);
        let passed = started.elapsed();
        self.exact = passed >= LONG;
        let spent =
            self.spent.add(on_core.map_or(passed, |before| thread_time().saturating_sub(before).min(passed)));
        match polled {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending if spent > self.end => Poll::Ready(Err(OverBudget)),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// How long this thread has been on a core.
fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, pin::pin, task::Waker};

    use super::*;

    fn compute(time: Duration) {
        let end = thread_time() + time;
        while thread_time() < end {}
    }

    #[test]
    fn a_guest_that_never_ends_is_stopped_when_its_budget_is_spent() {
        let spent = Spent::default();
        let spin = poll_fn(|_| {
            compute(Duration::from_millis(2));
            Poll::<()>::Pending
        });
        let mut metered = Metered::new(spin, spent.clone(), Duration::from_millis(20));
        let mut cx = Context::from_waker(Waker::noop());
        let polls = (1..).find(|_| Pin::new(&mut metered).poll(&mut cx) == Poll::Ready(Err(OverBudget)));
        assert!(polls.unwrap() <= 11);
        assert!(spent.total() >= Duration::from_millis(20));
    }

    #[test]
    fn waiting_between_polls_is_free() {
        let spent = Spent::default();
        let mut left = 3;
        let wait = poll_fn(|_| {
            left -= 1;
            if left == 0 { Poll::Ready(7) } else { Poll::Pending }
        });
        let mut metered = pin!(Metered::new(wait, spent.clone(), Duration::from_secs(1)));
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..2 {
            assert!(metered.as_mut().poll(&mut cx).is_pending());
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(metered.as_mut().poll(&mut cx), Poll::Ready(Ok(7)));
        assert!(spent.total() < Duration::from_millis(10));
    }

    #[test]
    fn a_second_budget_starts_where_the_first_ended() {
        let spent = Spent::default();
        spent.add(Duration::from_secs(5));
        let mut metered = Metered::new(poll_fn(|_| Poll::<()>::Pending), spent, Duration::from_secs(1));
        assert!(Pin::new(&mut metered).poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
}
