//! The plainest ways to hear a guest: not at all, or through `tracing`.

use super::{Level, Log, Progress};

/// Nobody listens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn update(&self, _: &str, _: u64, _: Option<u64>) {}
}

impl Log for Silent {
    fn write(&self, _: Level, _: &str) {}
}

/// What a guest says goes to `tracing`, under the target `guest` and with the task's name.
#[derive(Debug, Clone)]
pub struct StandardLog {
    /// Whose lines they are.
    pub task: String,
}

impl Log for StandardLog {
    fn write(&self, level: Level, line: &str) {
        let task = self.task.as_str();
        match level {
            Level::Debug => tracing::debug!(target: "guest", task, "{line}"),
            Level::Info => tracing::info!(target: "guest", task, "{line}"),
            Level::Warn => tracing::warn!(target: "guest", task, "{line}"),
            Level::Error => tracing::error!(target: "guest", task, "{line}"),
        }
    }
}
