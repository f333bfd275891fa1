//! Moments as GitHub writes them.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A moment in UTC, as GitHub's text: `2026-01-31T12:00:00Z`. Later ones compare greater.
///
/// It is kept as text because a row should hold what GitHub said; in a schema it is `format: date-time`, so a
/// sink makes it a timestamp.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(String);

impl Time {
    /// The moment this many seconds after the Unix epoch; one beyond the year 9999 is that year's end.
    pub fn from_unix(seconds: u64) -> Self {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        Self(jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX).to_string())
    }

    /// GitHub's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Time {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for Time {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_githubs_text_and_compare_as_moments() {
        assert_eq!(Time::from_unix(1_769_947_200).as_str(), "2026-02-01T12:00:00Z");
        assert!(Time::from_unix(999_999_999) < Time::from_unix(1_000_000_000));
        assert!(Time::from_unix(u64::MAX).as_str().starts_with("9999-"));
    }
}
