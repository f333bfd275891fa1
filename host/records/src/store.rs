//! A destination opened for one job: the lock, the sink, and the tasks at work on it.

use std::{
    collections::{BTreeMap, HashSet},
    fmt, fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    Error, OpenError, RowLimits, SinkSpec, Stream, Task, digest,
    lock::Lock,
    sink::Sink,
    sinks::{jsonl::Jsonl, sqlite::Sqlite},
    stream::check_distinct,
};

/// One destination, opened and locked for one job. Clones share it; the lock goes with the last of its clones and
/// tasks.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    // Fields are dropped in this order: the sink closes its files before the lock goes.
    sink: Mutex<Box<dyn Sink>>,
    pub(crate) streams: Vec<Stream>,
    /// The folder for staging files: on the destination's own disk.
    pub(crate) staging: PathBuf,
    /// Keys of the tasks that are open now.
    open: Mutex<HashSet<String>>,
    _lock: Lock,
}

impl Store {
    /// Opens the destination for `job`, creating it and its parent folders where they are missing, and takes its
    /// lock. `fresh` starts over: all rows and states that seedbed wrote there are dropped, those of other jobs in
    /// the same place too (states must never outlive their rows); what is not ours is never touched.
    ///
    /// A field that is new in a stream's schema adds a column; older rows have null there. A field that went stays as
    /// a column, null in rows written from now on.
    ///
    /// # Errors
    /// See [`OpenError`]; nothing was changed in the destination then.
    pub fn open(spec: &SinkSpec, job: &str, streams: Vec<Stream>, fresh: bool) -> Result<Store, OpenError> {
        check_distinct(&streams)?;
        let path = resolve(spec.path())?;
        let lock = Lock::take(&path)?;
        let (sink, staging): (Box<dyn Sink>, PathBuf) = match spec {
            SinkSpec::Sqlite { .. } => {
                (Box::new(Sqlite::open(&path, job, &streams, fresh)?), parent(&path).to_owned())
            }
            SinkSpec::Jsonl { .. } => (Box::new(Jsonl::open(&path, job, &streams, fresh)?), path),
        };
        Ok(Store::over(sink, streams, staging, lock))
    }

    fn over(sink: Box<dyn Sink>, streams: Vec<Stream>, staging: PathBuf, lock: Lock) -> Store {
        let open = Mutex::new(HashSet::new());
        Store { inner: Arc::new(Inner { sink: Mutex::new(sink), streams, staging, open, _lock: lock }) }
    }

    /// A store over a sink that a test has prepared.
    #[cfg(test)]
    pub(crate) fn over_for_tests(sink: Box<dyn Sink>, streams: Vec<Stream>, folder: &Path) -> Store {
        let lock = Lock::take(&folder.join("rows.db")).unwrap();
        Store::over(sink, streams, folder.to_owned(), lock)
    }

    /// Opens the task with this key (canonical JSON of its row of the matrix), with the default limits.
    ///
    /// # Errors
    /// [`Error::Failed`] where its state can't be read, or where a task with this key is open now.
    pub fn task(&self, key: &str) -> Result<Task, Error> {
        self.task_with_limits(key, RowLimits::default())
    }

    /// Like [`task`](Store::task), with limits of one's own.
    ///
    /// # Errors
    /// As [`task`](Store::task).
    pub fn task_with_limits(&self, key: &str, limits: RowLimits) -> Result<Task, Error> {
        if !hold(&self.inner.open).insert(key.to_owned()) {
            return Err(Error::Failed(format!("the task {key} is already running")));
        }
        let state = self.inner.sink().state(key);
        if state.is_err() {
            self.inner.closed(key);
        }
        Ok(Task::new(Arc::clone(&self.inner), key, limits, state?))
    }

    /// The streams this store was opened with.
    pub fn streams(&self) -> &[Stream] {
        &self.inner.streams
    }

    /// SHA-256, in hex, over the committed live rows of a stream: of each key the last row, sorted by key, as
    /// canonical JSON, a line each. The same rows give the same digest in every kind of sink. Reads all rows of the
    /// stream; memory stays flat.
    ///
    /// # Errors
    /// [`Error::UnknownStream`], or [`Error::Failed`] where rows can't be read.
    pub fn digest(&self, stream: &str) -> Result<String, Error> {
        let at = self.inner.stream(stream)?;
        digest::of(&mut **self.inner.sink(), at)
    }

    /// Committed live rows by stream: what a `SELECT count(*)` gives, over all runs, tasks and jobs that share the
    /// destination. A change log is read through for it.
    ///
    /// # Errors
    /// [`Error::Failed`] where rows can't be read.
    pub fn totals(&self) -> Result<BTreeMap<String, u64>, Error> {
        let totals = self.inner.sink().totals()?;
        Ok(self.inner.streams.iter().map(|s| s.name.clone()).zip(totals).collect())
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("streams", &self.inner.streams).finish_non_exhaustive()
    }
}

impl Inner {
    /// The sink, for one commit or one reading.
    pub(crate) fn sink(&self) -> MutexGuard<'_, Box<dyn Sink>> {
        hold(&self.sink)
    }

    /// The place of a stream among the store's.
    pub(crate) fn stream(&self, name: &str) -> Result<usize, Error> {
        self.streams.iter().position(|s| s.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.streams.iter().map(|s| s.name.as_str()).collect();
            Error::UnknownStream(format!(
                "`{}`; the job declares {}",
                crate::cell::short(name),
                known.join(", ")
            ))
        })
    }

    /// A task has been dropped; its key may be opened again.
    pub(crate) fn closed(&self, key: &str) {
        hold(&self.open).remove(key);
    }
}

/// Locks a mutex whose data stays sound even when a holder panicked: sinks roll back what was not committed.
pub(crate) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The destination's real path, so that two ways of writing it meet at one lock; creates the parent folders.
fn resolve(path: &Path) -> Result<PathBuf, OpenError> {
    let unwritable = |path: &Path, e: std::io::Error| OpenError::Unwritable {
        path: path.to_owned(),
        reason: e.to_string(),
    };
    if let Ok(real) = path.canonicalize() {
        return Ok(real);
    }
    let Some(name) = path.file_name() else {
        return Err(OpenError::Unwritable { path: path.to_owned(), reason: "it names no file".to_owned() });
    };
    let parent = parent(path);
    fs::create_dir_all(parent).map_err(|e| unwritable(parent, e))?;
    Ok(parent.canonicalize().map_err(|e| unwritable(parent, e))?.join(name))
}

#[cfg(test)]
mod tests;
