//! What the end-to-end tests share: the real program, the shipped plugin, and a look into what they leave.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "it serves tests only")]

pub mod program;
pub mod rows;
