//! The kinds of destination, one module each.

pub(crate) mod jsonl;
pub(crate) mod sqlite;
