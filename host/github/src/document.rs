//! One parse of a GraphQL query, without a schema: what it asks of the root, its variables, and what it may cost.
//!
//! The document that is sent is written anew from what was parsed, so GitHub can't read anything else in it than the
//! check did.

mod cost;

use std::collections::HashMap;

use apollo_compiler::ast::{
    Definition, DirectiveList, Document as Ast, Field, FragmentDefinition, OperationDefinition,
    OperationType, Selection, Value,
};
use apollo_compiler::parser::Parser;
use apollo_compiler::{Name, Node};
use serde_json::{Map, Value as Json};

use crate::error::Error;

/// A single query with its variables.
pub(crate) struct Document {
    ast: Ast,
    operation: Node<OperationDefinition>,
    fragments: HashMap<Name, Node<FragmentDefinition>>,
    variables: Map<String, Json>,
}

/// What an argument of the document stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Argument {
    Text(String),
    Number(u64),
    /// Null, not given, or of a kind that nobody here asks for.
    Other,
}

/// The longest document and the longest variables, in bytes.
const LONGEST_QUERY: usize = 100 * 1024;
const LONGEST_VARIABLES: usize = 1024 * 1024;
/// How deep selections (and values) may be nested in the text. GitHub's own limit is 25 levels of connections.
const DEEPEST: usize = 60;
/// How deep selections may be nested once fragments are followed.
pub(crate) const DEEPEST_FOLLOWED: usize = 200;
const MOST_TOKENS: usize = 30_000;

impl Document {
    /// Reads a query and the JSON object of its variables (an empty text is an empty object).
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is no GraphQL, too large or too deep, not exactly one operation, or no query.
    pub(crate) fn parse(query: &str, variables: &str) -> Result<Self, Error> {
        if query.len() > LONGEST_QUERY {
            return Err(malformed(format!("the query is longer than {} KiB", LONGEST_QUERY / 1024)));
        }
        let variables = read_variables(variables)?;
        let mut parser = Parser::new().recursion_limit(DEEPEST).token_limit(MOST_TOKENS);
        let ast = parser.parse_ast(query, "query").map_err(|broken| {
            let first = broken.errors.iter().next();
            let place = first.as_ref().and_then(|error| error.line_column_range());
            let place =
                place.map(|range| format!("line {}, column {}: ", range.start.line, range.start.column));
            let what = first.map(|error| error.error.to_string()).unwrap_or_default();
            malformed(format!(
                "the query does not parse: {}{}",
                place.unwrap_or_default(),
                crate::grants::shown(&what)
            ))
        })?;
        let (mut operations, mut fragments) = (Vec::new(), HashMap::new());
        for definition in &ast.definitions {
            match definition {
                Definition::OperationDefinition(operation) => operations.push(operation.clone()),
                Definition::FragmentDefinition(fragment) => {
                    if fragments.insert(fragment.name.clone(), fragment.clone()).is_some() {
                        return Err(malformed(format!("the fragment `{}` is defined twice", fragment.name)));
                    }
                }
                _ => return Err(malformed("the document defines types: only a query is expected")),
            }
        }
        let operation = match operations.as_slice() {
            [operation] => operation.clone(),
            [] => return Err(malformed("the document holds no query")),
            _ => return Err(malformed("the document holds several operations: one query is expected")),
        };
        if operation.operation_type != OperationType::Query {
            return Err(malformed("only queries can be sent, no mutation or subscription"));
        }
        let document = Self { ast, operation, fragments, variables };
        document.check_shape()?;
        Ok(document)
    }

    /// The query's name, if it has one.
    pub(crate) fn name(&self) -> Option<&str> {
        self.operation.name.as_ref().map(Name::as_str)
    }

    /// The selections of the root.
    pub(crate) fn root(&self) -> &[Selection] {
        &self.operation.selection_set
    }

    /// The fragment that a spread names. `check_shape` has seen to it that there is one.
    pub(crate) fn fragment(&self, name: &Name) -> Option<&Node<FragmentDefinition>> {
        self.fragments.get(name)
    }

    /// The argument `name` of `field`, variables and their defaults looked up.
    pub(crate) fn argument(&self, field: &Field, name: &str) -> Argument {
        let Some(argument) = field.arguments.iter().find(|argument| argument.name == name) else {
            return Argument::Other;
        };
        match &*argument.value {
            Value::Variable(variable) => self.variable(variable),
            literal => of_literal(literal),
        }
    }

    /// A given value counts, also if it is null; the default only where none is given.
    fn variable(&self, name: &Name) -> Argument {
        match self.variables.get(name.as_str()) {
            Some(Json::String(text)) => Argument::Text(text.clone()),
            Some(Json::Number(number)) => number.as_u64().map_or(Argument::Other, Argument::Number),
            Some(_) => Argument::Other,
            None => {
                let declared = self.operation.variables.iter().find(|variable| variable.name == *name);
                let default = declared.and_then(|variable| variable.default_value.as_deref());
                default.map_or(Argument::Other, of_literal)
            }
        }
    }

    /// What is posted: the query and its variables.
    pub(crate) fn to_json(&self) -> String {
        serde_json::json!({ "query": self.ast.to_string(), "variables": self.variables }).to_string()
    }

    /// Where the answer's data tells the query's cost: the key of `rateLimit`, and of `cost` in it.
    pub(crate) fn cost_key(&self) -> Option<(String, String)> {
        let mut fields = self.operation.selection_set.iter().filter_map(Selection::as_field);
        let limit = fields.find(|field| field.name == "rateLimit")?;
        let cost =
            limit.selection_set.iter().filter_map(Selection::as_field).find(|field| field.name == "cost")?;
        Some((answered_as(limit), answered_as(cost)))
    }

    /// Everything a walk through the document relies on: arguments are not doubled, spreads lead somewhere and not in
    /// a circle, nothing is too deep, and no directive changes what an answer looks like.
    fn check_shape(&self) -> Result<(), Error> {
        let mut walk = Walk { document: self, open: Vec::new(), depths: HashMap::new() };
        check_directives(&self.operation.directives)?;
        for variable in &self.operation.variables {
            check_directives(&variable.directives)?;
        }
        let deepest = walk.selections(&self.operation.selection_set)?;
        // Unused fragments are sent as well, so they are looked at as well.
        for fragment in self.fragments.values() {
            walk.fragment(&fragment.name)?;
        }
        if deepest > DEEPEST_FOLLOWED {
            return Err(malformed(format!("the query is nested more than {DEEPEST_FOLLOWED} levels deep")));
        }
        Ok(())
    }
}

/// The key under which a field stands in the answer.
fn answered_as(field: &Field) -> String {
    field.alias.as_ref().unwrap_or(&field.name).to_string()
}

/// One walk through all fragments; each is measured once.
struct Walk<'a> {
    document: &'a Document,
    open: Vec<Name>,
    depths: HashMap<Name, usize>,
}

impl Walk<'_> {
    /// How deep the selections go, fragments followed.
    fn selections(&mut self, selections: &[Selection]) -> Result<usize, Error> {
        let mut deepest = 0;
        for selection in selections {
            let depth = match selection {
                Selection::Field(field) => {
                    check_directives(&field.directives)?;
                    let arguments = &field.arguments;
                    let doubled =
                        |at: usize| arguments[..at].iter().any(|other| other.name == arguments[at].name);
                    if (0..arguments.len()).any(doubled) {
                        return Err(malformed(format!("an argument of `{}` is given twice", field.name)));
                    }
                    self.selections(&field.selection_set)?
                }
                Selection::InlineFragment(inline) => {
                    check_directives(&inline.directives)?;
                    self.selections(&inline.selection_set)?
                }
                Selection::FragmentSpread(spread) => {
                    check_directives(&spread.directives)?;
                    self.fragment(&spread.fragment_name)?
                }
            };
            deepest = deepest.max(depth + 1);
        }
        Ok(deepest)
    }

    fn fragment(&mut self, name: &Name) -> Result<usize, Error> {
        if let Some(depth) = self.depths.get(name) {
            return Ok(*depth);
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return Err(malformed(format!("the fragment `{name}` is not defined")));
        };
        if self.open.contains(name) {
            return Err(malformed(format!("the fragment `{name}` contains itself")));
        }
        // A chain of fragments is followed by recursion, so its length is bounded before, not after.
        if self.open.len() >= DEEPEST_FOLLOWED / 4 {
            return Err(malformed("fragments are nested too deeply"));
        }
        check_directives(&fragment.directives)?;
        self.open.push(name.clone());
        let depth = self.selections(&fragment.selection_set)?;
        self.open.pop();
        self.depths.insert(name.clone(), depth);
        Ok(depth)
    }
}

/// `@defer` and `@stream` change the form of the answer; nobody knows what others do.
fn check_directives(directives: &DirectiveList) -> Result<(), Error> {
    match directives.iter().find(|directive| !matches!(directive.name.as_str(), "include" | "skip")) {
        Some(directive) => Err(malformed(format!("the directive `@{}` is not supported", directive.name))),
        None => Ok(()),
    }
}

fn of_literal(value: &Value) -> Argument {
    match value {
        Value::String(text) => Argument::Text(text.clone()),
        Value::Int(number) => number.as_str().parse().map_or(Argument::Other, Argument::Number),
        _ => Argument::Other,
    }
}

fn read_variables(text: &str) -> Result<Map<String, Json>, Error> {
    if text.len() > LONGEST_VARIABLES {
        return Err(malformed(format!("the variables are longer than {} KiB", LONGEST_VARIABLES / 1024)));
    }
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_str(text) {
        Ok(Json::Object(variables)) => Ok(variables),
        Ok(Json::Null) => Ok(Map::new()),
        Ok(_) => Err(malformed("the variables are no JSON object")),
        Err(error) => Err(malformed(format!("the variables are no JSON: {error}"))),
    }
}

fn malformed(what: impl Into<String>) -> Error {
    Error::Malformed(what.into())
}

#[cfg(test)]
mod tests;
