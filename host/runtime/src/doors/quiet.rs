//! Nobody listens: for `describe`, and for callers that don't care.

use super::{Level, Log, Progress};

/// Hears progress and log, and keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn update(&self, _: &str, _: u64, _: Option<u64>) {}
}

impl Log for Silent {
    fn write(&self, _: Level, _: &str) {}
}
