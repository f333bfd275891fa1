//! Many questions at once, but not too many.

use futures::stream::{self, Stream, StreamExt};

/// Runs one future for each item, at most `at_once` at a time, and yields the results **as they come**.
///
/// Nothing is started before the stream is polled; dropping it cancels what is under way. It needs no threads.
pub fn fan_out<I, F, Fut>(at_once: usize, items: I, work: F) -> impl Stream<Item = Fut::Output>
where
    I: IntoIterator,
    F: FnMut(I::Item) -> Fut,
    Fut: Future,
{
    stream::iter(items).map(work).buffer_unordered(at_once.max(1))
}

/// Like [`fan_out`], but yields the results **in the order of the items**.
///
/// `items` is read only as there is room, so an iterator that ends early (`take_while`) stops the start of more work
/// while what is under way comes to its end.
pub fn fan_out_in_order<I, F, Fut>(at_once: usize, items: I, work: F) -> impl Stream<Item = Fut::Output>
where
    I: IntoIterator,
    F: FnMut(I::Item) -> Fut,
    Fut: Future,
{
    stream::iter(items).map(work).buffered(at_once.max(1))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures::executor::block_on;

    use super::*;

    async fn pause(turns: u32) {
        for _ in 0..turns {
            let mut paused = false;
            futures::future::poll_fn(|cx| {
                cx.waker().wake_by_ref();
                if std::mem::replace(&mut paused, true) {
                    std::task::Poll::Ready(())
                } else {
                    std::task::Poll::Pending
                }
            })
            .await;
        }
    }

    #[test]
    fn no_more_than_the_bound_run_at_once_and_order_is_kept() {
        let (running, peak) = (Cell::new(0), Cell::new(0));
        let results: Vec<u32> = block_on(
            fan_out_in_order(3, 0..10, |n| {
                let (running, peak) = (&running, &peak);
                async move {
                    running.set(running.get() + 1);
                    peak.set(peak.get().max(running.get()));
                    pause(10 - n).await;
                    running.set(running.get() - 1);
                    n
                }
            })
            .collect(),
        );
        assert_eq!(results, (0..10).collect::<Vec<_>>());
        assert_eq!(peak.get(), 3);
    }

    #[test]
    fn unordered_results_come_as_they_are_ready() {
        let results: Vec<u32> = block_on(
            fan_out(2, [9, 1], |turns| async move {
                pause(turns).await;
                turns
            })
            .collect(),
        );
        assert_eq!(results, [1, 9]);
    }
}
