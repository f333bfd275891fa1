//! What is in a database, beside what the simulator holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use github_sim::Sim;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

/// The streams of the shipped plugin, with their primary keys.
pub const STREAMS: [(&str, &[&str]); 9] = [
    ("check_runs", &["id"]),
    ("commits", &["pull_request_id", "sha"]),
    ("files", &["pull_request_id", "path"]),
    ("issue_comments", &["id"]),
    ("pull_requests", &["id"]),
    ("repositories", &["id"]),
    ("review_comments", &["id"]),
    ("reviews", &["id"]),
    ("users", &["id"]),
];

/// The primary keys of every stream, as JSON.
pub type Keys = BTreeMap<&'static str, BTreeSet<String>>;

/// The keys in a database; a stream without a table has none.
pub fn keys_in(database: &Path) -> Keys {
    let open = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY);
    let Ok(connection) = open else { return Keys::new() };
    let mut keys = Keys::new();
    for (stream, columns) in STREAMS {
        let list = columns.join(", ");
        let Ok(mut statement) = connection.prepare(&format!("select json_array({list}) from {stream}"))
        else {
            continue;
        };
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let found: Vec<String> = rows.map(Result::unwrap).collect();
        let distinct: BTreeSet<String> = found.iter().cloned().collect();
        assert_eq!(found.len(), distinct.len(), "no row of {stream} is there twice");
        keys.insert(stream, distinct);
    }
    keys
}

/// The keys that the simulator holds.
pub fn keys_of(sim: &Sim) -> Keys {
    let truth = sim.truth();
    STREAMS
        .into_iter()
        .map(|(stream, columns)| {
            let rows = truth.get(stream).map(Vec::as_slice).unwrap_or_default();
            (stream, rows.iter().map(|row| key(row, columns)).collect())
        })
        .collect()
}

fn key(row: &Value, columns: &[&str]) -> String {
    Value::Array(columns.iter().map(|column| row[*column].clone()).collect()).to_string()
}

/// Checks that two sets of keys are the same, and names a few that are not.
///
/// # Panics
/// They differ.
#[track_caller]
pub fn same(found: &Keys, expected: &Keys) {
    for (stream, _) in STREAMS {
        let (found, expected) = (&found[stream], &expected[stream]);
        let few = |keys: Vec<&String>| keys.into_iter().take(3).cloned().collect::<Vec<_>>();
        let lost = few(expected.difference(found).collect());
        let invented = few(found.difference(expected).collect());
        assert!(
            lost.is_empty() && invented.is_empty(),
            "{stream}: {} rows, not {}; lost {lost:?}, invented {invented:?}",
            found.len(),
            expected.len()
        );
    }
}

/// How many rows there are in all.
pub fn total(keys: &Keys) -> usize {
    keys.values().map(BTreeSet::len).sum()
}
