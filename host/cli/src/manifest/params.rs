//! `[params]` and `[matrix]`: the values a plugin gets, with where each of them stands.
//!
//! Whether they are the right ones is settled later, against the plugin's own schema; the places are kept for that.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::DeValue;

use super::reading::{Reading, Section};

/// `[params]`: the same for every task.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params {
    /// The values, as JSON.
    pub(crate) values: Map<String, Value>,
    /// Where each value stands, by JSON pointer (`/streams/2`).
    pub(crate) places: BTreeMap<String, Range<usize>>,
    /// Where each key stands.
    pub(crate) keys: BTreeMap<String, Range<usize>>,
    /// Where the table stands.
    pub(crate) at: Option<Range<usize>>,
}

/// One key of `[matrix]`: a task for each of its values.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    /// The parameter it sets.
    pub(crate) key: Spanned<String>,
    /// Its values, in the order of the text.
    pub(crate) values: Vec<Spanned<Value>>,
}

pub(super) fn read_params(section: &Section<'_, '_>) -> Params {
    let mut params = Params { at: Some(section.span()), ..Params::default() };
    for (key, value) in section.entries() {
        let pointer = format!("/{}", pointer_token(key.get_ref()));
        if let Some(json) = to_json(section.reading(), value, &pointer, &mut params.places) {
            params.keys.insert(key.get_ref().clone(), key.span());
            params.values.insert(key.into_inner(), json);
        }
    }
    params
}

pub(super) fn read_matrix(section: &Section<'_, '_>) -> Vec<Axis> {
    let reading = section.reading();
    let mut axes = Vec::new();
    for (key, value) in section.entries() {
        let Some(list) = value.get_ref().as_array() else {
            let message =
                format!("`matrix.{}` must be a list: one task for each of its values", key.get_ref());
            reading.wrong(reading.problem(value.span(), message).help("write `[\"...\"]`"));
            continue;
        };
        if list.is_empty() {
            let message = format!("`matrix.{}` is empty: there would be no task", key.get_ref());
            reading.wrong(reading.problem(value.span(), message));
        }
        let mut values: Vec<Spanned<Value>> = Vec::new();
        for entry in list.iter() {
            if matches!(entry.get_ref(), DeValue::Array(_) | DeValue::Table(_)) {
                let message = format!("`matrix.{}` must hold strings, numbers or booleans", key.get_ref());
                reading.wrong(reading.problem(entry.span(), message));
                continue;
            }
            let Some(json) = to_json(reading, entry, "", &mut BTreeMap::new()) else { continue };
            if values.iter().any(|other| *other.get_ref() == json) {
                let message = format!("`matrix.{}` names {json} twice", key.get_ref());
                reading.wrong(reading.problem(entry.span(), message));
                continue;
            }
            values.push(Spanned::new(entry.span(), json));
        }
        axes.push(Axis { key, values });
    }
    axes
}

/// One token of a JSON pointer.
pub(crate) fn pointer_token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn to_json(
    reading: &Reading,
    value: &Spanned<DeValue<'_>>,
    pointer: &str,
    places: &mut BTreeMap<String, Range<usize>>,
) -> Option<Value> {
    places.insert(pointer.to_owned(), value.span());
    let wrong = |message: &str| {
        reading.wrong(reading.problem(value.span(), message));
        None
    };
    match value.get_ref() {
        DeValue::String(text) => Some(Value::String(text.to_string())),
        DeValue::Boolean(boolean) => Some(Value::Bool(*boolean)),
        DeValue::Datetime(time) => Some(Value::String(time.to_string())),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Some(Value::Number(number.into())),
            Err(_) => wrong("this number is too large"),
        },
        DeValue::Float(number) => {
            match number.as_str().replace('_', "").parse().ok().and_then(Number::from_f64) {
                Some(number) => Some(Value::Number(number)),
                None => wrong("a parameter can't be infinite, nor no number at all"),
            }
        }
        DeValue::Array(list) => {
            let entries = list.iter().enumerate();
            let values =
                entries.map(|(at, entry)| to_json(reading, entry, &format!("{pointer}/{at}"), places));
            // Each entry is read, so that all mistakes are told.
            values.collect::<Vec<_>>().into_iter().collect::<Option<Vec<_>>>().map(Value::Array)
        }
        DeValue::Table(table) => {
            let mut object = Map::new();
            for (key, entry) in table.iter() {
                let at = format!("{pointer}/{}", pointer_token(key.get_ref()));
                object.insert(key.get_ref().to_string(), to_json(reading, entry, &at, places)?);
            }
            Some(Value::Object(object))
        }
    }
}
