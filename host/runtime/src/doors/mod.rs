//! The five doors of a sandbox, as traits: what is behind one is the caller's choice.
//!
//! Each capability is one object-safe trait with a live implementation (GitHub, a sink), a denying one ([`Denied`]), and
//! room for one that records and one that replays: the futures own what they need, so a wrapper can hold an answer
//! back until it is its turn.

mod denied;
mod github;
mod quiet;
mod records;

use std::sync::Arc;

pub use denied::Denied;
pub use github::{GitHub, Pager};
pub use quiet::Silent;
pub use records::{LiveRecords, Records};

/// All that one sandbox can reach.
#[derive(Clone)]
pub struct Doors {
    /// Where the guest's requests go.
    pub github: Arc<dyn GitHub>,
    /// Where its rows and checkpoints go.
    pub records: Arc<dyn Records>,
    /// Who is told how far it is.
    pub progress: Arc<dyn Progress>,
    /// Who is told what it says.
    pub log: Arc<dyn Log>,
    /// What it takes for the current time: seconds since the Unix epoch, fixed for the task. WASI clocks start here too.
    pub clock: u64,
}

impl Doors {
    /// Doors that are all shut, for a guest that only has to say what it is.
    #[must_use]
    pub fn denied() -> Self {
        Self {
            github: Arc::new(Denied),
            records: Arc::new(Denied),
            progress: Arc::new(Silent),
            log: Arc::new(Silent),
            clock: 0,
        }
    }
}

/// Who is told how far a task is. Called from inside the guest's computing time: an implementation must not block.
pub trait Progress: Send + Sync {
    /// `label` names a piece of work (at most 80 characters, no control characters, at most 64 different ones a task);
    /// `total` where it is known.
    fn update(&self, label: &str, done: u64, total: Option<u64>);
}

/// How grave a line of the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For the author only.
    Debug,
    /// Worth knowing.
    Info,
    /// Something is odd.
    Warn,
    /// Something failed.
    Error,
}

/// Who is told what a guest says, through `log` or through its standard output and error. Called from inside the
/// guest's computing time: an implementation must not block.
pub trait Log: Send + Sync {
    /// One line: no line feeds, no control characters, bounded in length; a task's lines are bounded in number.
    fn write(&self, level: Level, line: &str);
}
