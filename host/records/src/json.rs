//! Reading JSON strictly, and writing it canonically.
//!
//! serde_json keeps the last of two equal keys and says nothing; a row that says two things about one property is a
//! bug of its plugin, so it is refused here. Depth is bounded by serde_json's own limit (128).

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, map::Entry};

use crate::cell::short;

/// Parses one JSON value. Duplicate keys, at any depth, are an error.
pub(crate) fn parse(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str::<Strict>(text).map(|strict| strict.0)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(Value::Number(v.into()))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(Value::Number(v.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, v: f64) -> Result<Value, E> {
        Number::from_f64(v).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::String(v.to_owned()))
    }

    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(Value::String(v))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            match object.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(map.next_value::<Strict>()?.0);
                }
                Entry::Occupied(place) => {
                    let why = format!("the property `{}` is given twice", short(place.key()));
                    return Err(A::Error::custom(why));
                }
            }
        }
        Ok(Value::Object(object))
    }
}

/// Appends `value` in its one canonical form: keys sorted by their bytes, no blanks, a whole number without a
/// fraction (`1.0` is `1`, as JSON Schema has it), any other in the shortest form that reads back the same.
pub(crate) fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<_> = object.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| key.as_str());
            out.push('{');
            for (i, (key, value)) in entries.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                quote(key, out);
                out.push(':');
                canonical(value, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                canonical(item, out);
            }
            out.push(']');
        }
        Value::String(text) => quote(text, out),
        Value::Number(number) => canonical_number(number, out),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Null => out.push_str("null"),
    }
}

fn canonical_number(number: &Number, out: &mut String) {
    use fmt::Write as _;
    // Writing to a string can't fail.
    let _ = match number.as_f64() {
        Some(float) if number.is_f64() => match whole(float) {
            Some(integer) => write!(out, "{integer}"),
            None => write!(out, "{number}"),
        },
        _ => write!(out, "{number}"),
    };
}

/// The integer that a double stands for, where it stands for exactly one (below 2^53) and fits.
pub(crate) fn whole(float: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "bounded by 2^53 just here")]
    (float.fract() == 0.0 && float.abs() < EXACT).then_some(float as i64)
}

/// Appends `text` as a JSON string.
pub(crate) fn quote(text: &str, out: &mut String) {
    match serde_json::to_string(text) {
        Ok(quoted) => out.push_str(&quoted),
        // Serializing a string into memory has no way to fail; a lossy debug form is still unambiguous.
        Err(_) => out.push_str(&format!("{text:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canon(text: &str) -> String {
        let mut out = String::new();
        canonical(&parse(text).unwrap(), &mut out);
        out
    }

    #[test]
    fn one_value_has_one_canonical_form() {
        assert_eq!(canon(r#"{"b": 1.0, "a": [true, null, 1e2]}"#), r#"{"a":[true,null,100],"b":1}"#);
        assert_eq!(canon(r#""é""#), canon("\"é\""));
        assert_eq!(canon("-0.0"), "0");
        assert_eq!(canon("18446744073709551615"), "18446744073709551615");
        assert_eq!(
            canon("9007199254740993"),
            "9007199254740993",
            "an integer is never rounded through a double"
        );
        assert_eq!(canon("0.1"), "0.1");
    }

    #[test]
    fn what_says_two_things_is_refused() {
        let error = parse(r#"{"a": {"x": 1, "x": 2}}"#).unwrap_err();
        assert!(error.to_string().contains("`x` is given twice"), "{error}");
    }

    #[test]
    fn neither_depth_nor_nonsense_gets_through() {
        assert!(parse(&"[".repeat(100_000)).unwrap_err().to_string().contains("recursion limit"));
        for bad in ["", "NaN", "{\"a\":Infinity}", "1e999", "{}{}", "\"\\ud800\"", "{\"a\":1,}"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
