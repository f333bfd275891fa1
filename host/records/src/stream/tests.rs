//! What an author of a plugin sees when declaring streams.

use super::*;
use serde_json::json;

fn key(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn refused(name: &str, schema: &serde_json::Value, pk: &[&str]) -> String {
    Stream::new(name, &schema.to_string(), key(pk)).unwrap_err().to_string()
}

#[test]
fn properties_become_typed_columns_key_first_then_in_the_authors_order() {
    let schema = r##"{
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "id": {"type": "integer"},
            "body": {"type": ["string", "null"]},
            "score": {"type": "number"},
            "any_number": {"type": ["integer", "number"]},
            "draft": {"type": "boolean"},
            "merged_at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
            "created_at": {"type": ["string"], "format": "date-time"},
            "labels": {"type": "array", "items": {"type": "string"}},
            "state": {"$ref": "#/$defs/State"},
            "reason": {"anyOf": [{"$ref": "#/$defs/State"}, {"type": "null"}]},
            "mixed": {"type": ["string", "integer"]},
            "anything": true
        },
        "required": ["title", "score", "any_number", "draft", "created_at", "labels", "state", "mixed"],
        "$defs": {"State": {"enum": ["open", "closed"]}}
    }"##;
    let stream = Stream::new("pull_requests", schema, key(&["id"])).unwrap();
    let columns: Vec<_> = stream.columns.iter().map(|c| (c.name.as_str(), c.kind, c.nullable)).collect();
    assert_eq!(
        columns,
        [
            ("id", Kind::Integer, false),
            ("title", Kind::Text, false),
            ("body", Kind::Text, true),
            ("score", Kind::Number, false),
            ("any_number", Kind::Number, false),
            ("draft", Kind::Boolean, false),
            ("merged_at", Kind::Timestamp, true),
            ("created_at", Kind::Timestamp, false),
            ("labels", Kind::Json, false),
            ("state", Kind::Text, false),
            ("reason", Kind::Text, true),
            ("mixed", Kind::Json, false),
            ("anything", Kind::Json, true),
        ]
    );
}

#[test]
fn a_key_of_several_columns_leads_in_its_own_order() {
    let schema =
        json!({"properties": {"a": {"type": "string"}, "b": {"type": "integer"}, "c": {"type": "string"}}});
    let stream = Stream::new("files", &schema.to_string(), key(&["c", "b"])).unwrap();
    let names: Vec<_> = stream.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["c", "b", "a"]);
}

#[test]
fn keys_that_could_not_identify_a_row_are_refused() {
    let schema = json!({"properties": {
        "id": {"type": "integer"}, "maybe": {"type": ["integer", "null"]}, "tags": {"type": "array"}}});
    assert_eq!(refused("s", &schema, &[]), "stream `s`: it has no primary key");
    assert!(refused("s", &schema, &["nr"]).contains("`nr`, which is no property"));
    assert!(refused("s", &schema, &["id", "id"]).contains("names `id` twice"));
    assert!(refused("s", &schema, &["maybe"]).contains("`maybe` may be null"));
    assert!(refused("s", &schema, &["tags"]).contains("`tags` has to be a string"));
}

#[test]
fn names_that_a_sink_would_trip_over_are_refused() {
    let of = |name: &str| json!({"properties": {"id": {"type": "integer"}, name: {"type": "string"}}});
    assert!(refused("s", &of("_json"), &["id"]).contains("begins with `_`"));
    assert!(refused("s", &of("ID"), &["id"]).contains("only in case"));
    assert!(refused("s", &of("a\u{0}b"), &["id"]).contains("control characters"));
    assert!(refused("s", &of(""), &["id"]).contains("empty"));
    assert!(refused("s", &of(&"x".repeat(64)), &["id"]).contains("longer than 63"));
    for name in ["", "_mine", "a b", "../up", "a/b", "naïve", "1st", "sqlite_master", &"s".repeat(64)] {
        let error = refused(name, &of("a"), &["id"]);
        assert!(error.contains("name"), "{name}: {error}");
    }
    let stream = |name| Stream::new(name, &of("größe").to_string(), key(&["id"])).unwrap();
    let error = check_distinct(&[stream("Users"), stream("users")]).unwrap_err();
    assert!(error.to_string().contains("only in case"));
}

#[test]
fn what_is_no_schema_of_an_object_is_refused() {
    assert!(Stream::new("s", "{", key(&["id"])).unwrap_err().to_string().contains("not JSON"));
    assert!(refused("s", &json!({"type": "array"}), &["id"]).contains("`properties`"));
    assert!(
        refused("s", &json!({"properties": {"id": {"type": "whole"}}}), &["id"]).contains("no JSON Schema")
    );
    assert!(
        refused("s", &json!({"properties": {"id": {"$ref": "https://x.test/y"}}}), &["id"])
            .contains("leads nowhere")
    );
    let pattern = json!({"properties": {"id": {"type": "string", "pattern": "(a{1000}){1000}"}}});
    assert!(refused("s", &pattern, &["id"]).contains("no JSON Schema"));
    let long =
        json!({"description": "x".repeat(MAX_SCHEMA_BYTES), "properties": {"id": {"type": "integer"}}});
    assert!(refused("s", &long, &["id"]).contains("bytes"));
}
