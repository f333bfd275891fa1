//! Stands in for the client's types until they are there.
#![allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("{bucket} {retry_at}")]
    Exhausted { bucket: String, retry_at: u64 },
    #[error("{0}")]
    NotGranted(String),
    #[error("{0}")]
    OverBudget(String),
    #[error("{message}")]
    Absent { status: u16, message: String },
    #[error("{message}")]
    Rejected { status: u16, message: String },
    #[error("{0}")]
    TooSlow(String),
    #[error("{0}")]
    Unavailable(String),
    #[error("{0}")]
    Malformed(String),
    #[error("{0}")]
    Other(String),
}
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    pub path: String,
    pub query: Vec<(String, String)>,
    pub media_type: Option<String>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub body: bytes::Bytes,
    pub unchanged: bool,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphqlAnswer {
    pub data: String,
    pub errors: String,
}
