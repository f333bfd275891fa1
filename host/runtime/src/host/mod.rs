//! The host's side of the bindings: one file a door.
//!
//! An import that waits only clones what it needs out of the store and then awaits a task of its own. So what the host does
//! for a guest (decompressing, parsing, writing) is not billed to the guest, runs on other cores, and never holds the
//! store. A guest that loses interest drops the import; the task is aborted with it, and what it held comes back.

mod clock;
pub(crate) mod github;
mod log;
mod progress;
mod records;

use futures::future::BoxFuture;
use wasmtime::component::HasData;

use crate::{apart::apart, sandbox::Inside};

/// Answers imports with what is [`Inside`] the store.
pub(crate) struct Answering;

impl HasData for Answering {
    type Data<'a> = &'a mut Inside;
}

impl crate::bindings::seedbed::job::types::Host for Inside {}

/// A guest had too much of something; ends it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("too many {what}: a task may have {budget}")]
pub(crate) struct TooMuch {
    pub(crate) what: &'static str,
    pub(crate) budget: u64,
    pub(crate) advice: &'static str,
}

/// A door panicked; ends the guest, not the process.
#[derive(Debug, Clone, thiserror::Error)]
#[error("a door of the host failed: {0}")]
pub(crate) struct HostPanicked(pub(crate) String);

/// Awaits `work` outside the store; a panic of it ends the guest.
async fn outside<T: Send + 'static>(work: BoxFuture<'static, T>) -> wasmtime::Result<T> {
    apart(work).await.map_err(|why| HostPanicked(why).into())
}
