//! Whether a job's JSON Schema is safe to validate millions of rows with.
//!
//! Schemas come from strangers. With references a short one can mean an exponential amount of work (each definition
//! naming the next one twice), or none that ends. Rows of a table need neither, so: references lead only to places
//! in the same schema, never in a circle, and with all of them written out the schema stays small.

use std::collections::HashMap;

use serde_json::Value;

/// Subschemas, with every reference written out. A generous schema of 100 columns has a few hundred.
const MAX_SIZE: u64 = 5_000;
/// Subschemas below each other, through references too: what the validator recurses over.
const MAX_DEPTH: usize = 256;

/// Keywords whose value is a map from names to schemas.
const MAPS: [&str; 6] =
    ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"];
/// Keywords whose value is data, not schema.
const DATA: [&str; 4] = ["const", "default", "examples", "required"];
/// A compiled pattern takes the memory of this many other parts, and more: [`PATTERN_BYTES`].
const PATTERN_SIZE: u64 = 25;
/// The largest compiled pattern, in bytes; with [`MAX_SIZE`] this bounds what the patterns of a schema take.
pub(super) const PATTERN_BYTES: usize = 256 << 10;

/// Refuses what is unsafe; the message says which reference.
pub(super) fn check(schema: &Value) -> Result<(), String> {
    let mut walk = Walk { root: schema, known: HashMap::new(), open: Vec::new() };
    walk.schema(schema, 0).map(|_| ())
}

/// Follows a reference such as `#/$defs/label` inside `root`.
pub(super) fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    let pointer = reference.strip_prefix('#')?;
    if pointer.contains('%') {
        return None;
    }
    root.pointer(pointer)
}

struct Walk<'a> {
    root: &'a Value,
    /// What each reference comes to, written out.
    known: HashMap<&'a str, u64>,
    /// The references being followed now.
    open: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn schema(&mut self, schema: &'a Value, depth: usize) -> Result<u64, String> {
        if depth > MAX_DEPTH {
            return Err(format!("its schema nests more than {MAX_DEPTH} schemas"));
        }
        let mut size: u64 = 1;
        match schema {
            Value::Object(object) => {
                for (keyword, value) in object {
                    size = size.saturating_add(self.keyword(keyword, value, depth)?);
                }
            }
            Value::Array(items) => {
                for item in items {
                    size = size.saturating_add(self.schema(item, depth + 1)?);
                }
            }
            _ => {}
        }
        // Finding out what is unevaluated means evaluating what lies below once more, at every level.
        if schema.get("unevaluatedProperties").or_else(|| schema.get("unevaluatedItems")).is_some() {
            size = size.saturating_mul(2);
        }
        match size > MAX_SIZE {
            true => Err(format!("its schema, with references written out, has more than {MAX_SIZE} parts")),
            false => Ok(size),
        }
    }

    fn keyword(&mut self, keyword: &str, value: &'a Value, depth: usize) -> Result<u64, String> {
        match (keyword, value) {
            ("$ref", Value::String(reference)) => self.reference(reference, depth),
            ("$dynamicRef" | "$recursiveRef", _) => Err(format!("its schema uses `{keyword}`")),
            ("$id" | "id", Value::String(_)) if depth > 0 => {
                Err("its schema has an `$id` below its root".to_owned())
            }
            (k, Value::Object(map)) if MAPS.contains(&k) => {
                let patterns = if k == "patternProperties" { map.len() as u64 * PATTERN_SIZE } else { 0 };
                map.values().try_fold(patterns, |sum, v| Ok(sum.saturating_add(self.schema(v, depth + 1)?)))
            }
            ("pattern", Value::String(_)) => Ok(PATTERN_SIZE),
            // Each value is compared with.
            ("enum", Value::Array(values)) => Ok(values.len() as u64),
            (k, _) if DATA.contains(&k) => Ok(0),
            _ => self.schema(value, depth + 1),
        }
    }

    fn reference(&mut self, reference: &'a str, depth: usize) -> Result<u64, String> {
        if self.open.contains(&reference) {
            return Err(format!("its schema refers to itself (`{}`)", crate::cell::short(reference)));
        }
        let Some(target) = resolve(self.root, reference) else {
            return Err(format!(
                "its schema's reference `{}` leads nowhere in it",
                crate::cell::short(reference)
            ));
        };
        // Depth counts from the reference, so a known size may not skip the check of a deeper place.
        if let Some(&size) = self.known.get(reference)
            && depth < MAX_DEPTH / 2
        {
            return Ok(size);
        }
        self.open.push(reference);
        let size = self.schema(target, depth + 1)?;
        self.open.pop();
        self.known.insert(reference, size);
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ordinary_references_are_fine() {
        let schema = json!({
            "type": "object",
            "properties": {
                "id": {"type": "integer"},
                "enum": {"$ref": "#/$defs/label"},
                "labels": {"type": "array", "items": {"$ref": "#/$defs/label"}},
                "kind": {"const": {"$ref": "#/only/data"}},
            },
            "$defs": {"label": {"type": "string"}},
        });
        assert_eq!(check(&schema), Ok(()));
    }

    #[test]
    fn a_short_schema_that_means_endless_work_is_refused() {
        let mut defs = serde_json::Map::new();
        for i in 0..60 {
            let next = json!({"$ref": format!("#/$defs/d{}", i + 1)});
            defs.insert(format!("d{i}"), json!({"anyOf": [next, next]}));
        }
        defs.insert("d60".to_owned(), json!({"type": "string"}));
        let bomb = json!({"properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": defs});
        assert!(check(&bomb).unwrap_err().contains("more than 5000 parts"));

        let circle = json!({"properties": {"a": {"$ref": "#"}}});
        assert!(check(&circle).unwrap_err().contains("refers to itself"));

        let hidden = json!({"properties": {"default": {"anyOf": [{"$ref": "#/properties/default"}]}}});
        assert!(check(&hidden).unwrap_err().contains("refers to itself"));
    }

    #[test]
    fn what_is_dear_counts_for_more() {
        let patterns =
            json!({"allOf": (0..300).map(|i| json!({"pattern": format!("a{i}")})).collect::<Vec<_>>()});
        assert!(check(&patterns).unwrap_err().contains("more than 5000 parts"));
        let values = json!({"enum": (0..6_000).collect::<Vec<_>>()});
        assert!(check(&values).unwrap_err().contains("more than 5000 parts"));
        let nested =
            (0..20).fold(json!({}), |inner, _| json!({"allOf": [inner], "unevaluatedProperties": false}));
        assert!(check(&nested).unwrap_err().contains("more than 5000 parts"));
    }

    #[test]
    fn references_stay_inside() {
        for reference in
            ["http://example.com/s.json", "file:///etc/passwd", "#/$defs/none", "#anchor", "other.json"]
        {
            let error = check(&json!({"properties": {"a": {"$ref": reference}}})).unwrap_err();
            assert!(error.contains("leads nowhere"), "{reference}: {error}");
        }
        let rebased = json!({"properties": {"a": {"$id": "http://x/", "$ref": "#/b"}}});
        assert!(check(&rebased).is_err());
    }

    #[test]
    fn a_chain_of_references_is_not_walked_for_ever() {
        let mut defs = serde_json::Map::new();
        for i in 0..5_000 {
            defs.insert(format!("d{i}"), json!({"$ref": format!("#/$defs/d{}", i + 1)}));
        }
        defs.insert("d5000".to_owned(), json!({}));
        assert!(
            check(&json!({"$ref": "#/$defs/d0", "$defs": defs})).unwrap_err().contains("nests more than")
        );
    }
}
