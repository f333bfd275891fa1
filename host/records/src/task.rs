//! One task's way into the store: check and stage, checkpoint, resume.

use std::{
    collections::BTreeMap,
    fmt, mem,
    sync::{Arc, Mutex},
};

use crate::{
    Error, RowLimits,
    row::{self, Scope},
    sink::Batch,
    staging::{Frames, Rows, Staging},
    store::{Inner as Store, hold},
};

/// One task's rows on their way into the store. Clones share it; when the last is dropped, what came after the last
/// checkpoint is dropped too. Every method may be called from any thread at any time; all of them block.
#[derive(Clone)]
pub struct Task {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<Store>,
    key: String,
    limits: RowLimits,
    /// Held over a whole commit, so that commits of one task keep their order. Taken before `now`.
    committing: Mutex<()>,
    now: Mutex<Now>,
}

/// What has happened so far. Held briefly: rows are checked and encoded outside.
struct Now {
    staging: Staging,
    state: Option<String>,
    /// By stream: rows accepted in this run.
    accepted: Vec<u64>,
    /// By stream: those of them that are committed.
    committed: Vec<u64>,
    rows: u64,
    bytes: u64,
    end: Option<End>,
}

enum End {
    Finished,
    Abandoned,
    Broken(String),
}

impl Now {
    fn check_open(&self) -> Result<(), Error> {
        match &self.end {
            None => Ok(()),
            Some(End::Finished) => Err(Error::Failed("the task has finished".to_owned())),
            Some(End::Abandoned) => Err(Error::Failed("the task has been abandoned".to_owned())),
            Some(End::Broken(why)) => Err(Error::Failed(format!(
                "{why} (what was committed before stays; run again to go on from the last checkpoint)"
            ))),
        }
    }

    /// Takes what is staged, leaving an empty staging, with the rows accepted by then.
    fn take(&mut self, store: &Store) -> (Staging, Vec<u64>) {
        (mem::replace(&mut self.staging, Staging::new(&store.staging)), self.accepted.clone())
    }
}

impl Task {
    pub(crate) fn new(store: Arc<Store>, key: &str, limits: RowLimits, state: Option<String>) -> Task {
        let streams = store.streams.len();
        let now = Now {
            staging: Staging::new(&store.staging),
            state,
            accepted: vec![0; streams],
            committed: vec![0; streams],
            rows: 0,
            bytes: 0,
            end: None,
        };
        let key = key.to_owned();
        Task {
            inner: Arc::new(Inner { store, key, limits, committing: Mutex::new(()), now: Mutex::new(now) }),
        }
    }

    /// Accepts rows (JSON objects) of a stream: all of them or, on an error, none. A row whose key was there before
    /// overwrites it at the next checkpoint; of one key emitted several times the last row wins, between tasks the
    /// one whose checkpoint came last.
    ///
    /// # Errors
    /// [`Error::UnknownStream`], [`Error::InvalidRow`] (names stream, key and property), [`Error::Limit`],
    /// [`Error::Failed`].
    pub fn emit(&self, stream: &str, rows: &[String]) -> Result<(), Error> {
        let at = self.inner.store.stream(stream)?;
        let mut frames = Frames::default();
        let bytes = self.each_row(at, rows, None, |json, cells| frames.row(at, json, cells))?;
        self.stage(at, &frames, rows.len() as u64, bytes)
    }

    /// At the next checkpoint, the rows of `stream` whose columns equal `scope` (a JSON object; `{}` = all rows)
    /// become exactly `rows`; rows emitted before it count among those it replaces, rows emitted after it do not.
    ///
    /// # Errors
    /// As [`emit`](Task::emit); also [`Error::InvalidRow`] where the scope is no object, names what is no column or
    /// holds JSON, or where a row lies outside the scope (no later replacement would ever remove it).
    pub fn replace(&self, stream: &str, scope: &str, rows: &[String]) -> Result<(), Error> {
        let at = self.inner.store.stream(stream)?;
        self.check_length(stream, scope.len())?;
        let scope = Scope::read(&self.inner.store.streams[at], scope)?;
        let mut encoded = Rows::default();
        let bytes = self.each_row(at, rows, Some(&scope), |json, cells| encoded.push(json, cells))?;
        let mut frames = Frames::default();
        frames.replace(at, &scope, &encoded);
        self.stage(at, &frames, rows.len() as u64, bytes)
    }

    /// Makes all that was accepted before this call durable together with `state` (any text): both, or neither.
    /// Rows accepted while it runs belong to the next one.
    ///
    /// # Errors
    /// [`Error::Limit`] where the state is too long (nothing happened then). [`Error::Failed`] where the destination
    /// can't take it: then neither rows nor state are there, and the task takes no more.
    pub fn checkpoint(&self, state: &str) -> Result<(), Error> {
        let limit = self.inner.limits.max_state_bytes;
        if state.len() as u64 > limit {
            return Err(Error::Limit(format!(
                "a state of {} bytes; at most {limit} are allowed",
                state.len()
            )));
        }
        self.commit(Some(state), None)
    }

    /// The state of this task's last durable checkpoint, of this run or an earlier one.
    pub fn resume(&self) -> Option<String> {
        hold(&self.inner.now).state.clone()
    }

    /// Commits what was accepted since the last checkpoint; the state stays as the last checkpoint left it. The task
    /// takes no more then. Finishing twice is fine.
    ///
    /// # Errors
    /// As [`checkpoint`](Task::checkpoint); also after [`abandon`](Task::abandon).
    pub fn finish(&self) -> Result<(), Error> {
        self.commit(None, Some(End::Finished))
    }

    /// Drops what was accepted since the last checkpoint; the task takes no more. Waits for a checkpoint that is
    /// being written. Does nothing after [`finish`](Task::finish).
    pub fn abandon(&self) {
        let _committing = hold(&self.inner.committing);
        let mut now = hold(&self.inner.now);
        if now.end.is_none() {
            now.end = Some(End::Abandoned);
        }
        let _staged = now.take(&self.inner.store);
        now.accepted = now.committed.clone();
    }

    /// Rows by stream that are committed or staged in this run, as they were handed in: a row emitted twice counts
    /// twice, and rows of a replacement count too. [`Store::totals`](crate::Store::totals) counts distinct live rows.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.named(&hold(&self.inner.now).accepted)
    }

    /// The part of [`counts`](Task::counts) that is committed.
    pub fn committed_counts(&self) -> BTreeMap<String, u64> {
        self.named(&hold(&self.inner.now).committed)
    }

    fn named(&self, counts: &[u64]) -> BTreeMap<String, u64> {
        self.inner.store.streams.iter().map(|s| s.name.clone()).zip(counts.iter().copied()).collect()
    }

    /// Checks each row and hands its one-line JSON and cells on; gives the bytes of all.
    fn each_row(
        &self,
        at: usize,
        rows: &[String],
        scope: Option<&Scope<'_>>,
        mut accept: impl FnMut(&str, &[crate::cell::Cell<'_>]),
    ) -> Result<u64, Error> {
        let stream = &self.inner.store.streams[at];
        let mut bytes = 0;
        for (nth, text) in (1..).zip(rows) {
            self.check_length(&stream.name, text.len())?;
            let json = row::one_line(text);
            let value = row::parse(stream, &json, nth)?;
            let cells = row::cells(stream, &value, nth)?;
            if let Some(scope) = scope {
                scope.check(stream, &value, &cells, nth)?;
            }
            bytes += json.len() as u64;
            accept(&json, &cells);
        }
        Ok(bytes)
    }

    fn check_length(&self, stream: &str, length: usize) -> Result<(), Error> {
        let limit = self.inner.limits.max_row_bytes;
        match length as u64 > limit {
            true => Err(Error::Limit(format!(
                "stream `{stream}`: a row of {length} bytes; at most {limit} are allowed"
            ))),
            false => Ok(()),
        }
    }

    fn stage(&self, at: usize, frames: &Frames, rows: u64, bytes: u64) -> Result<(), Error> {
        let limits = &self.inner.limits;
        let mut now = hold(&self.inner.now);
        now.check_open()?;
        let (all_rows, all_bytes) = (now.rows.saturating_add(rows), now.bytes.saturating_add(bytes));
        if all_rows > limits.max_rows {
            return Err(Error::Limit(format!("{all_rows} rows; a task may emit {}", limits.max_rows)));
        }
        if all_bytes > limits.max_bytes {
            return Err(Error::Limit(format!(
                "{all_bytes} bytes of rows; a task may emit {}",
                limits.max_bytes
            )));
        }
        if let Err(e) = now.staging.append(frames) {
            let why = format!("staging rows in {}: {e}", self.inner.store.staging.display());
            now.end = Some(End::Broken(why));
            // Gives the disk's space back; what a commit is writing now is not in it.
            let _staged = now.take(&self.inner.store);
            now.accepted = now.committed.clone();
            return now.check_open();
        }
        (now.rows, now.bytes) = (all_rows, all_bytes);
        now.accepted[at] += rows;
        Ok(())
    }

    fn commit(&self, state: Option<&str>, end: Option<End>) -> Result<(), Error> {
        let _committing = hold(&self.inner.committing);
        let mut now = hold(&self.inner.now);
        if let (Some(End::Finished), Some(End::Finished)) = (&now.end, &end) {
            return Ok(());
        }
        now.check_open()?;
        let (staging, accepted) = now.take(&self.inner.store);
        // From here on nothing may be accepted that would be neither committed nor refused.
        now.end = end;
        let unchanged = staging.is_empty() && (state.is_none() || state == now.state.as_deref());
        drop(now);
        let done = if unchanged { Ok(()) } else { self.write(staging, state) };
        let mut now = hold(&self.inner.now);
        match done {
            Ok(()) => {
                now.committed = accepted;
                if let Some(state) = state {
                    now.state = Some(state.to_owned());
                }
                // Staging may have broken meanwhile: the call that broke it has told, and so will the next one.
                if let Some(End::Broken(_)) = now.end {
                    now.accepted = now.committed.clone();
                }
                Ok(())
            }
            Err(error) => {
                let why = match error {
                    Error::Failed(why) => why,
                    other => other.to_string(),
                };
                now.end = Some(End::Broken(why));
                now.accepted = now.committed.clone();
                now.check_open()
            }
        }
    }

    fn write(&self, staging: Staging, state: Option<&str>) -> Result<(), Error> {
        let ops = staging.into_reader().map_err(|e| {
            Error::Failed(format!("staging rows in {}: {e}", self.inner.store.staging.display()))
        })?;
        self.inner.store.sink().commit(Batch { task: &self.inner.key, state, ops })
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("key", &self.inner.key).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.store.closed(&self.key);
    }
}
