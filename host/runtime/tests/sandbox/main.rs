//! Guests in the sandbox, as their authors and their neighbours see them.
//!
//! The guests are built from `tests/plugins` (see `guest.rs`); the doors they use are `doors.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]

mod budgets;
mod calls;
mod doors;
mod guest;
mod loading;
mod sink;
mod telling;
mod wasi;
