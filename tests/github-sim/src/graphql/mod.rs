//! The GraphQL API: one door, [`handle`]. Authentication, windows and points are the server's, around it.
//!
//! A query is parsed and validated against a subset of GitHub's public schema (`schema.graphql`), planned once, priced by
//! GitHub's rule, and then run straight over the model. apollo-compiler parses and validates; its execution engine is not
//! used, because GitHub's answers need what it can't say (`type` of an error, an `Int` beyond 32 bits).

use serde_json::Value;

use crate::config::Config;
use crate::limits::WindowView;
use crate::model::{Repository, World};

mod arguments;
mod connection;
mod cost;
mod execute;
mod fault;
mod plan;
mod refusal;
mod request;
mod resolve;
mod schema;
mod thing;

#[cfg(test)]
mod tests;

pub use fault::BrokenField;

use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::{ExecutableDocument, introspection};
use cost::{Cost, NODE_LIMIT};
use execute::Run;
use plan::Planner;
use request::Request;
use resolve::Asked;

/// Who asks, as far as an answer depends on it.
pub(crate) struct Viewer<'a> {
    /// The login of the token's owner (an installation has none).
    pub login: &'a str,
    /// What the token may see.
    pub access: &'a crate::limits::Access,
}

impl Viewer<'_> {
    /// What GraphQL must say of this repository.
    pub(crate) fn sight(&self, repository: &Repository) -> crate::limits::Sight {
        self.access.sight(repository)
    }
}

/// One question, with all that an answer may depend on.
pub(crate) struct Question<'a> {
    /// The data, at one moment.
    pub world: &'a World,
    /// Who asks.
    pub viewer: Viewer<'a>,
    /// The owner's `graphql` window before this query is charged (for the field `rateLimit`:
    /// remaining after it = `remaining - cost`).
    pub window: WindowView,
    /// The configuration (`graphql_timeout_nodes`, ...).
    pub config: &'a Config,
    /// The request's body, unchecked.
    pub body: &'a [u8],
}

/// The answer; the server adds the headers and charges `cost` points.
pub(crate) struct GraphqlReply {
    /// 200 for nearly everything; 400 for a body that is no JSON; 502 or 504 for a query that took too long.
    pub status: u16,
    /// JSON (HTML for some that took too long).
    pub body: Vec<u8>,
    /// Points, at least 1.
    pub cost: u32,
}

impl GraphqlReply {
    /// An answer without data, which costs one point.
    fn refused(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string().into_bytes(), cost: 1 }
    }

    /// A query that took too long: what stands before GitHub gives up, in one of its three ways. It costs more than the
    /// query would have.
    fn gave_up(cost: Cost) -> Self {
        let (status, body) = match cost.nodes % 3 {
            0 => (502, refusal::UNICORN.to_owned()),
            1 => (504, refusal::UNICORN.to_owned()),
            _ => (502, {
                let mut body = refusal::only(refusal::GAVE_UP);
                body["data"] = Value::Null;
                body.to_string()
            }),
        };
        Self { status, body: body.into_bytes(), cost: cost.points().saturating_mul(2) }
    }
}

/// Answers one query.
pub(crate) fn handle(question: &Question<'_>) -> GraphqlReply {
    let request = match Request::read(question.body) {
        Ok(request) => request,
        Err((status, body)) => return GraphqlReply::refused(status, &body),
    };
    let served = schema::served();
    let document =
        match ExecutableDocument::parse_and_validate(&served.schema, request.query, "query.graphql") {
            Ok(document) => document,
            Err(invalid) => return GraphqlReply::refused(200, &refusal::invalid(&invalid.errors)),
        };
    let operation = match document.operations.get(request.operation.as_deref()) {
        Ok(operation) => operation,
        Err(error) => return GraphqlReply::refused(200, &refusal::only(&error.message().to_string())),
    };
    let variables = match coerce_variable_values(&served.schema, operation, &request.variables) {
        Ok(variables) => variables,
        Err(error) => return GraphqlReply::refused(200, &refusal::only(&error.message().to_string())),
    };
    let Some(root) = served.schema.get_object(operation.object_type()) else {
        return GraphqlReply::refused(200, &refusal::only("Schema is not configured for this operation"));
    };
    let planner = Planner { served, document: &document, variables: &variables };
    let fields = planner.fields(root, &[&operation.selection_set]);
    let cost = Cost::of(&fields);
    if cost.nodes > NODE_LIMIT {
        return GraphqlReply::refused(200, &refusal::too_many_nodes(cost.nodes, NODE_LIMIT));
    }
    if question.config.graphql_timeout_nodes.is_some_and(|most| cost.nodes > most) {
        return GraphqlReply::gave_up(cost);
    }
    let introspection = if fields.iter().any(|f| matches!(f.field.name.as_str(), "__schema" | "__type")) {
        introspection::partial_execute(&served.schema, &served.implementers, &document, operation, &variables)
            .map_or_else(|_| JsonMap::new(), |answer| answer.data.unwrap_or_default())
    } else {
        JsonMap::new()
    };
    let asked = Asked {
        world: question.world,
        viewer: &question.viewer,
        window: question.window,
        cost,
        broken: &question.config.graphql_broken,
        introspection,
    };
    GraphqlReply { status: 200, body: Run::answer(&asked, &document.sources, &fields), cost: cost.points() }
}
