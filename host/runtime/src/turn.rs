//! Places in a queue that are taken at the call, not when its task happens to run first.
//!
//! Each call through a door runs in a task of its own, and those begin in any order. Where order matters, the place is
//! taken while the guest makes the call.

use std::{
    future::Future,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use futures::future::BoxFuture;
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    task::unconstrained,
};

/// Queues up for `mutex` now; the future gives it when it is this one's turn. Dropping the future gives the place up.
pub(crate) fn take<T: Send + 'static>(mutex: &Arc<Mutex<T>>) -> BoxFuture<'static, OwnedMutexGuard<T>> {
    // A tokio mutex is fair and queues whoever polls it, unless the polling task has used up its share of the thread.
    let mut place = Box::pin(unconstrained(Arc::clone(mutex).lock_owned()));
    match place.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(guard) => Box::pin(std::future::ready(guard)),
        Poll::Pending => place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn turns_come_in_the_order_of_the_calls_whatever_runs_first() {
        let log = Arc::new(Mutex::new(Vec::new()));
        let first = take(&log).await;
        let places: Vec<_> = (0..1_000).map(|n| (n, take(&log))).collect();
        // Awaited in the opposite order, and some not at all.
        let waiting: Vec<_> = places
            .into_iter()
            .rev()
            .filter(|(n, _)| n % 3 != 0)
            .map(|(n, place)| tokio::spawn(async move { place.await.push(n) }))
            .collect();
        tokio::task::yield_now().await;
        drop(first);
        for task in waiting {
            task.await.unwrap();
        }
        let expected: Vec<_> = (0..1_000).filter(|n| n % 3 != 0).collect();
        assert_eq!(*log.lock().await, expected);
    }
}
