//! One row: parsed, checked against its stream's schema, read into typed cells. Every refusal names the stream, the
//! row (by its key where it has one) and the property.

use std::borrow::Cow;

use serde_json::Value;

use crate::{
    Error, Kind, Stream,
    cell::{Cell, short},
    json,
};

/// A row's text as it is stored: one line. Line breaks outside strings mean nothing in JSON, inside they are escaped.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    let text = text.trim_ascii();
    // Two searches for a byte are several times faster than one for either character.
    match text.contains('\n') || text.contains('\r') {
        false => Cow::Borrowed(text),
        true => Cow::Owned(text.replace(['\n', '\r'], " ")),
    }
}

/// Parses a row and checks it against the schema. `nth` is its place in the call, from 1, for messages.
pub(crate) fn parse(stream: &Stream, text: &str, nth: usize) -> Result<Value, Error> {
    let value = json::parse(text)
        .map_err(|e| Error::InvalidRow(format!("stream `{}`, row {nth} of the call: {e}", stream.name)))?;
    let Value::Object(object) = &value else {
        let shown = value.to_string();
        return Err(refusal(stream, &value, nth, None, &format!("{} is not an object", short(&shown))));
    };
    if let Some(name) = object.keys().find(|name| name.starts_with('_')) {
        return Err(refusal(stream, &value, nth, Some(name), "names that begin with `_` are seedbed's own"));
    }
    if !stream.validator().is_valid(&value)
        && let Err(error) = stream.validator().validate(&value)
    {
        let pointer = error.instance_path().to_string();
        let property = pointer.trim_start_matches('/');
        return Err(refusal(
            stream,
            &value,
            nth,
            Some(property).filter(|p| !p.is_empty()),
            &short(&error.to_string()),
        ));
    }
    Ok(value)
}

/// The row's cells, in the order of the stream's columns.
pub(crate) fn cells<'a>(stream: &Stream, value: &'a Value, nth: usize) -> Result<Vec<Cell<'a>>, Error> {
    let mut cells = Vec::with_capacity(stream.columns.len());
    for (at, column) in stream.columns.iter().enumerate() {
        let property = value.get(&column.name).unwrap_or(&Value::Null);
        let cell = Cell::read(column.kind, property)
            .map_err(|why| refusal(stream, value, nth, Some(&column.name), &why))?;
        if cell == Cell::Null && at < stream.key_columns() {
            return Err(refusal(stream, value, nth, Some(&column.name), "the primary key has no value"));
        }
        cells.push(cell);
    }
    Ok(cells)
}

/// The row's identity: its key as a canonical JSON list, the same text in every sink.
pub(crate) fn key(stream: &Stream, cells: &[Cell<'_>]) -> String {
    list(cells.iter().take(stream.key_columns()))
}

/// Cells as a canonical JSON list.
pub(crate) fn list<'c, 'a: 'c>(cells: impl IntoIterator<Item = &'c Cell<'a>>) -> String {
    let mut out = String::from("[");
    for cell in cells {
        if out.len() > 1 {
            out.push(',');
        }
        json::canonical(&cell.to_json(), &mut out);
    }
    out.push(']');
    out
}

/// Some columns' values, which choose the rows that `replace` is about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scope<'a> {
    /// Places among the stream's columns, ascending, each with its value.
    pub(crate) columns: Vec<(usize, Cell<'a>)>,
}

impl Scope<'_> {
    /// Reads a scope: a JSON object over the stream's columns, none of them of kind JSON. `{}` means all rows.
    pub(crate) fn read(stream: &Stream, text: &str) -> Result<Scope<'static>, Error> {
        let refuse =
            |why: String| Error::InvalidRow(format!("stream `{}`, scope of replace: {why}", stream.name));
        let value = json::parse(text).map_err(|e| refuse(e.to_string()))?;
        let Value::Object(object) = &value else {
            return Err(refuse(format!("{} is not an object", short(&value.to_string()))));
        };
        let mut columns = Vec::new();
        for (name, value) in object {
            let Some(at) = stream.position(name) else {
                return Err(refuse(format!("`{}` is no column", short(name))));
            };
            let kind = stream.columns[at].kind;
            if kind == Kind::Json {
                return Err(refuse(format!("`{name}` holds JSON, which can't be compared")));
            }
            let cell = Cell::read(kind, value).map_err(|why| refuse(format!("`{name}`: {why}")))?;
            columns.push((at, cell.into_owned()));
        }
        columns.sort_unstable_by_key(|(at, _)| *at);
        Ok(Scope { columns })
    }

    /// The columns alone.
    pub(crate) fn shape(&self) -> Vec<usize> {
        self.columns.iter().map(|(at, _)| *at).collect()
    }

    /// Refuses a row that lies outside: `replace` could never take it away again.
    pub(crate) fn check(
        &self,
        stream: &Stream,
        value: &Value,
        cells: &[Cell<'_>],
        nth: usize,
    ) -> Result<(), Error> {
        match self.columns.iter().find(|(at, wanted)| cells.get(*at) != Some(wanted)) {
            None => Ok(()),
            Some((at, wanted)) => {
                let name = &stream.columns[*at].name;
                let why = format!("it is outside the scope of replace, which wants {}", wanted.to_json());
                Err(refusal(stream, value, nth, Some(name), &why))
            }
        }
    }
}

fn refusal(stream: &Stream, row: &Value, nth: usize, property: Option<&str>, why: &str) -> Error {
    let identity: Vec<String> = stream
        .primary_key
        .iter()
        .filter_map(|name| Some(format!("{name}={}", short(&row.get(name)?.to_string()))))
        .collect();
    let who = match identity.len() == stream.primary_key.len() {
        true => identity.join(", "),
        false => format!("{nth} of the call"),
    };
    let property = property.map(|p| format!(", property `{}`", short(p))).unwrap_or_default();
    Error::InvalidRow(format!("stream `{}`, row {who}{property}: {why}", stream.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn stream() -> Stream {
        let schema = json!({
            "type": "object",
            "properties": {
                "id": {"type": "integer"},
                "state": {"enum": ["open", "closed"]},
                "at": {"type": ["string", "null"], "format": "date-time"},
                "user": {"type": "object", "properties": {"login": {"type": "string"}}},
                "score": {"type": "number"},
            },
            "required": ["id", "state"],
        });
        Stream::new("reviews", &schema.to_string(), vec!["id".to_owned()]).unwrap()
    }

    fn refused(text: &str) -> String {
        let stream = stream();
        parse(&stream, text, 3).and_then(|v| cells(&stream, &v, 3).map(|_| ())).unwrap_err().to_string()
    }

    #[test]
    fn a_refusal_names_stream_row_and_property() {
        assert_eq!(
            refused(r#"{"id": 5, "state": "merged"}"#),
            r#"invalid row: stream `reviews`, row id=5, property `state`: "merged" is not one of "open" or "closed""#
        );
        assert_eq!(
            refused(r#"{"id": 5, "state": "open", "user": {"login": 7}}"#),
            r#"invalid row: stream `reviews`, row id=5, property `user/login`: 7 is not of type "string""#
        );
        assert!(
            refused(r#"{"state": "open"}"#).contains(r#"row 3 of the call: "id" is a required property"#)
        );
        assert!(
            refused(r#"{"id": 5, "state": "open", "at": "soon"}"#)
                .contains("property `at`: \"\\\"soon\\\"\"")
                || refused(r#"{"id": 5, "state": "open", "at": "soon"}"#)
                    .contains("property `at`: \"soon\" is no date-time")
        );
        assert!(refused(r#"{"id": 9223372036854775808, "state": "open"}"#).contains("property `id`"));
        assert!(
            refused(r#"{"id": 5, "state": "open", "_json": 1}"#)
                .contains("`_json`: names that begin with `_`")
        );
        assert!(refused(r#"{"id": 5, "id": 6, "state": "open"}"#).contains("`id` is given twice"));
        assert!(refused(r#"{"id": 5, "state": "open", "score": NaN}"#).contains("row 3 of the call"));
        assert!(refused("[1]").contains("[1] is not an object"));
        assert!(
            refused(&format!(r#"{{"id": 5, "user": {}1}}"#, "[".repeat(5000))).contains("recursion limit")
        );
    }

    #[test]
    fn a_refusal_is_short_however_long_the_row() {
        assert!(refused(&format!(r#"{{"id": 5, "state": "{}"}}"#, "x".repeat(1 << 20))).len() < 400);
    }

    #[test]
    fn one_row_is_one_line() {
        let stream = stream();
        let text = one_line("\n{\r\n \"id\": 1,\n \"state\": \"open\"}\n");
        assert!(!text.contains('\n'), "{text}");
        let value = parse(&stream, &text, 1).unwrap();
        assert_eq!(key(&stream, &cells(&stream, &value, 1).unwrap()), "[1]");
    }

    #[test]
    fn a_scope_chooses_by_columns() {
        let stream = stream();
        let scope = Scope::read(&stream, r#"{"state": "open", "at": null}"#).unwrap();
        assert_eq!(scope.columns.len(), 2);
        assert_eq!(Scope::read(&stream, "{}").unwrap().columns, []);
        for (bad, why) in [
            ("[]", "not an object"),
            (r#"{"nr": 1}"#, "`nr` is no column"),
            (r#"{"user": {}}"#, "holds JSON"),
            (r#"{"id": "one"}"#, "`id`"),
            ("{", "scope"),
        ] {
            let error = Scope::read(&stream, bad).unwrap_err().to_string();
            assert!(error.contains(why), "{bad}: {error}");
        }
    }
}
