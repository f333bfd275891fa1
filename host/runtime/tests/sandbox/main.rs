//! Guests in the sandbox, as their authors and their neighbours see them.
//!
//! The guests are built from `tests/plugins` (see `guest.rs`); the doors they use are `doors.rs`.

mod budgets;
mod calls;
mod doors;
mod guest;
mod loading;
mod sink;
mod telling;
mod wasi;
