//! The door to where rows go, and a task of a sink behind it.

use std::sync::Arc;

use futures::future::{self, BoxFuture};
use seedbed_records::{Error, Task};
use tokio::sync::Mutex;

use crate::turn;

/// Takes a guest's rows. Calls take effect in the order in which they are made here, whatever the order in which their
/// futures are polled first. The futures own all they need; dropping one does not undo what it began.
pub trait Records: Send + Sync {
    /// Rows of one stream, as JSON objects.
    fn emit(&self, stream: String, rows: Vec<String>) -> BoxFuture<'static, Result<(), Error>>;

    /// What the rows within `scope` are to become at the next checkpoint.
    fn replace(
        &self,
        stream: String,
        scope: String,
        rows: Vec<String>,
    ) -> BoxFuture<'static, Result<(), Error>>;

    /// Makes what was accepted before durable, together with `state`.
    fn checkpoint(&self, state: String) -> BoxFuture<'static, Result<(), Error>>;

    /// The state of the task's last durable checkpoint.
    fn resume(&self) -> Option<String>;

    /// Waits for what is under way and takes nothing more. The runtime calls it when a sandbox is gone, whatever the
    /// way it ended: after [`Plugin::run`](crate::Plugin::run) no row of that guest arrives any more.
    fn close(&self) -> BoxFuture<'static, ()> {
        Box::pin(future::ready(()))
    }
}

/// A [`Task`] of a sink. Its calls block, so each runs on a thread for that, one at a time and in the order in which
/// the guest made them.
#[derive(Clone)]
pub struct LiveRecords {
    task: Task,
    turn: Arc<Mutex<Gate>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Gate {
    Open,
    Closed,
}

impl LiveRecords {
    /// The door to this task.
    #[must_use]
    pub fn new(task: Task) -> Self {
        Self { task, turn: Arc::new(Mutex::new(Gate::Open)) }
    }

    fn in_turn(
        &self,
        work: impl FnOnce(&Task) -> Result<(), Error> + Send + 'static,
    ) -> BoxFuture<'static, Result<(), Error>> {
        let (task, place) = (self.task.clone(), turn::take(&self.turn));
        Box::pin(async move {
            let turn = place.await;
            if *turn == Gate::Closed {
                return Err(Error::Failed("the task is over".to_owned()));
            }
            let done = tokio::task::spawn_blocking(move || {
                // A blocking call can't be cancelled: it keeps its turn to the end, even if nobody waits any more.
                let _turn = turn;
                work(&task)
            });
            done.await.unwrap_or_else(|broken| Err(Error::Failed(format!("the sink broke off: {broken}"))))
        })
    }
}

impl Records for LiveRecords {
    fn emit(&self, stream: String, rows: Vec<String>) -> BoxFuture<'static, Result<(), Error>> {
        self.in_turn(move |task| task.emit(&stream, &rows))
    }

    fn replace(
        &self,
        stream: String,
        scope: String,
        rows: Vec<String>,
    ) -> BoxFuture<'static, Result<(), Error>> {
        self.in_turn(move |task| task.replace(&stream, &scope, &rows))
    }

    fn checkpoint(&self, state: String) -> BoxFuture<'static, Result<(), Error>> {
        self.in_turn(move |task| task.checkpoint(&state))
    }

    fn resume(&self) -> Option<String> {
        self.task.resume()
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        let turn = Arc::clone(&self.turn);
        Box::pin(async move { *turn.lock().await = Gate::Closed })
    }
}
