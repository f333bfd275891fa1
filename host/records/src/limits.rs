//! How much a task may hand over. Counted over one run of the task, committed or not.

/// Bounds on what one task may emit; passing one gives [`Error::Limit`](crate::Error::Limit).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowLimits {
    /// The longest row, in bytes of its JSON. Default 4 MiB: GitHub's longest bodies are 64 Ki characters, a
    /// commit message may be longer.
    pub max_row_bytes: u64,
    /// Rows over the whole run, a row emitted twice counted twice. Default 50 million.
    pub max_rows: u64,
    /// Bytes of JSON over the whole run; also bounds the staging file. Default 16 GiB.
    pub max_bytes: u64,
    /// The longest state of a checkpoint, in bytes. Default 1 MiB.
    pub max_state_bytes: u64,
}

impl Default for RowLimits {
    fn default() -> Self {
        RowLimits {
            max_row_bytes: 4 << 20,
            max_rows: 50_000_000,
            max_bytes: 16 << 30,
            max_state_bytes: 1 << 20,
        }
    }
}
