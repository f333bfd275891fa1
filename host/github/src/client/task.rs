//! A task of its own for each request, aborted when nobody waits for it any more.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::JoinHandle;

use crate::error::Error;

/// A spawned future. Dropping it aborts the work: the lease it holds goes back, the connection is given up.
pub(crate) struct Task<T>(JoinHandle<Result<T, Error>>);

impl<T: Send + 'static> Task<T> {
    pub(crate) fn spawn(work: impl Future<Output = Result<T, Error>> + Send + 'static) -> Self {
        Self(tokio::spawn(work))
    }

    /// Whether the result is there.
    pub(crate) fn is_finished(&self) -> bool {
        self.0.is_finished()
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let joined = ready!(Pin::new(&mut self.0).poll(context));
        Poll::Ready(match joined {
            Ok(result) => result,
            Err(error) if error.is_cancelled() => Err(Error::stopped()),
            Err(_) => Err(Error::Other("the request's task failed; this is a bug in the host".to_owned())),
        })
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
