//! A destination opened for one job.

use std::collections::BTreeMap;

use crate::{Error, OpenError, RowLimits, SinkSpec, Stream, Task};

/// One destination, opened and locked for one job. Clones share it; the lock goes with the last of its clones and
/// tasks.
#[derive(Debug, Clone)]
pub struct Store {}

impl Store {
    /// Opens the destination, creating it and its parent folders where they are missing.
    pub fn open(spec: &SinkSpec, job: &str, streams: Vec<Stream>, fresh: bool) -> Result<Store, OpenError> {
        let _ = (spec, job, streams, fresh);
        todo!()
    }

    /// Opens the task with this key (canonical JSON of its row of the matrix), with the default limits.
    pub fn task(&self, key: &str) -> Result<Task, Error> {
        self.task_with_limits(key, RowLimits::default())
    }

    /// Like [`task`](Store::task), with limits of one's own.
    pub fn task_with_limits(&self, key: &str, limits: RowLimits) -> Result<Task, Error> {
        let _ = (key, limits);
        todo!()
    }

    /// The streams this store was opened with.
    pub fn streams(&self) -> &[Stream] {
        todo!()
    }

    /// SHA-256, in hex, over the committed live rows of a stream.
    pub fn digest(&self, stream: &str) -> Result<String, Error> {
        let _ = stream;
        todo!()
    }

    /// Committed live rows by stream.
    pub fn totals(&self) -> Result<BTreeMap<String, u64>, Error> {
        todo!()
    }
}
