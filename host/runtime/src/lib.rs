//! The sandbox of a seeding job: a WebAssembly component and its five doors.
//!
//! ```text
//!  .wasm --load--> [ plugin ] --describe--> what it is, its streams
//!                      |
//!                      '--run--> [ sandbox: one store ] --github, records, progress, log, clock--> [ doors ]
//!                                       |
//!                                       '--> Ended: complete | partial | a failure told to its author
//! ```
//!
//! A component may be anyone's. It gets no file, no socket, no environment and no clock of its own, only the
//! [`Doors`] that the caller opens, and it is bounded in time, memory and what it may have under way ([`Limits`]).
//! Whatever it does ends as an [`Ended`]; nothing that a guest does panics or blocks the process.
//!
//! What is not here: where rows go, which credential is used, what a manifest says. One place builds a wasmtime
//! configuration (`engine.rs`), one file holds the code that answers one door (`host/`).

mod apart;
mod bindings;
mod cache;
mod cpu;
mod doors;
mod engine;
mod failure;
mod host;
mod journal;
mod limits;
mod memory;
mod plain;
mod plugin;
mod run;
mod sandbox;
mod shape;
mod turn;
mod wasi;

pub use doors::{Denied, Doors, GitHub, Level, LiveRecords, Log, Pager, Progress, Records, Silent};
pub use engine::{Sandboxes, Settings, SetupError};
pub use failure::{Failure, Stage};
pub use journal::Trail;
pub use limits::Limits;
pub use plugin::{Description, Inspection, LoadError, Plugin, StreamDescription};
pub use run::{Ended, Gap, Outcome};

/// The version of the WIT package `seedbed:job` that this host speaks.
pub const JOB_PACKAGE_VERSION: &str = "0.1.0";
