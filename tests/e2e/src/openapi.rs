//! GitHub's OpenAPI description: what each endpoint may answer, as JSON Schema, and its examples.
//!
//! OpenAPI 3.0 is not quite JSON Schema: `nullable` has to be said in types. Only what an answer needs of the 13 MB is
//! translated. Objects are closed on the way, so that a field GitHub does not have is found too.

use std::collections::BTreeSet;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::material;

const SCHEMAS: &str = "#/components/schemas/";

/// The description of api.github.com.
pub struct OpenApi(Value);

impl OpenApi {
    /// Reads it.
    ///
    /// # Panics
    /// The package is not there.
    pub fn read() -> Self {
        Self(material::json("@octokit/openapi/generated/api.github.com.json"))
    }

    /// Checks answers to `GET path` with this status, a path as the description writes it.
    ///
    /// # Panics
    /// The description has no such answer.
    pub fn validator(&self, path: &str, status: u16) -> Validator {
        let schema = &self.content(path, status)["schema"];
        assert!(schema.is_object(), "{path} {status} has no JSON schema");
        self.compile(schema)
    }

    /// Checks values against one schema of the description, by its name.
    ///
    /// # Panics
    /// The description has no such schema.
    pub fn component(&self, name: &str) -> Validator {
        self.compile(&json!({"$ref": format!("{SCHEMAS}{name}")}))
    }

    /// All examples of answers to `GET path`.
    ///
    /// # Panics
    /// The description has no such path.
    pub fn examples(&self, path: &str) -> Vec<Value> {
        let content = self.content(path, 200);
        let examples = content["examples"].as_object().unwrap_or_else(|| panic!("{path} has no examples"));
        examples.values().map(|example| self.resolve(example)["value"].clone()).collect()
    }

    fn content(&self, path: &str, status: u16) -> &Value {
        let answers = &self.0["paths"][path]["get"]["responses"];
        let answer = self.resolve(&answers[status.to_string()]);
        let content =
            answer["content"].as_object().unwrap_or_else(|| panic!("{path} has no {status} with a body"));
        content.get("application/json").unwrap_or_else(|| panic!("{path} {status} is no JSON"))
    }

    /// Follows a reference, if it is one.
    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self.0.pointer(reference.trim_start_matches('#')).unwrap(),
            None => value,
        }
    }

    fn compile(&self, schema: &Value) -> Validator {
        let composed = self.composed(schema);
        let mut root = translate(schema, true);
        let (mut done, mut schemas) = (BTreeSet::new(), Map::new());
        let mut open = references(&root);
        while let Some(name) = open.pop_first() {
            if done.insert(name.clone()) {
                let found = &self.0["components"]["schemas"][&name];
                let translated = translate(found, !composed.contains(&name));
                open.extend(references(&translated));
                schemas.insert(name, translated);
            }
        }
        root["components"] = json!({"schemas": schemas});
        jsonschema::options().with_draft(Draft::Draft4).should_validate_formats(true).build(&root).unwrap()
    }

    /// The schemas that are parts of an `allOf` somewhere below: these must stay open.
    fn composed(&self, schema: &Value) -> BTreeSet<String> {
        let (mut found, mut done) = (BTreeSet::new(), BTreeSet::new());
        let mut open = vec![schema];
        while let Some(value) = open.pop() {
            match value {
                Value::Object(object) => {
                    for part in object.get("allOf").and_then(Value::as_array).into_iter().flatten() {
                        found.extend(name_of(part));
                    }
                    if let Some(name) = name_of(value).filter(|name| done.insert(name.clone())) {
                        open.push(&self.0["components"]["schemas"][&name]);
                    }
                    open.extend(object.iter().filter(|(key, _)| *key != "example").map(|(_, value)| value));
                }
                Value::Array(values) => open.extend(values),
                _ => {}
            }
        }
        found
    }
}

fn name_of(value: &Value) -> Option<String> {
    Some(value.get("$ref")?.as_str()?.strip_prefix(SCHEMAS)?.to_owned())
}

fn references(schema: &Value) -> BTreeSet<String> {
    match schema {
        Value::Object(object) => {
            let below = object.values().flat_map(references);
            below.chain(name_of(schema)).collect()
        }
        Value::Array(values) => values.iter().flat_map(references).collect(),
        _ => BTreeSet::new(),
    }
}

/// One schema as JSON Schema (draft 4). `close`: no properties but those that it names.
fn translate(schema: &Value, close: bool) -> Value {
    let Value::Object(object) = schema else { return schema.clone() };
    if let Some(reference) = object.get("$ref") {
        return json!({"$ref": reference});
    }
    let mut out = Map::new();
    for (key, value) in object {
        let each = |close| -> Value {
            value.as_array().unwrap().iter().map(|schema| translate(schema, close)).collect()
        };
        let translated = match key.as_str() {
            "properties" => {
                let properties = value.as_object().unwrap().iter();
                properties.map(|(name, schema)| (name.clone(), translate(schema, true))).collect()
            }
            "items" | "additionalProperties" | "not" => translate(value, true),
            "allOf" => each(false),
            "anyOf" | "oneOf" => each(close),
            "type" | "enum" | "required" | "format" | "pattern" | "minimum" | "maximum" | "minLength"
            | "maxLength" | "minItems" | "maxItems" | "uniqueItems" => value.clone(),
            // Titles, examples, what is for readers.
            _ => continue,
        };
        out.insert(key.clone(), translated);
    }
    let closes = close
        && out.contains_key("properties")
        && !["allOf", "anyOf", "oneOf"].iter().any(|k| out.contains_key(*k));
    if closes && !out.contains_key("additionalProperties") {
        out.insert("additionalProperties".to_owned(), json!(false));
    }
    if object.get("nullable") != Some(&json!(true)) {
        return Value::Object(out);
    }
    match out.get("type").cloned() {
        Some(Value::String(kind)) => {
            out.insert("type".to_owned(), json!([kind, "null"]));
            if let Some(Value::Array(words)) = out.get_mut("enum")
                && !words.contains(&Value::Null)
            {
                words.push(Value::Null);
            }
            Value::Object(out)
        }
        _ => json!({"anyOf": [out, {"type": "null"}]}),
    }
}
