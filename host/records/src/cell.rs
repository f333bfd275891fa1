//! One typed value of a column: from a row's JSON, as bytes in the staging file, and back as JSON.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::Value;

use crate::{Kind, json};

/// A typed value. Borrows from the row it was read from where it can.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    Null,
    Integer(i64),
    Number(f64),
    Boolean(bool),
    Text(Cow<'a, str>),
    /// Microseconds since the Unix epoch.
    Timestamp(i64),
    /// JSON text.
    Json(Cow<'a, str>),
}

impl<'a> Cell<'a> {
    /// Reads a property's value as `kind`. The error says what is wrong with the value.
    pub(crate) fn read(kind: Kind, value: &'a Value) -> Result<Cell<'a>, String> {
        Ok(match (kind, value) {
            (_, Value::Null) => Cell::Null,
            (Kind::Boolean, Value::Bool(v)) => Cell::Boolean(*v),
            (Kind::Text, Value::String(v)) => Cell::Text(Cow::Borrowed(v)),
            (Kind::Timestamp, Value::String(v)) => Cell::Timestamp(micros(v)?),
            (Kind::Integer, Value::Number(n)) => {
                match n.as_i64().or_else(|| n.as_f64().and_then(json::whole)) {
                    Some(v) => Cell::Integer(v),
                    None => return Err(format!("{n} is no 64-bit signed integer")),
                }
            }
            (Kind::Number, Value::Number(n)) => match n.as_f64() {
                Some(v) => Cell::Number(v),
                None => return Err(format!("{n} is no double")),
            },
            (Kind::Json, v) => Cell::Json(Cow::Owned(v.to_string())),
            (_, v) => {
                return Err(format!("{} is not of the column's type ({kind:?})", short(&v.to_string())));
            }
        })
    }

    /// The value as JSON; a timestamp in its normal form.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Cell::Null => Value::Null,
            Cell::Integer(v) => (*v).into(),
            Cell::Number(v) => (*v).into(),
            Cell::Boolean(v) => (*v).into(),
            Cell::Text(v) => v.as_ref().into(),
            Cell::Timestamp(v) => timestamp_text(*v).into(),
            Cell::Json(v) => serde_json::from_str(v).unwrap_or(Value::Null),
        }
    }

    /// The same value, owning its text.
    pub(crate) fn into_owned(self) -> Cell<'static> {
        match self {
            Cell::Null => Cell::Null,
            Cell::Integer(v) => Cell::Integer(v),
            Cell::Number(v) => Cell::Number(v),
            Cell::Boolean(v) => Cell::Boolean(v),
            Cell::Text(v) => Cell::Text(Cow::Owned(v.into_owned())),
            Cell::Timestamp(v) => Cell::Timestamp(v),
            Cell::Json(v) => Cell::Json(Cow::Owned(v.into_owned())),
        }
    }

    /// Appends the value's bytes.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let text = |tag: u8, text: &str, out: &mut Vec<u8>| {
            out.push(tag);
            out.extend_from_slice(&(text.len() as u64).to_le_bytes());
            out.extend_from_slice(text.as_bytes());
        };
        let fixed = |tag: u8, bytes: [u8; 8], out: &mut Vec<u8>| {
            out.push(tag);
            out.extend_from_slice(&bytes);
        };
        match self {
            Cell::Null => out.push(0),
            Cell::Integer(v) => fixed(1, v.to_le_bytes(), out),
            Cell::Number(v) => fixed(2, v.to_bits().to_le_bytes(), out),
            Cell::Boolean(false) => out.push(3),
            Cell::Boolean(true) => out.push(4),
            Cell::Text(v) => text(5, v, out),
            Cell::Timestamp(v) => fixed(6, v.to_le_bytes(), out),
            Cell::Json(v) => text(7, v, out),
        }
    }

    /// Takes one value off the front of `bytes`; `None` where they are none of [`encode`](Cell::encode)'s.
    pub(crate) fn decode(bytes: &mut &'a [u8]) -> Option<Cell<'a>> {
        let (&tag, rest) = bytes.split_first()?;
        *bytes = rest;
        Some(match tag {
            0 => Cell::Null,
            1 => Cell::Integer(i64::from_le_bytes(take_8(bytes)?)),
            2 => Cell::Number(f64::from_bits(u64::from_le_bytes(take_8(bytes)?))),
            3 => Cell::Boolean(false),
            4 => Cell::Boolean(true),
            5 => Cell::Text(Cow::Borrowed(take_text(bytes)?)),
            6 => Cell::Timestamp(i64::from_le_bytes(take_8(bytes)?)),
            7 => Cell::Json(Cow::Borrowed(take_text(bytes)?)),
            _ => return None,
        })
    }
}

pub(crate) fn take_8(bytes: &mut &[u8]) -> Option<[u8; 8]> {
    let (head, rest) = bytes.split_first_chunk::<8>()?;
    *bytes = rest;
    Some(*head)
}

/// Takes a text with its length before it off the front of `bytes`.
pub(crate) fn take_text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::try_from(u64::from_le_bytes(take_8(bytes)?)).ok()?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}

/// An RFC 3339 time as microseconds since the Unix epoch; what is finer is cut off.
pub(crate) fn micros(text: &str) -> Result<i64, String> {
    let refuse = || {
        format!("{} is no date-time (RFC 3339, such as 2024-05-01T12:30:00Z)", short(&format!("{text:?}")))
    };
    let bytes = text.as_bytes();
    // jiff reads more of ISO 8601 than the JSON Schema format allows (signed years, ordinal forms, zone names).
    let shaped = bytes.len() >= 20
        && bytes.iter().take(4).all(u8::is_ascii_digit)
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && matches!(bytes[10], b'T' | b't' | b' ')
        && !text.ends_with(']');
    if !shaped {
        return Err(refuse());
    }
    let time: Timestamp = text.parse().map_err(|_| refuse())?;
    let micros = time.as_nanosecond().div_euclid(1_000);
    i64::try_from(micros).map_err(|_| refuse())
}

/// A time as `2024-05-01T12:30:00Z`, with six digits of a fraction only where there is one: the very text GitHub
/// writes, so comparing it with one of GitHub's, or sorting by it, means what it looks like.
pub(crate) fn timestamp_text(micros: i64) -> String {
    match Timestamp::from_microsecond(micros) {
        Ok(time) if micros.rem_euclid(1_000_000) == 0 => format!("{time:.0}"),
        Ok(time) => format!("{time:.6}"),
        // Out of jiff's range; `micros` never gives one.
        Err(_) => micros.to_string(),
    }
}

/// At most 120 characters of a text, for a message.
pub(crate) fn short(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(120) {
        None => Cow::Borrowed(text),
        Some((at, _)) => Cow::Owned(format!("{}…", text.get(..at).unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_are_utc_microseconds_however_they_are_written() {
        let noon = micros("2024-05-01T12:30:00Z").unwrap();
        assert_eq!(noon, 1_714_566_600_000_000);
        assert_eq!(micros("2024-05-01T14:30:00+02:00").unwrap(), noon);
        assert_eq!(micros("2024-05-01T12:30:00.1234567Z").unwrap(), noon + 123_456);
        assert_eq!(
            micros("1969-12-31T23:59:59.9999999Z").unwrap(),
            -1,
            "before the epoch too, down and not up"
        );
        assert_eq!(timestamp_text(noon), "2024-05-01T12:30:00Z");
        assert_eq!(timestamp_text(noon + 5), "2024-05-01T12:30:00.000005Z");
        assert_eq!(timestamp_text(micros("0001-01-01T00:00:00Z").unwrap()), "0001-01-01T00:00:00Z");
    }

    #[test]
    fn what_only_looks_like_a_time_is_refused() {
        for bad in [
            "",
            "2024-05-01",
            "2024-05-01T12:30:00",
            "2024-13-01T12:30:00Z",
            "+002024-05-01T12:30:00Z",
            "2024-05-01T12:30:00+00:00[UTC]",
            "yesterday at noon, really",
            "２０２４-05-01T12:30:00Z",
        ] {
            assert!(micros(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn integers_end_at_64_bits() {
        let read = |v: Value| Cell::read(Kind::Integer, &v).map(Cell::into_owned);
        assert_eq!(read(json!(i64::MAX)), Ok(Cell::Integer(i64::MAX)));
        assert_eq!(read(json!(i64::MIN)), Ok(Cell::Integer(i64::MIN)));
        assert_eq!(read(json!(3.0)), Ok(Cell::Integer(3)));
        assert!(read(json!(u64::MAX)).unwrap_err().contains("18446744073709551615"));
        assert!(read(json!(1e30)).is_err());
    }
}
