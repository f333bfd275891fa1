//! What the end-to-end tests share: the real program, the shipped plugin, a look into what they leave, and GitHub's own
//! descriptions of its APIs.
#![expect(clippy::unwrap_used, clippy::panic, reason = "it serves tests only")]

pub mod material;
pub mod native;
pub mod openapi;
pub mod program;
pub mod rows;
pub mod schema_types;
