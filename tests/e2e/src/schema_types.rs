//! Whether a GraphQL answer has the types that GitHub's public schema gives the query.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use serde_json::Value;

use crate::material;

/// GitHub's public schema, parsed. As published it defines a few fields twice, in the same way: the first counts.
///
/// # Panics
/// The package is not there, or something else is wrong with it.
pub fn public_schema() -> Valid<Schema> {
    let parsed = Schema::parse(material::graphql_schema(), "schema.graphql").unwrap_or_else(|e| {
        let twice = |text: &str| text.contains("duplicate definitions for the `");
        assert!(e.errors.iter().all(|error| twice(&error.error.to_string())), "{}", e.errors);
        e.partial
    });
    parsed.validate().unwrap_or_else(|e| panic!("{}", e.errors))
}

/// Everything in `data` that is not as the schema says for this query.
///
/// # Panics
/// The query does not fit the schema.
pub fn misfits(schema: &Valid<Schema>, query: &str, data: &Value) -> Vec<String> {
    let document = ExecutableDocument::parse_and_validate(schema, query, "query.graphql");
    let document = document.unwrap_or_else(|e| panic!("{}", e.errors));
    let operation = document.operations.get(None).unwrap();
    let mut walk = Walk { schema, document: &document, found: Vec::new() };
    walk.object(operation.object_type(), &[&operation.selection_set], data, "data");
    walk.found
}

struct Walk<'a> {
    schema: &'a Valid<Schema>,
    document: &'a Valid<ExecutableDocument>,
    found: Vec<String>,
}

impl<'a> Walk<'a> {
    fn misfit(&mut self, path: &str, what: impl std::fmt::Display) {
        self.found.push(format!("{path}: {what}"));
    }

    /// An object of this concrete type must have exactly the keys that are selected for it.
    fn object(&mut self, type_name: &str, sets: &[&'a SelectionSet], value: &Value, path: &str) {
        let Some(object) = value.as_object() else {
            return self.misfit(path, format_args!("no {type_name}: {value}"));
        };
        let mut fields: Vec<(&'a str, Vec<&'a Field>)> = Vec::new();
        for set in sets {
            self.collect(type_name, set, &mut fields);
        }
        for key in object.keys().filter(|key| !fields.iter().any(|(name, _)| name == key)) {
            self.misfit(path, format_args!("{key} was not asked for"));
        }
        for (key, same) in fields {
            let path = format!("{path}.{key}");
            let Some(found) = object.get(key) else {
                self.misfit(&path, "missing");
                continue;
            };
            let (Some(field), below) =
                (same.first(), same.iter().map(|f| &f.selection_set).collect::<Vec<_>>())
            else {
                continue;
            };
            match self.schema.type_field(type_name, &field.name) {
                Ok(definition) => self.value(&definition.ty, &below, found, &path, &field.name),
                Err(_) => self.misfit(&path, format_args!("{type_name} has no such field")),
            }
        }
    }

    fn collect(&self, type_name: &str, set: &'a SelectionSet, fields: &mut Vec<(&'a str, Vec<&'a Field>)>) {
        for selection in &set.selections {
            let (condition, below) = match selection {
                Selection::Field(field) => {
                    let key = field.response_key().as_str();
                    match fields.iter_mut().find(|(name, _)| *name == key) {
                        Some((_, same)) => same.push(field),
                        None => fields.push((key, vec![field])),
                    }
                    continue;
                }
                Selection::InlineFragment(inline) => (inline.type_condition.as_ref(), &inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    let fragment = &self.document.fragments[&spread.fragment_name];
                    (Some(fragment.type_condition()), &fragment.selection_set)
                }
            };
            if condition.is_none_or(|condition| self.is(type_name, condition)) {
                self.collect(type_name, below, fields);
            }
        }
    }

    fn is(&self, type_name: &str, of: &str) -> bool {
        type_name == of || self.schema.is_subtype(of, type_name)
    }

    fn value(&mut self, ty: &Type, below: &[&'a SelectionSet], value: &Value, path: &str, field: &str) {
        if value.is_null() {
            if ty.is_non_null() {
                self.misfit(path, format_args!("null, but its type is {ty}"));
            }
            return;
        }
        if ty.is_list() {
            let Some(items) = value.as_array() else { return self.misfit(path, "no list") };
            for (index, item) in items.iter().enumerate() {
                self.value(ty.item_type(), below, item, &format!("{path}[{index}]"), field);
            }
            return;
        }
        let name = ty.inner_named_type();
        match self.schema.types.get(name) {
            Some(ExtendedType::Object(_)) => self.object(name, below, value, path),
            Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) => match value["__typename"].as_str() {
                Some(concrete) if self.is(concrete, name) => self.object(concrete, below, value, path),
                // Without it nobody can say which fields there should be: queries of tests ask for it.
                _ => self.misfit(path, format_args!("no `__typename` of {name} in {value}")),
            },
            Some(ExtendedType::Enum(words))
                if value.as_str().is_some_and(|word| words.values.contains_key(word)) => {}
            Some(ExtendedType::Scalar(_)) if leaf(name, value, field) => {}
            _ => self.misfit(path, format_args!("{value} is no {name}")),
        }
    }
}

/// GitHub sends the ids of check runs and suites whole, though they are beyond an `Int`.
fn leaf(scalar: &str, value: &Value, field: &str) -> bool {
    let text = value.as_str();
    let is_time = |t: &str| {
        t.len() >= 20 && t.as_bytes()[10] == b'T' && (t.ends_with('Z') || t[19..].contains(['+', '-']))
    };
    match scalar {
        "Int" => value.as_i64().is_some_and(|n| field == "databaseId" || i32::try_from(n).is_ok()),
        "Float" => value.is_number(),
        "Boolean" => value.is_boolean(),
        "BigInt" => text.is_some_and(|t| t.parse::<i64>().is_ok()),
        "DateTime" => text.is_some_and(|t| is_time(t) && t.ends_with('Z')),
        "GitTimestamp" => text.is_some_and(is_time),
        "GitObjectID" => text.is_some_and(|t| t.len() == 40 && t.bytes().all(|b| b.is_ascii_hexdigit())),
        "URI" => text.is_some_and(|t| t.starts_with("https://") || t.starts_with('/')),
        _ => text.is_some(),
    }
}
