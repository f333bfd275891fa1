//! A task's own staging: what it emitted since its last checkpoint, append-only, read back once and in order.
//!
//! Small batches stay in memory; larger ones go to a file without a name in the destination's folder (the same disk,
//! so a full disk shows before a commit, and a crash leaves nothing to clean up). Either way memory stays flat.
//!
//! The bytes are frames: a length, then one operation. Nothing else reads them, so they carry no version.

use std::{
    io::{self, BufReader, BufWriter, Read, Seek, Write},
    path::Path,
};

use tempfile::SpooledTempFile;

use crate::{
    Error,
    cell::{Cell, take_8, take_text},
    row::Scope,
};

/// What one task may keep in memory before its staging goes to disk.
const IN_MEMORY: usize = 1 << 20;
const BUFFER: usize = 64 << 10;

/// A row as it was accepted.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    /// Its JSON, on one line.
    pub(crate) json: &'a str,
    cells: &'a [u8],
}

impl<'a> Row<'a> {
    /// Its cells, one for each column of the stream. Read when asked for: a change log can often do without.
    pub(crate) fn cells(&self) -> Result<Vec<Cell<'a>>, Error> {
        decode_cells(self.cells).ok_or_else(|| broken("unreadable row"))
    }
}

/// One accepted operation; streams are given by their place in the store.
#[derive(Debug)]
pub(crate) enum Op<'a> {
    /// Insert, or overwrite the row with this key.
    Row { stream: usize, row: Row<'a> },
    /// The rows in `scope` become exactly `rows`.
    Replace { stream: usize, scope: Scope<'a>, rows: Vec<Row<'a>> },
}

/// Operations as bytes, built outside any lock.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    bytes: Vec<u8>,
    count: u64,
}

const ROW: u64 = 1;
const REPLACE: u64 = 2;

impl Frames {
    /// Appends one row.
    pub(crate) fn row(&mut self, stream: usize, json: &str, cells: &[Cell<'_>]) {
        self.frame(|out| {
            number(ROW, out);
            number(stream as u64, out);
            encode_row(json, cells, out);
        });
    }

    /// Appends a replacement; `rows` are the encoded rows of a [`Rows`].
    pub(crate) fn replace(&mut self, stream: usize, scope: &Scope<'_>, rows: &Rows) {
        self.frame(|out| {
            number(REPLACE, out);
            number(stream as u64, out);
            number(scope.columns.len() as u64, out);
            for (at, cell) in &scope.columns {
                number(*at as u64, out);
                cell.encode(out);
            }
            number(rows.count, out);
            out.extend_from_slice(&rows.bytes);
        });
    }

    fn frame(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        number(0, &mut self.bytes);
        write(&mut self.bytes);
        let length = (self.bytes.len() - start - 8) as u64;
        self.bytes[start..start + 8].copy_from_slice(&length.to_le_bytes());
        self.count += 1;
    }
}

/// Encoded rows of one replacement.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    bytes: Vec<u8>,
    count: u64,
}

impl Rows {
    /// Appends one row.
    pub(crate) fn push(&mut self, json: &str, cells: &[Cell<'_>]) {
        encode_row(json, cells, &mut self.bytes);
        self.count += 1;
    }
}

/// What is staged, open for appending.
#[derive(Debug)]
pub(crate) struct Staging {
    file: BufWriter<SpooledTempFile>,
    bytes: u64,
    count: u64,
}

impl Staging {
    /// Empty; a file appears in `folder` only when there is much to stage.
    pub(crate) fn new(folder: &Path) -> Staging {
        let file = SpooledTempFile::new_in(IN_MEMORY, folder);
        Staging { file: BufWriter::with_capacity(BUFFER, file), bytes: 0, count: 0 }
    }

    /// Whether nothing is staged.
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Appends frames. After an error the staging may hold half a frame and has to be given up.
    pub(crate) fn append(&mut self, frames: &Frames) -> io::Result<()> {
        self.file.write_all(&frames.bytes)?;
        self.bytes += frames.bytes.len() as u64;
        self.count += frames.count;
        Ok(())
    }

    /// Turns to reading what was appended, from the first.
    pub(crate) fn into_reader(self) -> io::Result<Reader> {
        let mut file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        let file = BufReader::with_capacity(BUFFER, file);
        Ok(Reader { file, frame: Vec::new(), bytes: self.bytes, count: self.count })
    }
}

/// Reads staged operations back.
#[derive(Debug)]
pub(crate) struct Reader {
    file: BufReader<SpooledTempFile>,
    frame: Vec<u8>,
    bytes: u64,
    count: u64,
}

impl Reader {
    /// The next operation. It is an error, never an early end, when the file holds less than was appended.
    pub(crate) fn next(&mut self) -> Result<Option<Op<'_>>, Error> {
        if self.count == 0 {
            return Ok(None);
        }
        let mut length = [0; 8];
        self.file.read_exact(&mut length).map_err(|e| broken(&e.to_string()))?;
        let length = u64::from_le_bytes(length);
        // A length that isn't ours must not become an allocation.
        self.bytes =
            self.bytes.checked_sub(8).and_then(|b| b.checked_sub(length)).ok_or_else(|| broken("length"))?;
        self.count -= 1;
        self.frame.resize(usize::try_from(length).map_err(|_| broken("length"))?, 0);
        self.file.read_exact(&mut self.frame).map_err(|e| broken(&e.to_string()))?;
        match decode(&self.frame) {
            Some(op) => Ok(Some(op)),
            None => Err(broken("unreadable operation")),
        }
    }
}

fn broken(why: &str) -> Error {
    Error::Failed(format!("the staging file does not hold what was written: {why}"))
}

fn decode(mut bytes: &[u8]) -> Option<Op<'_>> {
    let tag = take_number(&mut bytes)?;
    let stream = usize::try_from(take_number(&mut bytes)?).ok()?;
    match tag {
        ROW => Some(Op::Row { stream, row: decode_row(&mut bytes)? }),
        REPLACE => {
            let mut columns = Vec::new();
            for _ in 0..take_number(&mut bytes)? {
                let at = usize::try_from(take_number(&mut bytes)?).ok()?;
                columns.push((at, Cell::decode(&mut bytes)?));
            }
            let mut rows = Vec::new();
            for _ in 0..take_number(&mut bytes)? {
                rows.push(decode_row(&mut bytes)?);
            }
            Some(Op::Replace { stream, scope: Scope { columns }, rows })
        }
        _ => None,
    }
}

fn encode_row(json: &str, cells: &[Cell<'_>], out: &mut Vec<u8>) {
    number(json.len() as u64, out);
    out.extend_from_slice(json.as_bytes());
    let start = out.len();
    number(0, out);
    number(cells.len() as u64, out);
    for cell in cells {
        cell.encode(out);
    }
    let length = (out.len() - start - 8) as u64;
    out[start..start + 8].copy_from_slice(&length.to_le_bytes());
}

fn decode_row<'a>(bytes: &mut &'a [u8]) -> Option<Row<'a>> {
    let json = take_text(bytes)?;
    let length = usize::try_from(take_number(bytes)?).ok()?;
    let (cells, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(Row { json, cells })
}

fn decode_cells(mut bytes: &[u8]) -> Option<Vec<Cell<'_>>> {
    // Each cell has at least a byte: a count that isn't ours must not become an allocation.
    let count = usize::try_from(take_number(&mut bytes)?).ok().filter(|count| *count <= bytes.len())?;
    let mut cells = Vec::with_capacity(count);
    for _ in 0..count {
        cells.push(Cell::decode(&mut bytes)?);
    }
    Some(cells)
}

fn number(value: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    take_8(bytes).map(u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    fn cells() -> Vec<Cell<'static>> {
        vec![
            Cell::Integer(i64::MIN),
            Cell::Null,
            Cell::Number(-0.5),
            Cell::Boolean(true),
            Cell::Boolean(false),
            Cell::Text(Cow::Borrowed("naïve\0🌱")),
            Cell::Timestamp(-1),
            Cell::Json(Cow::Borrowed("[1]")),
        ]
    }

    fn staged(rows: u64, folder: &Path) -> Staging {
        let mut staging = Staging::new(folder);
        for i in 0..rows {
            let mut frames = Frames::default();
            frames.row(7, &format!("{{\"id\":{i}}}"), &cells());
            staging.append(&frames).unwrap();
        }
        staging
    }

    #[test]
    fn what_went_in_comes_out_in_order_from_memory_and_from_disk() {
        let folder = tempfile::tempdir().unwrap();
        for rows in [3, 50_000] {
            let staging = staged(rows, folder.path());
            assert_eq!(staging.file.get_ref().is_rolled(), rows > 10, "{rows} rows");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
            let mut reader = staging.into_reader().unwrap();
            for i in 0..rows {
                let Some(Op::Row { stream: 7, row }) = reader.next().unwrap() else { panic!("no row {i}") };
                assert_eq!(row.json, format!("{{\"id\":{i}}}"));
                assert_eq!(row.cells().unwrap(), cells());
            }
            assert!(reader.next().unwrap().is_none());
        }
    }

    #[test]
    fn a_replacement_keeps_scope_and_rows_together() {
        let scope = Scope { columns: vec![(0, Cell::Integer(4)), (5, Cell::Text(Cow::Borrowed("x")))] };
        let mut rows = Rows::default();
        rows.push("{}", &cells());
        rows.push("{\"a\":1}", &cells());
        let mut frames = Frames::default();
        frames.replace(2, &scope, &rows);
        frames.replace(3, &Scope { columns: vec![] }, &Rows::default());
        let mut staging = Staging::new(Path::new("/nowhere"));
        staging.append(&frames).unwrap();
        let mut reader = staging.into_reader().unwrap();
        let Some(Op::Replace { stream: 2, scope: read, rows }) = reader.next().unwrap() else { panic!() };
        assert_eq!(read, scope);
        assert_eq!(rows.iter().map(|r| r.json).collect::<Vec<_>>(), ["{}", "{\"a\":1}"]);
        let Some(Op::Replace { stream: 3, scope, rows }) = reader.next().unwrap() else { panic!() };
        assert!(scope.columns.is_empty() && rows.is_empty());
        assert!(reader.next().unwrap().is_none());
    }

    #[test]
    fn a_staging_file_that_lost_its_end_is_an_error_not_fewer_rows() {
        let folder = tempfile::tempdir().unwrap();
        for lost in [1, 8, 100, 400_000] {
            let mut staging = staged(5_000, folder.path());
            staging.file.flush().unwrap();
            let bytes = staging.bytes;
            staging.file.get_mut().set_len(bytes - lost).unwrap();
            let mut reader = staging.into_reader().unwrap();
            let error = loop {
                match reader.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("the loss of {lost} bytes went unnoticed"),
                    Err(error) => break error,
                }
            };
            assert!(error.to_string().contains("staging file"), "{error}");
        }
    }

    #[test]
    fn a_folder_that_is_gone_is_an_error_of_the_append() {
        let mut staging = Staging::new(Path::new("/nowhere/at/all"));
        let mut frames = Frames::default();
        frames.row(0, &"x".repeat(IN_MEMORY * 2), &[]);
        assert!(staging.append(&frames).is_err());
    }

    proptest::proptest! {
        #[test]
        fn bytes_that_are_not_ours_never_panic(bytes: Vec<u8>) {
            let _ = decode(&bytes);
            let _ = decode_cells(&bytes);
        }
    }
}
