//! Opening a database: is it ours, is it whole, does it fit; only then its tables.

use std::{collections::HashMap, path::Path, time::Duration};

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, params};

use crate::{
    Kind, OpenError, Stream,
    sink::{NOT_OURS, START_OVER, Shape},
};

/// `PRAGMA application_id`: "SeBd". Says that a database is ours, whatever its name.
const APPLICATION: i32 = 0x5365_4264;
/// `PRAGMA user_version`: the layout of the bookkeeping tables.
const LAYOUT: i32 = 1;

/// How long another program's write may keep a run from starting.
const WAIT_TO_OPEN: Duration = Duration::from_secs(5);
/// How long it may keep a checkpoint waiting: hours of work are worth more patience.
const WAIT_TO_COMMIT: Duration = Duration::from_secs(60);

const BOOKKEEPING: &str = "
    CREATE TABLE IF NOT EXISTS _seedbed_streams (stream TEXT PRIMARY KEY, shape TEXT NOT NULL, schema TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS _seedbed_tasks (
        job TEXT NOT NULL, task TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (job, task)) WITHOUT ROWID;";

/// A stream's table.
#[derive(Debug)]
pub(super) struct Table {
    shape: Shape,
}

impl Table {
    /// Columns that the table has from an earlier schema and the stream lacks now.
    pub(super) fn retired<'a>(&'a self, stream: &'a Stream) -> impl Iterator<Item = &'a str> {
        self.shape.columns.iter().map(|c| c.name.as_str()).filter(|name| stream.position(name).is_none())
    }
}

/// A name as SQL writes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Opens, checks, then creates or extends the tables, all of it in one transaction.
pub(super) fn open(
    path: &Path,
    streams: &[Stream],
    fresh: bool,
) -> Result<(Connection, Vec<Table>), OpenError> {
    if path.is_dir() {
        return Err(OpenError::Unwritable { path: path.to_owned(), reason: "it is a folder".to_owned() });
    }
    let told = |e: rusqlite::Error| told(path, &e);
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(told)?;
    // Somebody's `sqlite3` may be in the middle of a write.
    connection.busy_timeout(WAIT_TO_OPEN).map_err(told)?;
    connection.set_prepared_statement_cache_capacity(256);
    let place = Place { path, streams };
    let found = place.inspect(&connection)?;
    let tables = place.plan(&found, fresh)?;
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000;")
        .map_err(told)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(told)?;
    place.create(&transaction, &found, &tables, fresh).and_then(|()| transaction.commit()).map_err(told)?;
    connection.busy_timeout(WAIT_TO_COMMIT).map_err(told)?;
    Ok((connection, tables))
}

struct Place<'a> {
    path: &'a Path,
    streams: &'a [Stream],
}

/// What a database holds.
#[derive(Default)]
struct Found {
    /// Streams that we made, by name.
    ours: HashMap<String, Shape>,
    /// The columns of every table or view, by its name in lower case.
    tables: HashMap<String, Vec<String>>,
}

impl Place<'_> {
    fn inspect(&self, connection: &Connection) -> Result<Found, OpenError> {
        let told = |e: rusqlite::Error| told(self.path, &e);
        let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        let (application, layout) =
            (pragma("application_id").map_err(told)?, pragma("user_version").map_err(told)?);
        let mut found = Found::default();
        let mut columns = connection
            .prepare(
                "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                 WHERE t.type IN ('table', 'view')",
            )
            .map_err(told)?;
        let pairs = columns
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
            .map_err(told)?;
        for pair in pairs {
            let (table, column) = pair.map_err(told)?;
            found.tables.entry(table.to_lowercase()).or_default().push(column);
        }
        if application == 0 && layout == 0 && found.tables.is_empty() {
            return Ok(found);
        }
        if application != APPLICATION {
            return Err(self.other("it is a database that seedbed did not make".to_owned(), NOT_OURS));
        }
        if layout != LAYOUT {
            let reason = format!("its layout is {layout}, this seedbed knows {LAYOUT}");
            return Err(self.other(reason, "use the seedbed that wrote it, or name another path"));
        }
        let mut streams = connection.prepare("SELECT stream, shape FROM _seedbed_streams").map_err(told)?;
        let shapes = streams
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
            .map_err(told)?;
        for shape in shapes {
            let (name, shape) = shape.map_err(told)?;
            let shape = serde_json::from_str(&shape)
                .map_err(|e| self.damaged(format!("its description of `{name}` can't be read: {e}")))?;
            found.ours.insert(name, shape);
        }
        Ok(found)
    }

    /// What each stream's table will be; refuses what does not fit. Changes nothing.
    fn plan(&self, found: &Found, fresh: bool) -> Result<Vec<Table>, OpenError> {
        self.streams
            .iter()
            .map(|stream| {
                let name = &stream.name;
                let there = found.tables.get(&name.to_lowercase());
                let known = found.ours.get(name);
                let cased = found.ours.keys().find(|k| k.to_lowercase() == name.to_lowercase());
                if let (Some(_), None, None) = (there, known, cased) {
                    let reason = format!("it has a table `{name}` that seedbed did not make");
                    return Err(self.other(reason, NOT_OURS));
                }
                if fresh {
                    return Ok(Table { shape: Shape::of(stream) });
                }
                if let (None, Some(cased)) = (known, cased) {
                    let reason = format!("its `{cased}` differs from `{name}` only in case");
                    return Err(self.other(reason, START_OVER));
                }
                let Some(known) = known else { return Ok(Table { shape: Shape::of(stream) }) };
                let there = there.map_or(&[][..], Vec::as_slice);
                self.check_table(name, known, there)?;
                let missing = known.missing(stream).map_err(|reason| self.other(reason, START_OVER))?;
                for column in &missing {
                    if there.iter().any(|c| c.to_lowercase() == column.name.to_lowercase()) {
                        let reason =
                            format!("`{name}` has a column `{}` that seedbed did not make", column.name);
                        return Err(self.other(reason, "rename that column, or name another path"));
                    }
                }
                let mut shape = known.clone();
                shape.columns.extend(missing);
                Ok(Table { shape })
            })
            .collect()
    }

    /// States without their rows would make a run skip what is not there.
    fn check_table(&self, name: &str, known: &Shape, there: &[String]) -> Result<(), OpenError> {
        if there.is_empty() {
            return Err(self.damaged(format!("its table `{name}` is gone (--fresh makes a new one)")));
        }
        let wanted = known.columns.iter().map(|c| c.name.as_str()).chain(["_json"]);
        match wanted.into_iter().find(|column| !there.iter().any(|c| c == column)) {
            Some(column) => {
                Err(self.damaged(format!("its column `{name}.{column}` is gone (--fresh makes a new one)")))
            }
            None => Ok(()),
        }
    }

    fn create(
        &self,
        transaction: &Transaction<'_>,
        found: &Found,
        tables: &[Table],
        fresh: bool,
    ) -> rusqlite::Result<()> {
        transaction.execute_batch(BOOKKEEPING)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", LAYOUT)?;
        if fresh {
            for name in found.ours.keys() {
                transaction.execute_batch(&format!("DROP TABLE IF EXISTS {}", quoted(name)))?;
            }
            transaction.execute_batch("DELETE FROM _seedbed_streams; DELETE FROM _seedbed_tasks;")?;
        }
        for (stream, table) in self.streams.iter().zip(tables) {
            match found.ours.get(&stream.name).filter(|_| !fresh) {
                None => transaction.execute_batch(&create_sql(stream))?,
                Some(known) => {
                    for column in table.shape.columns.iter().skip(known.columns.len()) {
                        transaction.execute_batch(&format!(
                            "ALTER TABLE {} ADD COLUMN {} {}",
                            quoted(&stream.name),
                            quoted(&column.name),
                            sql_type(column.kind)
                        ))?;
                    }
                }
            }
            let shape = serde_json::to_string(&table.shape)
                .map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))?;
            transaction.execute(
                "INSERT OR REPLACE INTO _seedbed_streams (stream, shape, schema) VALUES (?1, ?2, ?3)",
                params![stream.name, shape, stream.schema.to_string()],
            )?;
        }
        Ok(())
    }

    fn other(&self, reason: String, help: &str) -> OpenError {
        OpenError::OtherSchema { path: self.path.to_owned(), reason, help: help.to_owned() }
    }

    fn damaged(&self, reason: String) -> OpenError {
        OpenError::Damaged { path: self.path.to_owned(), reason }
    }
}

fn create_sql(stream: &Stream) -> String {
    let key = stream.key_columns();
    let lone_integer = key == 1 && stream.columns.first().is_some_and(|c| c.kind == Kind::Integer);
    let mut lines: Vec<String> = Vec::new();
    for (at, column) in stream.columns.iter().enumerate() {
        let constraint = match at < key {
            // Exactly this makes the key the table's own row number: no second B-tree.
            true if lone_integer => " PRIMARY KEY",
            true => " NOT NULL",
            false => "",
        };
        lines.push(format!("{} {}{constraint}", quoted(&column.name), sql_type(column.kind)));
    }
    lines.push("\"_json\" TEXT NOT NULL".to_owned());
    if !lone_integer {
        let names: Vec<String> = stream.primary_key.iter().map(|name| quoted(name)).collect();
        lines.push(format!("PRIMARY KEY ({})", names.join(", ")));
    }
    format!("CREATE TABLE {} (\n  {}\n)", quoted(&stream.name), lines.join(",\n  "))
}

/// Declared types; SQLite derives an affinity from the words. BOOLEAN keeps 0 and 1, and tells tools what they mean;
/// a type of JSON would turn the text `1` into a number.
fn sql_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer => "INTEGER",
        Kind::Number => "REAL",
        Kind::Boolean => "BOOLEAN",
        Kind::Text | Kind::Timestamp | Kind::Json => "TEXT",
    }
}

fn told(path: &Path, error: &rusqlite::Error) -> OpenError {
    let reason = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            OpenError::Damaged { path: path.to_owned(), reason }
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Unwritable {
            path: path.to_owned(),
            reason: format!("another program is writing to it ({reason})"),
        },
        Some(ErrorCode::Unknown) => OpenError::Damaged { path: path.to_owned(), reason },
        _ => OpenError::Unwritable { path: path.to_owned(), reason },
    }
}
