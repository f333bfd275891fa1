//! A stream: the name, JSON Schema and primary key of one kind of row, and the typed columns they give.

mod kinds;
mod schema;

use std::{collections::HashSet, fmt, sync::Arc};

use serde_json::Value;

use crate::{StreamError, json};

/// PostgreSQL cuts longer names off, so no sink takes them.
const MAX_NAME: usize = 63;
/// Below every database's own limit (PostgreSQL 1,600, SQLite 2,000).
const MAX_COLUMNS: usize = 1_000;
/// A schema comes from a job, so its size is bounded before it is parsed.
const MAX_SCHEMA_BYTES: usize = 1 << 20;

/// What a column holds. Taken from the property's JSON Schema; see [`Stream::new`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A 64-bit signed integer.
    Integer,
    /// A double.
    Number,
    /// True or false.
    Boolean,
    /// Text, in UTF-8.
    Text,
    /// `format: date-time`: a moment in UTC, to the microsecond.
    Timestamp,
    /// Anything else (lists, objects, mixed types), kept as JSON text.
    Json,
}

/// One column of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The property's name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether a row may leave it out or set it to null.
    pub nullable: bool,
}

/// One kind of row a job emits.
#[derive(Clone)]
pub struct Stream {
    /// Its name; also the name of its table or file.
    pub name: String,
    /// JSON Schema of one row.
    pub schema: Value,
    /// The columns that identify a row.
    pub primary_key: Vec<String>,
    /// All columns: those of the primary key first, in its order, then the others in the schema's order.
    pub columns: Vec<Column>,
    validator: Arc<jsonschema::Validator>,
}

impl Stream {
    /// Reads a stream's declaration. The top-level properties of the schema become columns: `integer`, `number`,
    /// `boolean`, `string`, `string` with `format: date-time`, and JSON for everything else; nullable by
    /// `["T", "null"]`, by `anyOf` with null, or by not being required.
    ///
    /// # Errors
    /// A name that is no plain word of at most 63 letters, digits, `_` or `-`; a schema that is no JSON Schema,
    /// refers to other documents or to itself, or is larger than rows need; a property that begins with `_` (those
    /// are ours) or differs from another only in case; a key that is empty, no property, nullable, or no scalar.
    pub fn new(name: &str, schema_json: &str, primary_key: Vec<String>) -> Result<Stream, StreamError> {
        Self::read(name, schema_json, primary_key)
            .map_err(|reason| StreamError { stream: crate::cell::short(name).into_owned(), reason })
    }

    fn read(name: &str, schema_json: &str, primary_key: Vec<String>) -> Result<Stream, String> {
        check_stream_name(name)?;
        if schema_json.len() > MAX_SCHEMA_BYTES {
            return Err(format!("its schema has {} bytes, more than {MAX_SCHEMA_BYTES}", schema_json.len()));
        }
        let schema = json::parse(schema_json).map_err(|e| format!("its schema is not JSON: {e}"))?;
        schema::check(&schema)?;
        // Patterns come from the job too: `regex` is linear where the default engine backtracks.
        let patterns = jsonschema::PatternOptions::regex()
            .size_limit(schema::PATTERN_BYTES)
            .dfa_size_limit(schema::PATTERN_BYTES);
        let validator = jsonschema::options()
            .with_pattern_options(patterns)
            .should_validate_formats(false)
            .offline()
            .build(&schema)
            .map_err(|e| format!("its schema is no JSON Schema: {}", crate::cell::short(&e.to_string())))?;
        let mut columns = kinds::columns(&schema, schema_json, &primary_key)?;
        check_column_names(&columns)?;
        lead_with_key(&mut columns, &primary_key)?;
        Ok(Stream { name: name.to_owned(), schema, primary_key, columns, validator: Arc::new(validator) })
    }

    /// The compiled schema.
    pub(crate) fn validator(&self) -> &jsonschema::Validator {
        &self.validator
    }

    /// How many of the columns, from the first, are the primary key.
    pub(crate) fn key_columns(&self) -> usize {
        self.primary_key.len()
    }

    /// The place of a column among [`columns`](Stream::columns).
    pub(crate) fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("name", &self.name)
            .field("primary_key", &self.primary_key)
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

/// Refuses two streams whose names differ at most in case: many file systems and every SQL database mix them up.
pub(crate) fn check_distinct(streams: &[Stream]) -> Result<(), StreamError> {
    let mut seen = HashSet::new();
    match streams.iter().find(|s| !seen.insert(s.name.to_lowercase())) {
        None => Ok(()),
        Some(s) => Err(StreamError {
            stream: s.name.clone(),
            reason: "another stream has this name, or one that differs only in case".to_owned(),
        }),
    }
}

fn check_stream_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if name.len() > MAX_NAME || !begins || !name.chars().all(plain) {
        return Err(format!(
            "a name begins with a letter and has at most {MAX_NAME} letters, digits, `_` or `-` (ASCII)"
        ));
    }
    if name.to_ascii_lowercase().starts_with("sqlite_") {
        return Err("names that begin with `sqlite_` are SQLite's".to_owned());
    }
    Ok(())
}

fn check_column_names(columns: &[Column]) -> Result<(), String> {
    if columns.len() > MAX_COLUMNS {
        return Err(format!("it has {} columns, more than {MAX_COLUMNS}", columns.len()));
    }
    let mut seen: HashSet<String> = HashSet::new();
    for Column { name, .. } in columns {
        let shown = crate::cell::short(name);
        if name.is_empty() || name.len() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(format!(
                "the column name {shown:?} is empty, longer than {MAX_NAME} bytes or has control characters"
            ));
        }
        if name.starts_with('_') {
            return Err(format!("the column `{shown}` begins with `_`; those names are seedbed's own"));
        }
        if !seen.insert(name.to_lowercase()) {
            return Err(format!("the column `{shown}` differs from another only in case"));
        }
    }
    Ok(())
}

/// Checks the key against the columns and moves its columns to the front, in the key's order.
fn lead_with_key(columns: &mut Vec<Column>, primary_key: &[String]) -> Result<(), String> {
    if primary_key.is_empty() {
        return Err("it has no primary key".to_owned());
    }
    let mut key = Vec::new();
    for name in primary_key {
        let Some(at) = columns.iter().position(|c| &c.name == name) else {
            return Err(match key.iter().any(|c: &Column| &c.name == name) {
                true => format!("the primary key names `{name}` twice"),
                false => {
                    format!("the primary key names `{}`, which is no property", crate::cell::short(name))
                }
            });
        };
        let column = columns.remove(at);
        if column.kind == Kind::Json {
            return Err(format!("the primary key's `{name}` has to be a string, integer, number or boolean"));
        }
        if column.nullable {
            return Err(format!("the primary key's `{name}` may be null"));
        }
        key.push(column);
    }
    key.append(columns);
    *columns = key;
    Ok(())
}

#[cfg(test)]
mod tests;
