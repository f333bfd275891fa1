//! One stream's change log: appending lines, cutting a torn tail, reading it back.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

use crate::{
    Error, Stream,
    cell::Cell,
    json,
    row::{self},
    sink::Change,
};

const BUFFER: usize = 256 << 10;
const DELETED: &str = "_deleted";

/// An open log, positioned at its end.
pub(super) struct Log {
    out: BufWriter<File>,
    path: PathBuf,
    length: u64,
    /// Something was appended since the last sync.
    dirty: bool,
}

impl Log {
    /// Opens a log, creating an empty one.
    pub(super) fn open(path: &Path) -> io::Result<Log> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let length = file.metadata()?.len();
        let out = BufWriter::with_capacity(BUFFER, file);
        // Until it is rewound to what is committed, nothing says where to go on.
        Ok(Log { out, path: path.to_owned(), length, dirty: true })
    }

    /// Bytes, those not flushed yet among them.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Cuts off everything beyond `length`.
    pub(super) fn rewind(&mut self, length: u64) -> io::Result<()> {
        let there = self.out.get_ref().metadata()?.len();
        if there < length {
            return Err(io::Error::other("the file has become shorter than what was committed"));
        }
        if there == length && self.length == length && !self.dirty {
            return Ok(());
        }
        let file = self.out.get_ref().try_clone()?;
        // What the buffer holds belongs to what is cut; it must not be flushed over it later.
        let (_file, _unwritten) =
            std::mem::replace(&mut self.out, BufWriter::with_capacity(BUFFER, file)).into_parts();
        let file = self.out.get_mut();
        file.set_len(length)?;
        file.seek(SeekFrom::Start(length))?;
        self.length = length;
        self.dirty = false;
        Ok(())
    }

    /// Appends one line.
    pub(super) fn line(&mut self, json: &str) -> io::Result<()> {
        self.dirty = true;
        self.out.write_all(json.as_bytes())?;
        self.out.write_all(b"\n")?;
        self.length += json.len() as u64 + 1;
        Ok(())
    }

    /// Makes what was appended durable.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        if self.dirty {
            self.out.flush()?;
            self.out.get_ref().sync_data()?;
            self.dirty = false;
        }
        Ok(())
    }

    /// Visits every line, those of the batch being written too, oldest first, with the row's cells (those of the key
    /// alone, where it is a tombstone).
    pub(super) fn each(
        &mut self,
        stream: &Stream,
        mut visit: impl FnMut(Change<'_>, &[Cell<'_>]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let path = self.path.display().to_string();
        let broken = |e: &dyn std::fmt::Display| Error::Failed(format!("{path}: {e}"));
        self.out.flush().map_err(|e| broken(&e))?;
        let file = File::open(&self.path).map_err(|e| broken(&e))?;
        let mut lines = BufReader::with_capacity(BUFFER, file).take(self.length);
        let mut line = String::new();
        for number in 1_u64.. {
            line.clear();
            if lines.read_line(&mut line).map_err(|e| broken(&e))? == 0 {
                break;
            }
            let broken = |e: &dyn std::fmt::Display| Error::Failed(format!("{path}, line {number}: {e}"));
            let value = json::parse(&line).map_err(|e| broken(&e))?;
            if value.get(DELETED).is_some() {
                let key = key_cells(stream, &value).map_err(|e| broken(&e))?;
                visit(Change { key: &row::list(&key), row: None }, &key)?;
            } else {
                let cells = row::cells(stream, &value, 0).map_err(|e| broken(&e))?;
                visit(Change { key: &row::key(stream, &cells), row: Some(&value) }, &cells)?;
            }
        }
        Ok(())
    }
}

/// A removed row's line, from its key.
pub(super) fn tombstone(stream: &Stream, key: &str) -> Result<String, Error> {
    let unreadable = || Error::Failed(format!("a key of `{}` can't be read back", stream.name));
    let values: Vec<Value> = serde_json::from_str(key).map_err(|_| unreadable())?;
    let mut object: Map<String, Value> = stream.primary_key.iter().cloned().zip(values).collect();
    object.insert(DELETED.to_owned(), Value::Bool(true));
    Ok(Value::Object(object).to_string())
}

fn key_cells<'a>(stream: &Stream, value: &'a Value) -> Result<Vec<Cell<'a>>, String> {
    let columns = stream.columns.iter().take(stream.key_columns());
    columns.map(|c| Cell::read(c.kind, value.get(&c.name).unwrap_or(&Value::Null))).collect()
}

/// Whether the first `length` bytes end with a line break, as everything that was committed does.
pub(super) fn ends_a_line(path: &Path, length: u64) -> bool {
    let Some(last) = length.checked_sub(1) else { return true };
    let mut byte = [0];
    File::open(path).and_then(|f| f.read_exact_at(&mut byte, last)).is_ok() && byte == *b"\n"
}
