//! How a run fails, told to the author of the plugin.

mod trap;

use std::{fmt, time::Duration};

pub(crate) use trap::tell;

/// What a guest was doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The component was being started.
    Start,
    /// `describe`.
    Describe,
    /// `run`.
    Run,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "its start",
            Self::Describe => "`describe`",
            Self::Run => "`run`",
        })
    }
}

/// Why a guest did not end well. The text of each may hold a guest's words: without control characters, and bounded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// `run` returned an error.
    #[error("{0}")]
    Job(String),
    /// The guest panicked, or raised an exception that nobody caught.
    #[error("{message}\n{trap}")]
    Panic {
        /// What it said.
        message: String,
        /// Where it ended: the trap, then the functions, innermost first.
        trap: String,
    },
    /// The guest did what no guest may do; the trap, then the functions, innermost first.
    #[error("{0}")]
    Trap(String),
    /// The guest computed for too long.
    #[error("{stage} computed for {} and was stopped: the budget of cpu is {}{}",
        plain(used), plain(budget), raise(*stage, "limits.cpu"))]
    OverCpu {
        /// What it was doing.
        stage: Stage,
        /// Time it ran, waiting not included.
        used: Duration,
        /// Time it had.
        budget: Duration,
    },
    /// The run took too long, waiting included.
    #[error("{stage} was not over after {}{}", plain(budget), raise(*stage, "limits.wall"))]
    OverWall {
        /// What it was doing.
        stage: Stage,
        /// Time it had.
        budget: Duration,
    },
    /// The guest wanted more memory than it may have, and gave up.
    #[error("it ran out of memory: it had {}, wanted {} and may have {} (raise it with limits.memory)",
        bytes(*used), bytes(*wanted), bytes(*budget))]
    OverMemory {
        /// Bytes it had.
        used: u64,
        /// Bytes it would have had.
        wanted: u64,
        /// Bytes it may have.
        budget: u64,
    },
    /// The guest had too much of something else.
    #[error("too many {what}: a task may have {budget}; {advice}")]
    Over {
        /// What there was too much of.
        what: &'static str,
        /// How much it may have.
        budget: u64,
        /// What its author can do.
        advice: &'static str,
    },
    /// The host itself failed; nothing the author did.
    #[error("the host failed, not the plugin: {0}")]
    Internal(String),
}

/// Which key raises a budget; those of a start are fixed.
fn raise(stage: Stage, key: &str) -> String {
    match stage {
        Stage::Run => format!(" (raise it with {key})"),
        Stage::Start | Stage::Describe => String::new(),
    }
}

/// A time as people write it: `60 s`, `505 ms`.
fn plain(time: &Duration) -> String {
    let ms = time.as_millis();
    match ms {
        0..1_000 => format!("{ms} ms"),
        _ if ms.is_multiple_of(1_000) => format!("{} s", ms / 1_000),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

/// A size as people write it.
fn bytes(count: u64) -> String {
    const MIB: f64 = (1 << 20) as f64;
    match count {
        0..1_024 => format!("{count} bytes"),
        1_024..1_048_576 => format!("{:.0} KiB", count as f64 / 1_024.0),
        _ => format!("{:.0} MiB", count as f64 / MIB),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_told_with_what_was_used_and_the_key_that_raises_it() {
        let (used, budget) = (Duration::from_millis(60_040), Duration::from_secs(60));
        let told = Failure::OverCpu { stage: Stage::Run, used, budget }.to_string();
        assert_eq!(
            told,
            "`run` computed for 60.0 s and was stopped: the budget of cpu is 60 s (raise it with limits.cpu)"
        );
        let told = Failure::OverMemory { used: 255 << 20, wanted: 257 << 20, budget: 256 << 20 }.to_string();
        assert!(told.contains("had 255 MiB, wanted 257 MiB and may have 256 MiB"), "{told}");
        assert!(told.contains("limits.memory"), "{told}");
    }

    #[test]
    fn the_budget_of_describe_is_nobodys_to_raise() {
        let second = Duration::from_secs(1);
        let told = Failure::OverCpu { stage: Stage::Describe, used: second, budget: second }.to_string();
        assert!(told.starts_with("`describe` computed for 1 s") && !told.contains("raise"), "{told}");
    }
}
