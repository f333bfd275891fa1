//! JSON lines: one change log a stream, `<stream>.jsonl`, in a folder.
//!
//! A line is a row as it was emitted, or a tombstone, `{"id":5,"_deleted":true}`: the key's columns and the mark. Of
//! each key the last line counts. A log only ever grows.
//!
//! What is committed is said by one small file, `_seedbed.json`: how long each log is, and every task's state. A
//! batch is appended and synced first, then that file is replaced by a rename. Whatever stands in a log beyond the
//! length it says was never committed, and is cut off at the next opening (and before the next batch).

mod commit;
mod live;
mod log;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    Error, OpenError, Stream, row,
    row::Scope,
    sink::{Batch, Change, NOT_OURS, START_OVER, Shape, Sink},
    staging::{Op, Row},
};
use commit::{Commit, Logged};
use live::Live;
use log::Log;

/// An open folder.
pub(crate) struct Jsonl {
    folder: PathBuf,
    job: String,
    streams: Vec<Stream>,
    logs: Vec<Log>,
    commit: Commit,
    live: Live,
    /// Set when a commit may or may not have happened: only opening again can tell.
    unsure: Option<String>,
}

impl Jsonl {
    /// Opens the folder (locked by the caller), checks it against the streams and cuts torn tails.
    pub(crate) fn open(
        folder: &Path,
        job: &str,
        streams: &[Stream],
        fresh: bool,
    ) -> Result<Jsonl, OpenError> {
        let unwritable = |path: &Path, e: io::Error| OpenError::Unwritable {
            path: path.to_owned(),
            reason: e.to_string(),
        };
        if folder.exists() && !folder.is_dir() {
            let reason = "it is a file, and has to be a folder".to_owned();
            return Err(OpenError::Unwritable { path: folder.to_owned(), reason });
        }
        fs::create_dir_all(folder).map_err(|e| unwritable(folder, e))?;
        let mut commit = Commit::read(folder)?.unwrap_or_default();
        if fresh {
            commit.start_over();
        }
        plan(folder, streams, &mut commit, fresh)?;
        let mut logs = Vec::new();
        for stream in streams {
            let path = log_path(folder, &stream.name);
            logs.push(Log::open(&path).map_err(|e| unwritable(&path, e))?);
        }
        // The commit goes first: where it says less than a log holds, the tail is cut, and never the other way round.
        // Renaming it also makes the new logs' names durable.
        commit.write(folder).map_err(|e| unwritable(folder, e.into_io()))?;
        for (log, stream) in logs.iter_mut().zip(streams) {
            let length = commit.length(&stream.name);
            log.rewind(length).map_err(|e| unwritable(&log_path(folder, &stream.name), e))?;
        }
        Ok(Jsonl {
            folder: folder.to_owned(),
            job: job.to_owned(),
            streams: streams.to_vec(),
            logs,
            commit,
            live: Live::new(streams.len()),
            unsure: None,
        })
    }

    /// Appends a batch and makes it the committed one.
    fn apply(&mut self, mut batch: Batch<'_>) -> Result<(), Error> {
        for (at, stream) in self.streams.iter().enumerate() {
            let length = self.commit.length(&stream.name);
            self.logs[at].rewind(length).map_err(|e| self.failed(at, &e))?;
        }
        self.live.begin()?;
        while let Some(op) = batch.ops.next()? {
            match op {
                Op::Row { stream, row } => self.append(stream, &row)?,
                Op::Replace { stream, scope, rows } => self.replace(stream, &scope, &rows)?,
            }
        }
        let mut next = self.commit.clone();
        for at in 0..self.logs.len() {
            self.logs[at].sync().map_err(|e| self.failed(at, &e))?;
            next.set_length(&self.streams[at].name, self.logs[at].length());
        }
        if let Some(state) = batch.state {
            next.set_state(&self.job, batch.task, state);
        }
        next.write(&self.folder).map_err(|e| {
            let why = format!("{}: {}", self.folder.display(), e.as_io());
            if e.may_have_happened() {
                self.unsure = Some(why.clone());
            }
            Error::Failed(why)
        })?;
        self.commit = next;
        self.live.commit()
    }

    fn append(&mut self, at: usize, row: &Row<'_>) -> Result<(), Error> {
        self.logs[at].line(row.json).map_err(|e| self.failed(at, &e))?;
        match self.live.knows(at) {
            true => self.live.put(at, &self.streams[at], &row.cells()?),
            false => Ok(()),
        }
    }

    /// Rows in the scope that are not among `rows` get a tombstone.
    fn replace(&mut self, at: usize, scope: &Scope<'_>, rows: &[Row<'_>]) -> Result<(), Error> {
        let stream = &self.streams[at];
        let log = &mut self.logs[at];
        let failed = |e: io::Error| Error::Failed(format!("{}.jsonl: {e}", stream.name));
        self.live.learn(at, stream, scope, log)?;
        let keep = rows.iter().map(|r| Ok(row::key(stream, &r.cells()?))).collect::<Result<_, Error>>()?;
        for key in self.live.gone(at, scope, &keep)? {
            log.line(&log::tombstone(stream, &key)?).map_err(failed)?;
            self.live.remove(at, &key)?;
        }
        for row in rows {
            self.append(at, row)?;
        }
        Ok(())
    }

    fn failed(&self, at: usize, e: &io::Error) -> Error {
        Error::Failed(format!("{}: {e}", log_path(&self.folder, &self.streams[at].name).display()))
    }

    fn check_sure(&self) -> Result<(), Error> {
        match &self.unsure {
            None => Ok(()),
            Some(why) => {
                Err(Error::Failed(format!("an earlier commit is in doubt until the next run: {why}")))
            }
        }
    }
}

impl Sink for Jsonl {
    fn state(&mut self, task: &str) -> Result<Option<String>, Error> {
        Ok(self.commit.state(&self.job, task).map(str::to_owned))
    }

    fn commit(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        self.check_sure()?;
        let done = self.apply(batch);
        if done.is_err() && self.unsure.is_none() {
            // Gives the disk its space back; where even that fails, the next batch or opening does it.
            self.live.forget();
            for (log, stream) in self.logs.iter_mut().zip(&self.streams) {
                let _ = log.rewind(self.commit.length(&stream.name));
            }
        }
        done
    }

    fn totals(&mut self) -> Result<Vec<u64>, Error> {
        self.check_sure()?;
        (0..self.streams.len()).map(|at| self.live.count(at, &self.streams[at], &mut self.logs[at])).collect()
    }

    fn history(
        &mut self,
        stream: usize,
        visit: &mut dyn FnMut(Change<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.check_sure()?;
        self.logs[stream].each(&self.streams[stream], |change, _| visit(change))
    }
}

fn log_path(folder: &Path, stream: &str) -> PathBuf {
    folder.join(format!("{stream}.jsonl"))
}

/// Checks the folder against the streams and adds what is new to the commit; changes nothing on disk.
fn plan(folder: &Path, streams: &[Stream], commit: &mut Commit, fresh: bool) -> Result<(), OpenError> {
    let other = |reason: String, help: &str| OpenError::OtherSchema {
        path: folder.to_owned(),
        reason,
        help: help.to_owned(),
    };
    for stream in streams {
        let path = log_path(folder, &stream.name);
        let length = fs::metadata(&path).map_or(0, |m| m.len());
        let Some(known) = commit.streams.get_mut(&stream.name) else {
            if length > 0 {
                let reason = format!("it has a file {}.jsonl that seedbed did not make", stream.name);
                return Err(other(reason, NOT_OURS));
            }
            if let Some(cased) =
                commit.streams.keys().find(|k| k.to_lowercase() == stream.name.to_lowercase())
            {
                let reason = format!("its `{cased}` differs from `{}` only in case", stream.name);
                return Err(other(reason, START_OVER));
            }
            commit.streams.insert(stream.name.clone(), Logged { length: 0, shape: Shape::of(stream) });
            continue;
        };
        if fresh {
            known.shape = Shape::of(stream);
            continue;
        }
        let missing = known.shape.missing(stream).map_err(|reason| other(reason, START_OVER))?;
        known.shape.columns.extend(missing);
        if length < known.length {
            let reason =
                format!("it has {length} bytes, {} were committed (--fresh starts over)", known.length);
            return Err(OpenError::Damaged { path, reason });
        }
        if !log::ends_a_line(&path, known.length) {
            let reason = "its committed part does not end with a line (--fresh starts over)".to_owned();
            return Err(OpenError::Damaged { path, reason });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
