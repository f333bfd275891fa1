//! Why an answer or a row was refused.

/// Why there is no answer from GitHub. The host has retried and failed over before a job sees any of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Every credential that may read this is out of quota or cooling down: keep what you have, end `partial`.
    #[error("the {bucket} quota of every credential is spent")]
    Exhausted {
        /// GitHub's own name of the resource: `core`, `search`, `graphql`, ...
        bucket: String,
        /// Seconds since the Unix epoch at which some credential can serve this again.
        retry_at: u64,
    },
    /// The job's manifest does not grant this request.
    #[error("not granted: {0}")]
    NotGranted(String),
    /// The job's own budget of requests or points is spent; ending `partial` is fine.
    #[error("over the job's budget: {0}")]
    OverBudget(String),
    /// 404, 410, 451: it is not there, or not for us.
    #[error("absent ({status}): {message}")]
    Absent {
        /// The HTTP status.
        status: u16,
        /// GitHub's message.
        message: String,
    },
    /// Any other answer that a retry would not change.
    #[error("rejected ({status}): {message}")]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// GitHub's message.
        message: String,
    },
    /// GitHub took too long over this query (502, 504, 10 s). Not retried: ask for less.
    #[error("too slow: {0}")]
    TooSlow(String),
    /// GitHub or the network failed for longer than the job's retries allow.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// The request itself makes no sense (a full URL, a bad path, a GraphQL mutation).
    #[error("malformed request: {0}")]
    Malformed(String),
    /// Something newer than this SDK, or an answer that does not fit the type it was read as.
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// Whether the same request can be served later and nothing else can be served now: end `partial`.
    pub fn ends_the_run(&self) -> bool {
        matches!(self, Self::Exhausted { .. } | Self::OverBudget(_))
    }

    /// When to come back, in seconds since the Unix epoch, where GitHub's limit says so.
    pub fn retry_at(&self) -> Option<u64> {
        match self {
            Self::Exhausted { retry_at, .. } => Some(*retry_at),
            _ => None,
        }
    }
}

/// Why rows or a checkpoint were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// The job's description has no such stream.
    #[error("unknown stream: {0}")]
    UnknownStream(String),
    /// A row does not fit its stream's schema.
    #[error("invalid row: {0}")]
    InvalidRow(String),
    /// The task's limit of rows or bytes is reached.
    #[error("limit reached: {0}")]
    Limit(String),
    /// The destination failed.
    #[error("{0}")]
    Failed(String),
    /// Something newer than this SDK.
    #[error("{0}")]
    Other(String),
}
