//! Ctrl-C and SIGTERM: the first asks the run to end, the second ends the program.
//!
//! SIGHUP is left alone: `nohup` has it ignored, and means it.

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::exit::Exit;
use crate::terminal;

/// Tells everyone who waits that the user wants the run to end.
#[derive(Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Whether the run was asked to end.
    pub(crate) fn asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the run is asked to end; for ever if it never is.
    pub(crate) async fn wait(mut self) {
        if self.0.wait_for(|asked| *asked).await.is_err() {
            std::future::pending().await
        }
    }
}

/// Listens from now on; `first` is called once, at the first signal.
///
/// # Errors
/// The system refuses a handler.
pub(crate) fn listen(first: impl FnOnce() + Send + 'static) -> anyhow::Result<Stop> {
    let handler = |kind| signal(kind).context("can't listen for signals");
    let mut interrupt = handler(SignalKind::interrupt())?;
    let mut terminate = handler(SignalKind::terminate())?;
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        let mut first = Some(first);
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            let Some(first) = first.take() else {
                // What is committed stays whole: the sinks commit atomically.
                std::process::exit(Exit::Partial.code().into());
            };
            terminal::say(format_args!(
                "stopping: nothing more is sent, the last checkpoints are kept (once more to end at once)"
            ));
            // Tasks first: a guest that is told of the stop might still end in its own way.
            sender.send_replace(true);
            first();
        }
    });
    Ok(Stop(receiver))
}
