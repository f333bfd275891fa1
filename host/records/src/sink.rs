//! What a destination has to be able to do. One file (or folder) under `sinks/` for each kind.
//!
//! A sink is opened on a destination that is already locked, checks what is there against the job's streams before
//! it changes anything, and from then on takes whole batches: all operations of a batch and the task's state in one
//! commit, or none of it. It is called by one thread at a time and may block (a database's round trips, an fsync).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Column, Error, Kind, Stream, staging::Reader};

/// One task's share since its last checkpoint.
pub(crate) struct Batch<'a> {
    /// The task's key.
    pub(crate) task: &'a str,
    /// Its new state; `None` leaves the state as it is.
    pub(crate) state: Option<&'a str>,
    /// What it emitted, read once, in order.
    pub(crate) ops: Reader,
}

/// One line of a stream's history, for [`Sink::history`].
pub(crate) struct Change<'a> {
    /// The row's key, as [`crate::row::key`] writes it.
    pub(crate) key: &'a str,
    /// The row, or `None` where it was removed.
    pub(crate) row: Option<&'a serde_json::Value>,
}

/// A destination.
pub(crate) trait Sink: Send {
    /// The state of a task's last commit. Called once when the task is opened.
    fn state(&mut self, task: &str) -> Result<Option<String>, Error>;

    /// Applies a batch and makes it durable with its state. On an error nothing of it may ever show, neither now nor
    /// after a crash, and what earlier batches committed stays. The next batch may still succeed.
    fn commit(&mut self, batch: Batch<'_>) -> Result<(), Error>;

    /// Committed live rows of each stream, in the order of the store's streams.
    fn totals(&mut self) -> Result<Vec<u64>, Error>;

    /// Visits what is committed of a stream, oldest first: of each key the last change counts. A sink that holds
    /// rows rather than changes visits each row once, in any order.
    fn history(
        &mut self,
        stream: usize,
        visit: &mut dyn FnMut(Change<'_>) -> Result<(), Error>,
    ) -> Result<(), Error>;
}

/// A stream's shape as a destination remembers it, to compare with the job's at the next opening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shape {
    /// The key's columns, in order.
    pub(crate) primary_key: Vec<String>,
    /// Every column there has ever been, in the order in which they came.
    pub(crate) columns: Vec<ShapeColumn>,
}

/// A remembered column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ShapeColumn {
    /// Its name.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) kind: Kind,
}

impl Shape {
    /// The shape a new destination begins with.
    pub(crate) fn of(stream: &Stream) -> Shape {
        let columns = stream.columns.iter().map(Shape::column).collect();
        Shape { primary_key: stream.primary_key.clone(), columns }
    }

    /// The columns that `stream` has and this shape lacks. The error says what can't be brought together: another
    /// key, another kind of a column, two names that differ only in case. A column the stream no longer has stays.
    pub(crate) fn missing(&self, stream: &Stream) -> Result<Vec<ShapeColumn>, String> {
        if self.primary_key != stream.primary_key {
            return Err(format!(
                "`{}` has the primary key ({}) there, ({}) here",
                stream.name,
                self.primary_key.join(", "),
                stream.primary_key.join(", ")
            ));
        }
        let mut lower: BTreeSet<String> = self.columns.iter().map(|c| c.name.to_lowercase()).collect();
        let mut missing = Vec::new();
        for column in &stream.columns {
            match self.columns.iter().find(|known| known.name == column.name) {
                Some(known) if known.kind == column.kind => {}
                Some(known) => {
                    return Err(format!(
                        "`{}.{}` is {:?} there, {:?} here",
                        stream.name, column.name, known.kind, column.kind
                    ));
                }
                None if !lower.insert(column.name.to_lowercase()) => {
                    return Err(format!(
                        "`{}.{}` differs from a column there only in case",
                        stream.name, column.name
                    ));
                }
                None => missing.push(Shape::column(column)),
            }
        }
        Ok(missing)
    }

    fn column(column: &Column) -> ShapeColumn {
        ShapeColumn { name: column.name.clone(), kind: column.kind }
    }
}

/// What to do about a destination whose rows have another shape; for [`crate::OpenError::OtherSchema`].
pub(crate) const START_OVER: &str = "start over with --fresh, which drops its rows, or name another path";
/// What to do about a destination that holds something of the user's own.
pub(crate) const NOT_OURS: &str = "it was left untouched: name another path, or move it away";
