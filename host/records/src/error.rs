//! What can go wrong, by the moment it goes wrong: declaring a stream, opening a store, writing rows.

use std::path::PathBuf;

/// Why a stream's declaration (name, JSON Schema, primary key) is not usable. Told to the author of a plugin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("stream `{stream}`: {reason}")]
pub struct StreamError {
    /// The stream's name, as declared.
    pub stream: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Why a store could not be opened. Nothing was written to the destination in any of these cases.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another run holds the destination's lock.
    #[error("{} is in use by another run{}", path.display(), pid.map(|p| format!(" (pid {p})")).unwrap_or_default())]
    Locked {
        /// The destination.
        path: PathBuf,
        /// The process that holds it, where its lock file says so.
        pid: Option<u32>,
    },
    /// The destination can't be created, read or written.
    #[error("can't write to {}: {reason}", path.display())]
    Unwritable {
        /// The file or folder that could not be written.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The destination holds something whose shape does not fit the job's streams, or is not ours at all.
    #[error("{} does not fit this job: {reason}; {help}", path.display())]
    OtherSchema {
        /// The destination.
        path: PathBuf,
        /// What does not fit.
        reason: String,
        /// What to do about it.
        help: String,
    },
    /// The destination is ours, but broken: a lost tail, a file that is no database, an unreadable commit file.
    #[error("{} is damaged: {reason}; restore it from a copy, or move it away to start over", path.display())]
    Damaged {
        /// The damaged file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The job's streams can't live together in one destination.
    #[error(transparent)]
    Stream(#[from] StreamError),
}

/// Why rows or a checkpoint were not accepted; the cases of `records.error` in the WIT package.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The job did not declare this stream.
    #[error("unknown stream: {0}")]
    UnknownStream(String),
    /// A row (or a scope) does not fit its stream. Nothing of the call was accepted; names stream, key and property.
    #[error("invalid row: {0}")]
    InvalidRow(String),
    /// A limit of [`RowLimits`](crate::RowLimits) was reached. Nothing of the call was accepted.
    #[error("limit reached: {0}")]
    Limit(String),
    /// The destination or the staging file failed (a full disk). What was committed stays; this task is over,
    /// a later run goes on from its last checkpoint.
    #[error("writing rows failed: {0}")]
    Failed(String),
}
