//! GitHub's words where a query, or a part of it, is refused.

use std::fmt::Write as _;

use apollo_compiler::parser::LineColumn;
use apollo_compiler::validation::DiagnosticList;
use serde_json::{Value, json};

/// Why one field has no value; the executor adds path and place.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    /// GitHub's `type`.
    pub kind: String,
    /// One sentence.
    pub message: String,
    /// `extensions`, where there are any.
    pub extensions: Option<Value>,
}

impl Failure {
    /// A failure of this type.
    pub(super) fn new(kind: &str, message: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), message: message.into(), extensions: None }
    }

    /// A thing that is not there, or not for this viewer.
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new("NOT_FOUND", message)
    }

    /// An organisation's single sign-on stands in the way.
    pub(super) fn sso() -> Self {
        let message = "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.";
        Self { extensions: Some(json!({"saml_failure": true})), ..Self::new("FORBIDDEN", message) }
    }

    /// The token lacks a permission.
    pub(super) fn not_accessible() -> Self {
        let extensions = Some(json!({"saml_failure": false}));
        Self { extensions, ..Self::new("FORBIDDEN", "Resource not accessible by personal access token") }
    }
}

/// 400: the body is no JSON object.
pub(super) fn problems_parsing() -> Value {
    json!({
        "message": "Problems parsing JSON",
        "documentation_url": "https://docs.github.com/graphql",
        "status": "400",
    })
}

/// An answer that consists of one error without a type.
pub(super) fn only(message: &str) -> Value {
    json!({"errors": [{"message": message}]})
}

/// An answer that consists of one error of this type.
pub(super) fn typed(kind: &str, message: &str) -> Value {
    json!({"errors": [{"type": kind, "message": message}]})
}

/// The query does not fit the schema, or does not parse.
pub(super) fn invalid(diagnostics: &DiagnosticList) -> Value {
    let mut diagnostics: Vec<_> = diagnostics.iter().collect();
    // A field that does not exist brings complaints about what is around it: it is told first.
    diagnostics.sort_by_key(|diagnostic| diagnostic.error.unstable_error_name() != Some("UndefinedField"));
    let errors = diagnostics.iter().map(|diagnostic| {
        let compatible = diagnostic.unstable_to_json_compat();
        let locations: Vec<_> = compatible.locations.iter().map(|l| location(Some(*l))).collect();
        let mut error = json!({"locations": locations, "message": compatible.message});
        if diagnostic.error.unstable_error_name() == Some("UndefinedField") {
            // `Cannot query field "f" on type "T".`
            let mut quoted = compatible.message.split('"').skip(1).step_by(2);
            if let (Some(field), Some(on)) = (quoted.next(), quoted.next()) {
                error["message"] = json!(format!("Field '{field}' doesn't exist on type '{on}'"));
                error["extensions"] = json!({"code": "undefinedField", "typeName": on, "fieldName": field});
            }
        }
        error
    });
    json!({"errors": errors.collect::<Vec<_>>()})
}

/// A place in the query, as errors name it.
pub(super) fn location(at: Option<LineColumn>) -> Value {
    at.map_or(Value::Null, |at| json!({"line": at.line, "column": at.column}))
}

/// The number with commas, as in GitHub's sentence about the node limit.
pub(super) fn too_many_nodes(nodes: u64, limit: u64) -> Value {
    let message = format!(
        "This query requests up to {} possible nodes which exceeds the maximum limit of {}.",
        with_commas(nodes),
        with_commas(limit)
    );
    typed("MAX_NODE_LIMIT_EXCEEDED", &message)
}

fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        let _ = write!(text, "{digit}");
    }
    text
}

/// What GitHub says when it gave up on a query.
pub(super) const GAVE_UP: &str = "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug. Please include `0A1B:2C3D:4E5F:6789:ABCDEF01` when reporting this issue.";

/// The page that stands before GitHub, when what is behind took too long.
pub(super) const UNICORN: &str = "<!DOCTYPE html>\n<html>\n  <head><title>Unicorn! &middot; GitHub</title></head>\n  <body><p><strong>We couldn't respond to your request in time.</strong></p>\n  <p>Sorry about that. Please try refreshing and contact us if the problem persists.</p></body>\n</html>\n";
