//! How fast rows get into a sink, beside the bare library doing the same inserts: `cargo run --example speed [ROWS]`.
//!
//! Prints a table of rows a second and ratios; the ratio of one run says more than the rates do.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    time::Instant,
};

use seedbed_records::{SinkSpec, Store, Stream};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const COLUMNS: [(&str, &str); 14] = [
    ("id", r#"{"type": "integer"}"#),
    ("repository", r#"{"type": "string"}"#),
    ("number", r#"{"type": "integer"}"#),
    ("title", r#"{"type": "string"}"#),
    ("body", r#"{"type": ["string", "null"]}"#),
    ("state", r#"{"enum": ["open", "closed"]}"#),
    ("draft", r#"{"type": "boolean"}"#),
    ("created_at", r#"{"type": "string", "format": "date-time"}"#),
    ("updated_at", r#"{"type": "string", "format": "date-time"}"#),
    ("merged_at", r#"{"type": ["string", "null"], "format": "date-time"}"#),
    ("author_login", r#"{"type": ["string", "null"]}"#),
    ("additions", r#"{"type": "integer"}"#),
    ("head_sha", r#"{"type": "string"}"#),
    ("labels", r#"{"type": "array", "items": {"type": "string"}}"#),
];

fn stream() -> Outcome<Stream> {
    let properties: Vec<String> =
        COLUMNS.iter().map(|(name, schema)| format!("\"{name}\": {schema}")).collect();
    let required: Vec<String> = COLUMNS.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let schema = format!(
        r#"{{"type": "object", "properties": {{{}}}, "required": [{}]}}"#,
        properties.join(", "),
        required.join(", ")
    );
    Ok(Stream::new("pull_requests", &schema, vec!["id".to_owned()])?)
}

/// A row as the pull-requests job emits it: a body of 400 characters on average, skewed.
fn row(id: u64) -> String {
    let body = "Fixes a naïve assumption. 🌱 ".repeat(usize::try_from(id * 7919 % 29).unwrap_or(0));
    format!(
        r#"{{"id":{},"repository":"antiwork/gumroad","number":{id},"title":"Change nr {id} of many","body":"{body}","state":"closed","draft":false,"created_at":"2024-05-01T12:30:{:02}Z","updated_at":"2024-05-02T12:30:00Z","merged_at":null,"author_login":"octo-{}","additions":{},"head_sha":"{:040x}","labels":["bug","ui"]}}"#,
        2_000_000_000 + id,
        id % 60,
        id % 97,
        id % 1000,
        id
    )
}

fn main() -> Outcome<()> {
    let rows: u64 = std::env::args().nth(1).map_or(Ok(100_000), |n| n.parse())?;
    let texts: Vec<String> = (0..rows).map(row).collect();
    let folder = tempfile::tempdir_in(".")?;
    println!("{rows} rows, {} bytes each", texts.iter().map(|t| t.len() as u64).sum::<u64>() / rows.max(1));
    let bare_sqlite =
        timed("bare rusqlite", rows, None, || bare_sqlite(&folder.path().join("bare.db"), &texts))?;
    let sqlite = SinkSpec::Sqlite { path: folder.path().join("ours.db") };
    timed("sqlite sink", rows, Some(bare_sqlite), || through_store(&sqlite, &texts))?;
    let again = timed("bare rusqlite, again", rows, None, || {
        bare_sqlite_again(&folder.path().join("bare.db"), &texts)
    })?;
    timed("sqlite sink, again", rows, Some(again), || through_store(&sqlite, &texts))?;
    let bare = timed("bare serde_json", rows, None, || bare_file(&folder.path().join("bare.jsonl"), &texts))?;
    let jsonl = SinkSpec::Jsonl { path: folder.path().join("ours") };
    timed("jsonl sink", rows, Some(bare), || through_store(&jsonl, &texts))?;
    let status = std::fs::read_to_string("/proc/self/status")?;
    println!("{}", status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or_default());
    Ok(())
}

fn timed(what: &str, rows: u64, beside: Option<f64>, work: impl FnOnce() -> Outcome<()>) -> Outcome<f64> {
    let start = Instant::now();
    work()?;
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = rows as f64 / start.elapsed().as_secs_f64();
    match beside {
        Some(beside) => println!("{what:<22} {rate:>9.0} rows/s  {:.2} of the bare library", rate / beside),
        None => println!("{what:<22} {rate:>9.0} rows/s"),
    }
    Ok(rate)
}

fn through_store(spec: &SinkSpec, texts: &[String]) -> Outcome<()> {
    let store = Store::open(spec, "speed", vec![stream()?], false)?;
    let task = store.task("{}")?;
    for page in texts.chunks(100) {
        task.emit("pull_requests", page)?;
    }
    task.checkpoint("done")?;
    Ok(())
}

/// The same table, the same statement, one transaction; values taken from a row parsed with serde_json.
fn bare_sqlite(path: &Path, texts: &[String]) -> Outcome<()> {
    let database = rusqlite::Connection::open(path)?;
    database
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000;")?;
    let columns: Vec<String> = COLUMNS
        .iter()
        .map(|(name, _)| match *name {
            "id" => "id INTEGER PRIMARY KEY".to_owned(),
            "number" | "additions" | "draft" => format!("{name} INTEGER"),
            _ => format!("{name} TEXT"),
        })
        .collect();
    database.execute_batch(&format!("CREATE TABLE pull_requests ({}, _json TEXT)", columns.join(", ")))?;
    insert(&database, texts)
}

fn bare_sqlite_again(path: &Path, texts: &[String]) -> Outcome<()> {
    let database = rusqlite::Connection::open(path)?;
    database.execute_batch("PRAGMA synchronous = FULL; PRAGMA cache_size = -16000;")?;
    insert(&database, texts)
}

fn insert(database: &rusqlite::Connection, texts: &[String]) -> Outcome<()> {
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).chain(["_json"]).collect();
    let places: Vec<String> = (1..=names.len()).map(|n| format!("?{n}")).collect();
    let sets: Vec<String> = names.iter().skip(1).map(|n| format!("{n} = excluded.{n}")).collect();
    let sql = format!(
        "INSERT INTO pull_requests ({}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET {}",
        names.join(", "),
        places.join(", "),
        sets.join(", ")
    );
    database.execute_batch("BEGIN")?;
    let mut statement = database.prepare(&sql)?;
    for text in texts {
        let row: serde_json::Value = serde_json::from_str(text)?;
        for (at, (name, _)) in (1..).zip(COLUMNS) {
            match &row[name] {
                serde_json::Value::Null => statement.raw_bind_parameter(at, rusqlite::types::Null)?,
                serde_json::Value::Bool(v) => statement.raw_bind_parameter(at, v)?,
                serde_json::Value::Number(v) => statement.raw_bind_parameter(at, v.as_i64())?,
                serde_json::Value::String(v) => statement.raw_bind_parameter(at, v)?,
                other => statement.raw_bind_parameter(at, other.to_string())?,
            }
        }
        statement.raw_bind_parameter(COLUMNS.len() + 1, text)?;
        statement.raw_execute()?;
    }
    Ok(database.execute_batch("COMMIT")?)
}

/// Rows read and written with serde_json, one sync.
fn bare_file(path: &Path, texts: &[String]) -> Outcome<()> {
    let mut file = BufWriter::with_capacity(256 << 10, File::create(path)?);
    for text in texts {
        let row: serde_json::Value = serde_json::from_str(text)?;
        serde_json::to_writer(&mut file, &row)?;
        file.write_all(b"\n")?;
    }
    file.flush()?;
    Ok(file.get_ref().sync_all()?)
}
