//! Which keys of a change log are live, and in which scope: what `replace` has to know to write its tombstones.
//!
//! Derived from the log, never trusted beyond the process: built by reading the log when the first replacement (or
//! count) of a stream asks, kept up by every batch after that, thrown away on any doubt. Streams that are never
//! replaced cost nothing. It lives in a temporary SQLite database that spills to disk, so memory stays flat.

use std::collections::HashSet;

use rusqlite::{Connection, params, params_from_iter};

use super::log::Log;
use crate::{
    Error, Stream,
    cell::Cell,
    row::{self, Scope},
};

/// The index of all streams of a folder.
pub(super) struct Live {
    /// Opened at the first need.
    index: Option<Connection>,
    streams: Vec<Option<Known>>,
    /// Columns of each kind of scope asked for, by stream. Kept when the rest is thrown away.
    shapes: Vec<Vec<Vec<usize>>>,
    count: usize,
}

/// A stream that is indexed.
#[derive(Clone)]
struct Known {
    table: String,
    shapes: Vec<Vec<usize>>,
    put: String,
    drop: String,
}

fn failed(e: rusqlite::Error) -> Error {
    Error::Failed(format!("the index of live rows: {e}"))
}

impl Live {
    pub(super) fn new(streams: usize) -> Live {
        Live { index: None, streams: vec![None; streams], shapes: vec![Vec::new(); streams], count: 0 }
    }

    /// A batch begins.
    pub(super) fn begin(&mut self) -> Result<(), Error> {
        match &self.index {
            Some(index) if index.is_autocommit() => index.execute_batch("BEGIN").map_err(failed),
            _ => Ok(()),
        }
    }

    /// The batch is committed.
    pub(super) fn commit(&mut self) -> Result<(), Error> {
        let done = match &self.index {
            Some(index) if !index.is_autocommit() => index.execute_batch("COMMIT"),
            _ => Ok(()),
        };
        // The rows are safe: an index that failed is built again when it is next asked for.
        if done.is_err() {
            self.forget();
        }
        Ok(())
    }

    /// Throws everything away.
    pub(super) fn forget(&mut self) {
        self.index = None;
        self.streams.fill(None);
    }

    /// Makes sure that rows of the stream can be found by the scope's columns.
    pub(super) fn learn(
        &mut self,
        at: usize,
        stream: &Stream,
        scope: &Scope<'_>,
        log: &mut Log,
    ) -> Result<(), Error> {
        let shape = scope.shape();
        if !self.shapes[at].contains(&shape) {
            self.shapes[at].push(shape);
            if let (Some(index), Some(known)) = (&self.index, self.streams[at].take()) {
                index.execute_batch(&format!("DROP TABLE {}", known.table)).map_err(failed)?;
            }
        }
        self.build(at, stream, log)
    }

    fn build(&mut self, at: usize, stream: &Stream, log: &mut Log) -> Result<(), Error> {
        if self.streams[at].is_some() {
            return Ok(());
        }
        let index = match self.index.take() {
            Some(index) => self.index.insert(index),
            None => {
                let index = Connection::open("").map_err(failed)?;
                index
                    .execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -8000;")
                    .map_err(failed)?;
                index.set_prepared_statement_cache_capacity(256);
                self.index.insert(index)
            }
        };
        if index.is_autocommit() {
            index.execute_batch("BEGIN").map_err(failed)?;
        }
        // A new table each time: an earlier one lacks a scope, or is half filled.
        self.count += 1;
        let known = Known::new(self.count, &self.shapes[at]);
        index.execute_batch(&known.create()).map_err(failed)?;
        log.each(stream, |change, cells| match change.row {
            Some(_) => known.put(index, change.key, cells),
            None => known.remove(index, change.key),
        })?;
        self.streams[at] = Some(known);
        Ok(())
    }

    /// Whether the stream is indexed, so that it has to be told of rows.
    pub(super) fn knows(&self, at: usize) -> bool {
        self.streams[at].is_some()
    }

    /// A row was appended.
    pub(super) fn put(&mut self, at: usize, stream: &Stream, cells: &[Cell<'_>]) -> Result<(), Error> {
        match (&self.index, &self.streams[at]) {
            (Some(index), Some(known)) => known.put(index, &row::key(stream, cells), cells),
            _ => Ok(()),
        }
    }

    /// A tombstone was appended.
    pub(super) fn remove(&mut self, at: usize, key: &str) -> Result<(), Error> {
        match (&self.index, &self.streams[at]) {
            (Some(index), Some(known)) => known.remove(index, key),
            _ => Ok(()),
        }
    }

    /// Live keys in the scope, other than those to keep, in order.
    pub(super) fn gone(
        &self,
        at: usize,
        scope: &Scope<'_>,
        keep: &HashSet<String>,
    ) -> Result<Vec<String>, Error> {
        let (Some(index), Some(known)) = (&self.index, &self.streams[at]) else { return Ok(Vec::new()) };
        let Some(nth) = known.shapes.iter().position(|shape| *shape == scope.shape()) else {
            return Ok(Vec::new());
        };
        let sql = format!("SELECT key FROM {} WHERE s{nth} = ?1 ORDER BY key", known.table);
        let mut select = index.prepare_cached(&sql).map_err(failed)?;
        let place = row::list(scope.columns.iter().map(|(_, cell)| cell));
        let keys = select.query_map([place], |row| row.get::<_, String>(0)).map_err(failed)?;
        keys.filter(|key| key.as_ref().map_or(true, |key| !keep.contains(key)))
            .collect::<Result<_, _>>()
            .map_err(failed)
    }

    /// Live rows of a stream.
    pub(super) fn count(&mut self, at: usize, stream: &Stream, log: &mut Log) -> Result<u64, Error> {
        self.build(at, stream, log)?;
        match (&self.index, &self.streams[at]) {
            (Some(index), Some(known)) => {
                let sql = format!("SELECT count(*) FROM {}", known.table);
                index.query_row(&sql, [], |row| row.get(0).map(i64::cast_unsigned)).map_err(failed)
            }
            _ => Ok(0),
        }
    }
}

impl Known {
    fn new(number: usize, shapes: &[Vec<usize>]) -> Known {
        let table = format!("live_{number}");
        let places: String = (0..shapes.len()).map(|nth| format!(", ?{}", nth + 2)).collect();
        Known {
            put: format!("INSERT OR REPLACE INTO {table} VALUES (?1{places})"),
            drop: format!("DELETE FROM {table} WHERE key = ?1"),
            shapes: shapes.to_vec(),
            table,
        }
    }

    fn create(&self) -> String {
        let columns: String = (0..self.shapes.len()).map(|nth| format!(", s{nth} TEXT NOT NULL")).collect();
        let table = &self.table;
        let mut sql = format!("CREATE TABLE {table} (key TEXT PRIMARY KEY{columns}) WITHOUT ROWID;");
        for nth in 0..self.shapes.len() {
            sql.push_str(&format!("CREATE INDEX {table}_{nth} ON {table} (s{nth});"));
        }
        sql
    }

    fn put(&self, index: &Connection, key: &str, cells: &[Cell<'_>]) -> Result<(), Error> {
        let places = self.shapes.iter().map(|shape| row::list(shape.iter().filter_map(|at| cells.get(*at))));
        let values = std::iter::once(key.to_owned()).chain(places);
        index
            .prepare_cached(&self.put)
            .and_then(|mut s| s.execute(params_from_iter(values)))
            .map_err(failed)?;
        Ok(())
    }

    fn remove(&self, index: &Connection, key: &str) -> Result<(), Error> {
        index.prepare_cached(&self.drop).and_then(|mut s| s.execute(params![key])).map_err(failed)?;
        Ok(())
    }
}
