//! The request's body: a query, its variables, and which operation is meant.

use apollo_compiler::response::JsonMap;
use serde_json::{Map, Value};

use super::refusal;

/// A body that makes sense.
#[derive(Debug)]
pub(super) struct Request {
    pub query: String,
    pub operation: Option<String>,
    pub variables: JsonMap,
}

/// A body that does not: the status and the answer.
pub(super) type Refused = (u16, Value);

impl Request {
    /// Reads a body.
    pub(super) fn read(body: &[u8]) -> Result<Self, Refused> {
        let unreadable = || (400, refusal::problems_parsing());
        let mut body: Map<String, Value> = serde_json::from_slice(body).map_err(|_| unreadable())?;
        let Some(Value::String(query)) = body.remove("query") else {
            return Err((200, refusal::only("A query attribute must be specified and must be a string.")));
        };
        let operation = body.remove("operationName").and_then(|name| name.as_str().map(str::to_owned));
        let variables = match body.remove("variables") {
            None | Some(Value::Null) => JsonMap::new(),
            // Some clients send the variables as text.
            Some(Value::String(text)) => serde_json::from_str(&text).map_err(|_| unreadable())?,
            Some(other) => serde_json::from_value(other).map_err(|_| unreadable())?,
        };
        Ok(Self { query, operation: operation.filter(|name| !name.is_empty()), variables })
    }
}
