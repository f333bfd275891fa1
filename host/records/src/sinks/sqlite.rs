//! SQLite: one typed table a stream, rows and states in one transaction.
//!
//! A table has a column for each of the stream's, and `_json`, the row as it was emitted. Integers are INTEGER,
//! numbers REAL, booleans BOOLEAN (0 or 1), text TEXT. Times are TEXT, `2024-05-01T12:30:00Z` (with six digits of a
//! fraction where there is one): SQLite's date functions read it, people read it, it sorts and compares as GitHub's own
//! text does, where integers of microseconds would need a division in every query. Lists and objects are JSON text
//! for SQLite's `->`.
//!
//! Tables whose names begin with `_seedbed` are bookkeeping. WAL with `synchronous = FULL`: a commit survives a
//! power cut, and readers may look at the database while a run writes.

mod layout;
mod write;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use crate::{
    Error, OpenError, Stream, json, row,
    sink::{Batch, Change, Sink},
    staging::Op,
};
use layout::{Table, quoted};

/// An open database.
pub(crate) struct Sqlite {
    connection: Connection,
    path: PathBuf,
    job: String,
    streams: Vec<Stream>,
    tables: Vec<Table>,
}

impl Sqlite {
    /// Opens the database at `path` (locked by the caller), checks it against the streams and brings it up to them.
    pub(crate) fn open(path: &Path, job: &str, streams: &[Stream], fresh: bool) -> Result<Sqlite, OpenError> {
        let (connection, tables) = layout::open(path, streams, fresh)?;
        Ok(Sqlite {
            connection,
            path: path.to_owned(),
            job: job.to_owned(),
            streams: streams.to_vec(),
            tables,
        })
    }

    fn apply(&mut self, mut batch: Batch<'_>) -> Result<(), Failure> {
        // Dropped without a commit (an error, a panic), a transaction rolls back.
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let mut writer = write::Writer::new(&transaction, &self.streams, &self.tables);
            while let Some(op) = batch.ops.next()? {
                match op {
                    Op::Row { stream, row } => writer.upsert(stream, &row)?,
                    Op::Replace { stream, scope, rows } => {
                        writer.delete(stream, &scope)?;
                        for row in &rows {
                            writer.upsert(stream, row)?;
                        }
                    }
                }
            }
        }
        if let Some(state) = batch.state {
            transaction.execute(
                "INSERT INTO _seedbed_tasks (job, task, state) VALUES (?1, ?2, ?3)
                 ON CONFLICT (job, task) DO UPDATE SET state = excluded.state",
                params![self.job, batch.task, state],
            )?;
        }
        Ok(transaction.commit()?)
    }

    fn failed(&self, failure: Failure) -> Error {
        match failure {
            Failure::Database(e) => Error::Failed(format!("{}: {e}", self.path.display())),
            Failure::Staging(error) => error,
        }
    }
}

impl Sink for Sqlite {
    fn state(&mut self, task: &str) -> Result<Option<String>, Error> {
        self.connection
            .query_row(
                "SELECT state FROM _seedbed_tasks WHERE job = ?1 AND task = ?2",
                params![self.job, task],
                |row| row.get(0),
            )
            .optional()
            .map_err(|e| self.failed(e.into()))
    }

    fn commit(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        self.apply(batch).map_err(|failure| self.failed(failure))
    }

    fn totals(&mut self) -> Result<Vec<u64>, Error> {
        let count = |stream: &Stream| {
            let sql = format!("SELECT count(*) FROM {}", quoted(&stream.name));
            self.connection.query_row(&sql, [], |row| row.get(0).map(i64::cast_unsigned))
        };
        self.streams.iter().map(count).collect::<Result<_, _>>().map_err(|e| self.failed(e.into()))
    }

    fn history(
        &mut self,
        stream: usize,
        visit: &mut dyn FnMut(Change<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut read = || -> Result<(), Failure> {
            let stream = &self.streams[stream];
            let mut select =
                self.connection.prepare(&format!("SELECT _json FROM {}", quoted(&stream.name)))?;
            let mut rows = select.query([])?;
            while let Some(found) = rows.next()? {
                let text = found.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
                let broken = |e: &dyn std::fmt::Display| {
                    Error::Failed(format!("a row of `{}` is not what seedbed wrote: {e}", stream.name))
                };
                let value = json::parse(text).map_err(|e| broken(&e))?;
                let cells = row::cells(stream, &value, 0).map_err(|e| broken(&e))?;
                visit(Change { key: &row::key(stream, &cells), row: Some(&value) })?;
            }
            Ok(())
        };
        read().map_err(|failure| self.failed(failure))
    }
}

/// What can stop a batch: the database, or reading what was staged.
#[derive(Debug)]
enum Failure {
    Database(rusqlite::Error),
    Staging(Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(e: rusqlite::Error) -> Self {
        Failure::Database(e)
    }
}

impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Failure::Staging(e)
    }
}

#[cfg(test)]
mod tests;
