//! Streams, rows, sinks and checkpoints.
//!
//! A [`Store`] is one destination (a SQLite file, a folder of JSON lines) opened for one job. Each task of the
//! job gets a [`Task`]: what it emits is checked against the stream's schema and staged in a file of its own;
//! a checkpoint moves what was staged into the destination *together with* the task's state, in one commit.
//! A crash, a trap or a full disk therefore leaves the destination at its last checkpoint, rows and state agreeing.
//!
//! ```text
//!  emit/replace --> [ row: parse, validate ] --> [ staging, one file a task ] --checkpoint--> [ sink: one commit ]
//! ```
//!
//! Everything here blocks and nothing needs an async runtime; callers in one use a blocking thread. No secret and
//! no network passes through.

mod cell;
mod digest;
mod error;
mod json;
mod limits;
mod lock;
mod row;
mod sink;
mod sinks;
mod spec;
mod staging;
mod store;
mod stream;
mod task;

pub use error::{Error, OpenError, StreamError};
pub use limits::RowLimits;
pub use spec::SinkSpec;
pub use store::Store;
pub use stream::{Column, Kind, Stream};
pub use task::Task;
