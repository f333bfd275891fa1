//! One task's way into the store: stage, checkpoint, resume.

use std::collections::BTreeMap;

use crate::Error;

/// One task's rows on their way into the store. Clones share it; when the last is dropped, what came after the last
/// checkpoint is dropped too.
#[derive(Debug, Clone)]
pub struct Task {}

impl Task {
    /// Accepts rows (JSON objects) of a stream: all of them or, on an error, none.
    pub fn emit(&self, stream: &str, rows: &[String]) -> Result<(), Error> {
        let _ = (stream, rows);
        todo!()
    }

    /// At the next checkpoint, the rows of `stream` whose columns equal `scope` (a JSON object; `{}` = all rows)
    /// become exactly `rows`.
    pub fn replace(&self, stream: &str, scope: &str, rows: &[String]) -> Result<(), Error> {
        let _ = (stream, scope, rows);
        todo!()
    }

    /// Makes all that was accepted before this call durable together with `state`.
    pub fn checkpoint(&self, state: &str) -> Result<(), Error> {
        let _ = state;
        todo!()
    }

    /// The state of this task's last durable checkpoint, of this run or an earlier one.
    pub fn resume(&self) -> Option<String> {
        todo!()
    }

    /// Commits what was accepted since the last checkpoint; the state stays as the last checkpoint left it.
    pub fn finish(&self) -> Result<(), Error> {
        todo!()
    }

    /// Drops what was accepted since the last checkpoint; the task takes no more.
    pub fn abandon(&self) {
        todo!()
    }

    /// Rows by stream that are committed or staged in this run.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        todo!()
    }

    /// Rows by stream that this run committed.
    pub fn committed_counts(&self) -> BTreeMap<String, u64> {
        todo!()
    }
}
