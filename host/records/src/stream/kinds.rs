//! Which columns the top-level properties of a JSON Schema give, and what kind each has.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::{Column, Kind, schema::resolve};

/// The columns of a schema, in the order in which its text names them.
///
/// A property outside `required` is nullable, except in the primary key: there its type alone decides, and a row
/// without it is refused when it comes.
pub(super) fn columns(schema: &Value, text: &str, primary_key: &[String]) -> Result<Vec<Column>, String> {
    let root = follow(schema, schema);
    let admits_objects = match root.get("type") {
        None => true,
        Some(Value::Array(types)) => types.iter().any(|t| t == "object"),
        Some(kind) => kind == "object",
    };
    let Some(properties) = root.get("properties").and_then(Value::as_object).filter(|_| admits_objects)
    else {
        return Err("its schema is not that of an object with `properties`".to_owned());
    };
    let required: Vec<&str> = root
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut columns: Vec<Column> = properties
        .iter()
        .map(|(name, property)| {
            let (kind, admits_null) = kind(property, schema);
            let optional = !required.contains(&name.as_str()) && !primary_key.contains(name);
            Column { name: name.clone(), kind, nullable: admits_null || optional }
        })
        .collect();
    // serde_json's map sorts its keys; an author's order reads better. Where the order can't be had, theirs does.
    let order = serde_json::from_str::<Order>(text).map(|order| order.0).unwrap_or_default();
    columns.sort_by_key(|c| order.iter().position(|name| *name == c.name).unwrap_or(usize::MAX));
    Ok(columns)
}

/// What a property's schema admits: the kind of its values other than null, and whether null is one.
fn kind(property: &Value, root: &Value) -> (Kind, bool) {
    let property = follow(property, root);
    let Some(object) = property.as_object() else { return (Kind::Json, true) };
    for several in ["anyOf", "oneOf"] {
        if let Some(Value::Array(branches)) = object.get(several) {
            return union(branches, root);
        }
    }
    if let Some(Value::Array(parts)) = object.get("allOf")
        && let [one] = parts.as_slice()
    {
        return kind(one, root);
    }
    let named = match object.get("type") {
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => return by_example(object.get("const").map_or_else(|| object.get("enum"), Some)),
    };
    let admits_null = named.contains(&"null");
    let others: Vec<&str> = named.into_iter().filter(|name| *name != "null").collect();
    let kind = match others.as_slice() {
        ["integer"] => Kind::Integer,
        ["number"] | ["integer", "number"] | ["number", "integer"] => Kind::Number,
        ["boolean"] => Kind::Boolean,
        ["string"] if object.get("format").is_some_and(|f| f == "date-time") => Kind::Timestamp,
        ["string"] => Kind::Text,
        _ => Kind::Json,
    };
    (kind, admits_null)
}

fn union(branches: &[Value], root: &Value) -> (Kind, bool) {
    let mut kinds = Vec::new();
    let mut admits_null = false;
    for branch in branches {
        let branch = follow(branch, root);
        if branch.get("type").is_some_and(|t| t == "null") || branch.get("const").is_some_and(Value::is_null)
        {
            admits_null = true;
            continue;
        }
        let (kind, null) = kind(branch, root);
        admits_null |= null;
        kinds.push(kind);
    }
    match kinds.split_first() {
        Some((first, rest)) if rest.iter().all(|kind| kind == first) => (*first, admits_null),
        _ => (Kind::Json, admits_null),
    }
}

/// The kind of the values that `enum` or `const` lists, where no type is given.
fn by_example(values: Option<&Value>) -> (Kind, bool) {
    let values = match values {
        None => return (Kind::Json, true),
        Some(Value::Array(values)) => values.as_slice(),
        Some(value) => std::slice::from_ref(value),
    };
    let admits_null = values.iter().any(Value::is_null);
    let all = |test: fn(&Value) -> bool| {
        let mut others = values.iter().filter(|v| !v.is_null()).peekable();
        others.peek().is_some() && others.all(test)
    };
    let kind = match () {
        () if all(Value::is_string) => Kind::Text,
        () if all(Value::is_boolean) => Kind::Boolean,
        () if all(Value::is_i64) => Kind::Integer,
        () if all(Value::is_number) => Kind::Number,
        () => Kind::Json,
    };
    (kind, admits_null)
}

/// The schema that a chain of `$ref` ends at. [`check`](super::schema::check) has refused circles.
fn follow<'a>(mut schema: &'a Value, root: &'a Value) -> &'a Value {
    while let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(|r| resolve(root, r)) {
        schema = target;
    }
    schema
}

/// The names under `properties`, in the order of the text.
struct Order(Vec<String>);

impl<'de> Deserialize<'de> for Order {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Root;
        impl<'de> Visitor<'de> for Root {
            type Value = Order;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a schema")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Order, A::Error> {
                let mut order = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    if key == "properties" {
                        order = map.next_value::<Names>()?.0;
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Order(order))
            }
        }
        deserializer.deserialize_map(Root)
    }
}

struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Names;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("properties")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((key, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
                    names.push(key);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}
