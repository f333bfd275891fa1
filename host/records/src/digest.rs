//! One number for all rows of a stream, equal in every sink that holds the same rows.
//!
//! SHA-256 over the canonical JSON of each key's last live row, a line each, sorted by key. Two runs, two APIs or two
//! kinds of sink agree on their rows exactly when their digests are equal.

use std::fmt::Write as _;

use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};

use crate::{
    Error,
    json::canonical,
    sink::{Change, Sink},
};

/// The digest of a stream's committed rows, in lower-case hex.
///
/// Sorting happens in a temporary SQLite database, which spills to disk: memory stays flat for any number of rows.
pub(crate) fn of(sink: &mut dyn Sink, stream: usize) -> Result<String, Error> {
    let failed = |e: rusqlite::Error| Error::Failed(format!("sorting rows for a digest: {e}"));
    let sorter = Connection::open("").map_err(failed)?;
    sorter
        .execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;
             CREATE TABLE live (key TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID;",
        )
        .map_err(failed)?;
    let mut line = String::new();
    let mut put = sorter.prepare("INSERT OR REPLACE INTO live VALUES (?1, ?2)").map_err(failed)?;
    let mut drop = sorter.prepare("DELETE FROM live WHERE key = ?1").map_err(failed)?;
    sink.history(stream, &mut |Change { key, row }| {
        match row {
            Some(row) => {
                line.clear();
                canonical(row, &mut line);
                put.execute(params![key, line]).map_err(failed)?;
            }
            None => {
                drop.execute([key]).map_err(failed)?;
            }
        }
        Ok(())
    })?;
    let mut sorted = sorter.prepare("SELECT row FROM live ORDER BY key").map_err(failed)?;
    let mut rows = sorted.query([]).map_err(failed)?;
    let mut hash = Sha256::new();
    while let Some(row) = rows.next().map_err(failed)? {
        hash.update(row.get_ref(0).and_then(|v| v.as_str().map_err(Into::into)).map_err(failed)?);
        hash.update(b"\n");
    }
    Ok(hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string can't fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}
