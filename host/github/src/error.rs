//! What a job is told when there is no answer.
//!
//! The cases are those of the `seedbed:job` interface: a job decides by them what to do next. No text here ever holds
//! a token, a request header or a URL with its query.

use crate::pool::NoLease;

/// Why a request has no good answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Every credential that may serve this is out of quota or cooling down.
    #[error("the GitHub quota `{bucket}` is spent; it can serve again at {retry_at} (Unix time)")]
    Exhausted {
        /// GitHub's name of the quota: `core`, `search`, `graphql`, ...
        bucket: String,
        /// The earliest time, in seconds since the Unix epoch, at which some credential can serve this again.
        retry_at: u64,
    },
    /// The job's grants do not cover this; the text says what would.
    #[error("not granted: {0}")]
    NotGranted(String),
    /// The job's own budget of requests or points is spent.
    #[error("over budget: {0}")]
    OverBudget(String),
    /// 404, 410, 451: it is not there, or not for us.
    #[error("absent ({status}): {message}")]
    Absent {
        /// The HTTP status (404 for a GraphQL `NOT_FOUND`).
        status: u16,
        /// GitHub's words.
        message: String,
    },
    /// Another answer that a retry would not change.
    #[error("rejected ({status}): {message}")]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// GitHub's words, or what is wrong with the answer.
        message: String,
    },
    /// GitHub took too long over a GraphQL query. Asking for less may work; the same again would not.
    #[error("too slow: {0}")]
    TooSlow(String),
    /// GitHub or the network failed for longer than the retries allow, or the client has been stopped.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// The request itself makes no sense.
    #[error("malformed: {0}")]
    Malformed(String),
    /// Something that has no case of its own.
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// What whoever waits is told once the client sends nothing more.
    pub(crate) fn stopped() -> Self {
        Self::Unavailable("stopped".to_owned())
    }

    /// Whether it leaves a gap that a later try of the same request may fill.
    pub(crate) fn leaves_a_gap(&self) -> bool {
        matches!(self, Self::Exhausted { .. } | Self::Unavailable(_) | Self::OverBudget(_))
    }
}

impl From<NoLease> for Error {
    fn from(none: NoLease) -> Self {
        match none {
            NoLease::Exhausted { resource, retry_at } => {
                Self::Exhausted { bucket: resource.to_string(), retry_at: retry_at.seconds() }
            }
            NoLease::NoAccess => {
                Self::Rejected { status: 403, message: "no credential has access".to_owned() }
            }
            NoLease::NoCredential(why) => Self::Unavailable(why),
            NoLease::Stopped => Self::stopped(),
        }
    }
}
