//! The arguments of one field, with variables and defaults filled in.

use apollo_compiler::ast::Value as Literal;
use apollo_compiler::executable::Field;
use apollo_compiler::response::{JsonMap, JsonValue};

/// Arguments by name. An argument that was neither given nor has a default is not there.
#[derive(Debug, Default)]
pub(super) struct Arguments(Vec<(String, JsonValue)>);

impl Arguments {
    /// Those of `field`. `variables` were checked against the operation already.
    pub(super) fn of(field: &Field, variables: &JsonMap) -> Self {
        let given = field.definition.arguments.iter().filter_map(|definition| {
            let literal = field.specified_argument_by_name(&definition.name);
            let value = literal.and_then(|literal| fill_in(literal, variables));
            let default = || fill_in(definition.default_value.as_ref()?, variables);
            Some((definition.name.to_string(), value.or_else(default)?))
        });
        Self(given.collect())
    }

    fn get(&self, name: &str) -> Option<&JsonValue> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v).filter(|v| !v.is_null())
    }

    /// An integer.
    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    /// A string, an id or an enum value.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// A boolean.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    /// A list of strings, ids or enum values. A single value counts as a list of one, as everywhere in GraphQL.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<&str>> {
        match self.get(name)? {
            JsonValue::Array(values) => Some(values.iter().filter_map(|v| v.as_str()).collect()),
            single => Some(vec![single.as_str()?]),
        }
    }

    /// The `field` and `direction` of an ordering; true is descending.
    pub(super) fn order(&self, name: &str) -> Option<(&str, bool)> {
        let order = self.get(name)?.as_object()?;
        let part = |name: &str| order.get(name).and_then(|v| v.as_str());
        Some((part("field")?, part("direction")? == "DESC"))
    }

    /// One field of an input object.
    pub(super) fn inside(&self, name: &str, field: &str) -> Option<&JsonValue> {
        self.get(name)?.as_object()?.get(field).filter(|v| !v.is_null())
    }
}

/// A literal as JSON; none for a variable that was not given.
fn fill_in(literal: &Literal, variables: &JsonMap) -> Option<JsonValue> {
    Some(match literal {
        Literal::Null => JsonValue::Null,
        Literal::Boolean(value) => JsonValue::Bool(*value),
        Literal::String(text) => JsonValue::String(text.as_str().into()),
        Literal::Enum(name) => JsonValue::String(name.as_str().into()),
        Literal::Int(number) => number.as_str().parse::<i64>().map_or(JsonValue::Null, Into::into),
        Literal::Float(number) => number.as_str().parse::<f64>().map_or(JsonValue::Null, Into::into),
        Literal::Variable(name) => return variables.get(name.as_str()).cloned(),
        Literal::List(values) => {
            JsonValue::Array(values.iter().filter_map(|value| fill_in(value, variables)).collect())
        }
        Literal::Object(fields) => {
            let fields = fields.iter();
            JsonValue::Object(
                fields
                    .filter_map(|(name, value)| Some((name.as_str().into(), fill_in(value, variables)?)))
                    .collect(),
            )
        }
    })
}
