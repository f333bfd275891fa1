//! GitHub's own descriptions of its APIs, and recordings of it: npm packages, pinned in `tests/npm`.

use std::path::PathBuf;

use serde_json::Value;

use crate::program::repository;

/// A file of one of the packages.
///
/// # Panics
/// It is not there: `make npm` brings it.
pub fn file(path: &str) -> PathBuf {
    let file = repository().join("tests/npm/node_modules").join(path);
    assert!(file.exists(), "{} is missing: run `make npm` first", file.display());
    file
}

/// A file of one of the packages, as JSON.
///
/// # Panics
/// It is not there, or is no JSON.
pub fn json(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(file(path)).unwrap()).unwrap()
}

/// GitHub's public GraphQL schema.
///
/// # Panics
/// It is not there.
pub fn graphql_schema() -> String {
    std::fs::read_to_string(file("@octokit/graphql-schema/schema.graphql")).unwrap()
}
