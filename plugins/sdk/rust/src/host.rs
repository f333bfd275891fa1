//! The one trait between a job and whatever runs it.

use crate::{Error, GraphqlAnswer, RecordsError, Request, Response};

/// How loud a line of the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For the job's author.
    Debug,
    /// For the curious.
    Info,
    /// Something was odd and was dealt with.
    Warn,
    /// Something failed.
    Error,
}

/// Everything a job can do to the world outside.
///
/// The futures are not `Send`: a guest has one thread. Many may be in flight at once; see [`fan_out`](crate::fan_out).
#[expect(async_fn_in_trait, reason = "a guest has one thread, so nobody needs these futures to be Send")]
pub trait Host {
    /// Pages of one list.
    type Pager: Pager;

    /// One GET request. Identical ones in flight are sent once.
    async fn get(&self, request: Request) -> Result<Response, Error>;

    /// Pages of a list in order; the host follows `Link` headers. `at` is an earlier [`Pager::position`].
    fn pager(&self, first: Request, at: Option<&str>) -> Self::Pager;

    /// One GraphQL query (no mutation). `variables` is a JSON object.
    async fn graphql(&self, query: &str, variables: &str) -> Result<GraphqlAnswer, Error>;

    /// Hands over rows (JSON objects) of a declared stream. Returns once they are accepted.
    async fn emit(&self, stream: &str, rows: Vec<String>) -> Result<(), RecordsError>;

    /// At the next checkpoint the rows of `stream` whose columns equal `scope` (a JSON object) become exactly `rows`.
    async fn replace(&self, stream: &str, scope: &str, rows: Vec<String>) -> Result<(), RecordsError>;

    /// Makes all that was accepted before this call durable together with `state`: both, or neither.
    async fn checkpoint(&self, state: &str) -> Result<(), RecordsError>;

    /// The state of this task's last durable checkpoint, of an earlier run too.
    fn resume(&self) -> Option<String>;

    /// Tells how far a piece of work is; any number of labels at once. `total` where it is known.
    fn progress(&self, label: &str, done: u64, total: Option<u64>);

    /// Writes one line to the log.
    fn log(&self, level: Level, message: &str);

    /// Seconds since the Unix epoch, fixed at the start of the task.
    fn now(&self) -> u64;
}

/// Pages of one list, in order.
#[expect(async_fn_in_trait, reason = "a guest has one thread, so nobody needs these futures to be Send")]
pub trait Pager {
    /// The next page; `None` after the last. A failed or cancelled call loses nothing: call again.
    async fn next(&self) -> Result<Option<Response>, Error>;

    /// Where the list goes on after the last page that `next` gave; for a checkpoint. `None` before the first page.
    fn position(&self) -> Option<String>;
}
