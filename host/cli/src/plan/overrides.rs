//! `--param k=v`: a parameter from the command line, typed by the plugin's schema.

use serde_json::{Map, Value, json};

/// One `--param`, before its type is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Override {
    /// The parameter.
    pub(crate) key: String,
    /// Its value, as typed.
    pub(crate) text: String,
}

impl std::str::FromStr for Override {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok(Self { key: key.to_owned(), text: value.to_owned() }),
            _ => Err("expected NAME=VALUE, such as max_prs=100".to_owned()),
        }
    }
}

/// What the text means to `schema`: the first of JSON, plain text and a comma-separated list that it accepts.
/// If it accepts none, the first that can be read at all: the schema's complaint is then about that.
pub(super) fn typed(text: &str, key: &str, schema: &jsonschema::Validator) -> Value {
    let as_json = serde_json::from_str::<Value>(text).ok();
    let as_text = Value::String(text.to_owned());
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let as_list: Value = entries.map(|entry| json!(entry)).collect();
    let readings = as_json.into_iter().chain([as_text, as_list]).collect::<Vec<_>>();
    let accepted = readings.iter().find(|value| accepts(schema, key, value)).or(readings.first());
    accepted.cloned().unwrap_or_default()
}

/// Whether the schema has no complaint about this one parameter; that others are missing says nothing about it.
fn accepts(schema: &jsonschema::Validator, key: &str, value: &Value) -> bool {
    let alone = Value::Object(Map::from_iter([(key.to_owned(), value.clone())]));
    let place = format!("/{}", crate::manifest::pointer_token(key));
    schema.iter_errors(&alone).all(|error| {
        let at = error.instance_path().as_str();
        at != place && !at.starts_with(&format!("{place}/"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_says_what_the_text_means() {
        let schema = json!({
            "$defs": {"api": {"enum": ["rest", "graphql"]}},
            "required": ["repo"],
            "properties": {
                "repo": {"type": "string"},
                "max_prs": {"type": "integer"},
                "commit_stats": {"type": ["boolean", "null"]},
                "streams": {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]},
                "api": {"$ref": "#/$defs/api"},
                "label": {"type": "string"},
            },
        });
        let schema = jsonschema::validator_for(&schema).unwrap();
        let typed = |key, text| typed(text, key, &schema);
        assert_eq!(typed("max_prs", "100"), json!(100));
        assert_eq!(typed("label", "100"), json!("100"), "digits can be a text");
        assert_eq!(typed("commit_stats", "true"), json!(true));
        assert_eq!(typed("streams", "reviews, commits"), json!(["reviews", "commits"]));
        assert_eq!(typed("streams", "[\"reviews\"]"), json!(["reviews"]));
        assert_eq!(typed("api", "rest"), json!("rest"));
        assert_eq!(typed("max_prs", "many"), json!("many"), "wrong, and the schema will say so");
        assert_eq!(typed("anything", "1.5"), json!(1.5));
    }

    #[test]
    fn an_override_has_a_name_and_a_value() {
        assert_eq!("a=b=c".parse(), Ok(Override { key: "a".into(), text: "b=c".into() }));
        assert!("a".parse::<Override>().is_err() && "=b".parse::<Override>().is_err());
    }
}
