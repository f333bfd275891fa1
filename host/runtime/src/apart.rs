//! Work in a task of its own, which ends with whoever waits for it.

use tokio::task::JoinHandle;

/// Awaits `work` in a task of its own: it runs on any core, and is not billed to whoever awaits it. Dropping this future
/// aborts the task. The error is what a panic said, which ends this piece of work and nothing else.
pub(crate) async fn apart<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, String> {
    let mut task = Aborting(tokio::spawn(work));
    (&mut task.0).await.map_err(|broken| broken.to_string())
}

struct Aborting<T>(JoinHandle<T>);

impl<T> Drop for Aborting<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
