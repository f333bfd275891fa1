//! How much one sandbox may use.

use std::time::Duration;

/// Bounds on one run of a guest. What breaks one ends the run with a [`Failure`](crate::Failure) that names it; rows up
/// to the last checkpoint stay. Requests, points, rows and their bytes are bounded behind the doors that they go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of linear memory, over all memories of the component. Default 256 MiB.
    pub memory: u64,
    /// The guest's own computing: waiting for a door is free. Default 60 s.
    pub cpu: Duration,
    /// From start to end, waiting included. Default 2 h.
    pub wall: Duration,
    /// Calls through the doors that the guest may have under way at once. Default 4,096. Far fewer requests are sent at
    /// once: the rest queue in the client.
    pub calls_outstanding: u32,
    /// Bytes that the guest may hand over in all calls under way together (the host holds them until a call is done),
    /// and half of it in one call. Default 128 MiB. Answers are not counted: those go into the guest's own memory.
    pub call_bytes: u64,
    /// Pagers alive at once; each may hold a page that was read ahead. Default 256.
    pub pagers: u32,
    /// Lines of log; what comes after is counted, not shown. Default 10,000.
    pub log_lines: u64,
    /// Bytes of log; likewise. Default 4 MiB.
    pub log_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 256 << 20,
            cpu: Duration::from_secs(60),
            wall: Duration::from_secs(2 * 60 * 60),
            calls_outstanding: 4_096,
            call_bytes: 128 << 20,
            pagers: 256,
            log_lines: 10_000,
            log_bytes: 4 << 20,
        }
    }
}

/// What a component's start and its `describe` may compute. Both are a stranger's code that runs before any budget of a
/// manifest is known.
pub(crate) const START_CPU: Duration = Duration::from_secs(1);

/// And how long they may take, should they find something to wait for (or the machine be busy with other work).
pub(crate) const START_WALL: Duration = Duration::from_secs(5);

/// Elements of one table. Tables of functions are as long as a program has functions to point at; a Python interpreter
/// has 10,000.
pub(crate) const TABLE_ELEMENTS: usize = 100_000;

/// Elements of all tables of a component: 16 MB.
pub(crate) const ALL_TABLE_ELEMENTS: usize = 1_000_000;

/// Core instances, tables and memories of one component. A Python guest is some 30 modules linked together.
pub(crate) const INSTANCES: usize = 500;
pub(crate) const TABLES: usize = 500;
pub(crate) const MEMORIES: usize = 100;
