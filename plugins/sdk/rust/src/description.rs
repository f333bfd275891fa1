//! What a job says of itself, and how it ends.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;

use crate::Host;

/// A job: what it offers, and what it does.
#[expect(async_fn_in_trait, reason = "a guest has one thread, so nobody needs these futures to be Send")]
pub trait Job {
    /// The manifest's `[params]` with the task's row of the matrix merged in.
    type Params: DeserializeOwned;

    /// Name, parameters and streams. Called without any door open: it must be pure and quick (1 s).
    fn description() -> Description;

    /// Does the work of one task. An `Err` fails the task and drops what came after the last checkpoint.
    async fn run(host: &impl Host, params: Self::Params) -> Result<Outcome, String>;
}

/// What a job offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The job's name.
    pub name: String,
    /// The job's version.
    pub version: String,
    /// JSON Schema of the parameters; see [`params`].
    pub params: String,
    /// The streams it emits.
    pub streams: Vec<StreamDescription>,
}

/// One kind of row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamDescription {
    /// The stream's name; tables and files are called by it.
    pub name: String,
    /// JSON Schema of one row; see [`stream`].
    pub schema: String,
    /// The columns that identify a row.
    pub primary_key: Vec<String>,
}

/// How a run ended that did not fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Everything that was asked for is among the rows.
    Complete,
    /// The rows so far are kept, and the next run goes on from the last checkpoint.
    Partial(Vec<Gap>),
}

/// Something that should be among the rows and is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What is missing, such as `files of #12 in antiwork/gumroad`.
    pub what: String,
    /// Why.
    pub reason: String,
    /// Seconds since the Unix epoch at which a new run can get it, where that is known.
    pub retry_at: Option<u64>,
}

/// Describes a stream whose rows are `Row`: its top-level fields become columns.
pub fn stream<Row: JsonSchema>(name: &str, primary_key: &[&str]) -> StreamDescription {
    StreamDescription {
        name: name.to_owned(),
        schema: schema::<Row>(),
        primary_key: primary_key.iter().map(|&column| column.to_owned()).collect(),
    }
}

/// The JSON Schema of the parameters `P`. Put `#[serde(deny_unknown_fields)]` on `P`, so that a typo is told.
pub fn params<P: JsonSchema>() -> String {
    schema::<P>()
}

/// Everything in one place: a reader of columns should not have to follow `$ref`.
fn schema<T: JsonSchema>() -> String {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>().as_value().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Time;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Row {
        id: i64,
        title: Option<String>,
        created_at: Time,
        closed_at: Option<Time>,
        labels: Vec<String>,
    }

    #[test]
    fn a_rows_fields_become_typed_columns() {
        let described = stream::<Row>("rows", &["id"]);
        let schema: serde_json::Value = serde_json::from_str(&described.schema).unwrap();
        let column = |name: &str| schema["properties"][name].clone();
        assert_eq!(column("id")["type"], "integer");
        assert_eq!(column("title")["type"], serde_json::json!(["string", "null"]));
        assert_eq!(column("created_at"), serde_json::json!({"type": "string", "format": "date-time"}));
        assert_eq!(
            column("closed_at"),
            serde_json::json!({"type": ["string", "null"], "format": "date-time"})
        );
        assert_eq!(column("labels")["type"], "array");
        assert_eq!(described.primary_key, ["id"]);
    }
}
