//! A stream: the name, JSON Schema and primary key of one kind of row, and the typed columns they give.

use crate::StreamError;

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
#[derive(Debug, Clone)]
pub struct Stream {
    /// Its name; also the name of its table or file.
    pub name: String,
    /// JSON Schema of one row.
    pub schema: serde_json::Value,
    /// The columns that identify a row.
    pub primary_key: Vec<String>,
    /// All columns: those of the primary key first, then the others in the schema's order.
    pub columns: Vec<Column>,
}

impl Stream {
    /// Reads a stream's declaration.
    pub fn new(name: &str, schema_json: &str, primary_key: Vec<String>) -> Result<Stream, StreamError> {
        let _ = (name, schema_json, primary_key);
        todo!()
    }
}
