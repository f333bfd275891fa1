//! A task's parameters against the plugin's JSON Schema, with the manifest's places in the messages.

use std::ops::Range;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value};

use super::Override;
use crate::manifest::{Manifest, Problem, pointer_token};

pub(super) struct Checker<'a> {
    manifest: &'a Manifest,
    overrides: &'a [Override],
    schema: Validator,
    known: Vec<&'a str>,
}

impl<'a> Checker<'a> {
    /// # Errors
    /// The plugin's schema is none.
    pub(super) fn new(
        manifest: &'a Manifest,
        overrides: &'a [Override],
        schema: &'a Value,
    ) -> Result<Self, Vec<Problem>> {
        let known = schema.get("properties").and_then(Value::as_object);
        let known =
            known.map(|properties| properties.keys().map(String::as_str).collect()).unwrap_or_default();
        let schema = jsonschema::validator_for(schema).map_err(|error| {
            let message = format!("the plugin's schema of its parameters is not valid: {error}");
            vec![manifest.problem(manifest.plugin.span(), message)]
        })?;
        Ok(Self { manifest, overrides, schema, known })
    }

    pub(super) fn schema(&self) -> &Validator {
        &self.schema
    }

    /// What is wrong with one task's parameters.
    pub(super) fn problems(&self, params: &Map<String, Value>) -> Vec<Problem> {
        let params = Value::Object(params.clone());
        self.schema.iter_errors(&params).flat_map(|error| self.told(&error)).collect()
    }

    fn told(&self, error: &ValidationError<'_>) -> Vec<Problem> {
        let pointer = error.instance_path().as_str();
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected }
                if pointer.is_empty() =>
            {
                unexpected.iter().map(|key| self.unknown(key)).collect()
            }
            ValidationErrorKind::Required { property } if pointer.is_empty() => {
                let name = property.as_str().unwrap_or_default();
                let at = self.manifest.params.at.clone().unwrap_or_else(|| self.manifest.plugin.span());
                let problem = self.manifest.problem(at, format!("the plugin needs the parameter `{name}`"));
                vec![problem.label("not here").help(format!("write `{name} = ...` in [params] or [matrix]"))]
            }
            kind => {
                let name = pointer.trim_start_matches('/');
                let value = error.instance().to_string();
                let choices = choices(kind);
                if !choices.is_empty() {
                    let message = format!("parameter `{name}` can't be {value}");
                    let choices: Vec<&str> = choices.iter().map(String::as_str).collect();
                    let wrong = error.instance().as_str().unwrap_or(&value);
                    return vec![self.at(pointer, error.instance(), message).suggest(wrong, &choices)];
                }
                let message = match kind {
                    ValidationErrorKind::Type { .. } => format!("parameter `{name}`: {error}"),
                    // anyOf and oneOf list everything; the value and the place say enough.
                    ValidationErrorKind::AnyOf { .. } | ValidationErrorKind::OneOfNotValid { .. } => {
                        format!("parameter `{name}`: the plugin can't take {value}")
                    }
                    _ => format!("parameter `{name}`: {error}"),
                };
                vec![self.at(pointer, error.instance(), message)]
            }
        }
    }

    fn unknown(&self, key: &str) -> Problem {
        let message = format!("the plugin has no parameter `{key}`");
        let problem = match self.key_place(key) {
            Some(at) if !self.is_given(key) => self.manifest.problem(at, message).label("not known"),
            _ => Problem::new(format!("--param {key}: {message}")),
        };
        problem.suggest(key, &self.known)
    }

    /// A problem at the value that the pointer names, wherever it came from.
    fn at(&self, pointer: &str, value: &Value, message: String) -> Problem {
        let key = pointer.split('/').nth(1).unwrap_or_default();
        if let Some(given) = self.overrides.iter().find(|given| pointer_token(&given.key) == key) {
            return Problem::new(format!("--param {}={}: {message}", given.key, given.text));
        }
        let place = self.manifest.params.places.get(pointer).cloned();
        let place = place.or_else(|| {
            let axis = self.manifest.matrix.iter().find(|axis| pointer_token(axis.key.get_ref()) == key)?;
            let entry = axis.values.iter().find(|entry| entry.get_ref() == value);
            Some(entry.map_or_else(|| axis.key.span(), toml::Spanned::span))
        });
        self.manifest.problem(place.unwrap_or_else(|| self.manifest.plugin.span()), message)
    }

    fn is_given(&self, key: &str) -> bool {
        self.overrides.iter().any(|given| given.key == key)
    }

    fn key_place(&self, key: &str) -> Option<Range<usize>> {
        let axis = || self.manifest.matrix.iter().find(|axis| axis.key.get_ref() == key);
        self.manifest.params.keys.get(key).cloned().or_else(|| axis().map(|axis| axis.key.span()))
    }
}

/// The values of which a parameter must be one, if its schema lists them: as an `enum`, or as alternatives.
fn choices(kind: &ValidationErrorKind) -> Vec<String> {
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match kind {
        ValidationErrorKind::Enum { options } => {
            options.as_array().into_iter().flatten().map(shown).collect()
        }
        ValidationErrorKind::Constant { expected_value } => vec![shown(expected_value)],
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context.iter().flatten().flat_map(|error| choices(error.kind())).collect()
        }
        _ => Vec::new(),
    }
}
