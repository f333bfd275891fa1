//! What the probe can do.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Deed {
    Honest(Honest),
    Hostile(Hostile),
}

/// What plugins do.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Honest {
    Complete,
    /// Ends partial, with one gap.
    Partial {
        what: String,
        reason: String,
        retry_at: Option<u64>,
    },
    /// Ends with this error.
    Fail {
        message: String,
    },
    /// One request; logs what came: `200 <body> <unchanged>` or the error.
    Get {
        path: String,
    },
    /// So many requests at once.
    Gets {
        count: u32,
        path: String,
    },
    /// So many requests, one after the other.
    GetsInTurn {
        count: u32,
        path: String,
    },
    /// All of these (path and query), so many at a time.
    Crawl {
        addresses: Vec<String>,
        at_once: usize,
    },
    /// All pages of a list, from `at`; logs each body and position.
    Pages {
        path: String,
        at: Option<String>,
    },
    /// So many pages at once; logs them in the order in which they were asked for.
    PagesAtOnce {
        path: String,
        count: u32,
    },
    Graphql {
        query: String,
        variables: String,
    },
    Emit {
        stream: String,
        rows: Vec<String>,
    },
    /// The same, with a call for each row, all at once.
    EmitAtOnce {
        stream: String,
        rows: Vec<String>,
    },
    Replace {
        stream: String,
        scope: String,
        rows: Vec<String>,
    },
    Checkpoint {
        state: String,
    },
    /// Logs the state it goes on from.
    Resume,
    /// Logs the time.
    Now,
    Log {
        level: String,
        message: String,
    },
    Progress {
        label: String,
        done: u64,
        total: Option<u64>,
    },
    /// Lets go of requests that are under way, then makes another.
    DropPending {
        count: u32,
        path: String,
        then: String,
    },
    /// Has more memory than it can get, notices, and goes on.
    GrowModestly,
}

/// What plugins should not do.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Hostile {
    Spin,
    /// Computes for ever beside a request that is under way.
    SpinPending {
        path: String,
    },
    Panic {
        message: String,
    },
    /// Ends without a word.
    Abort,
    /// Takes memory until there is none.
    Grow,
    /// The same, in small pieces.
    GrowInPieces,
    Recurse,
    /// So many calls under way, none awaited.
    Hoard {
        count: u32,
        path: String,
    },
    HoardPagers {
        count: u32,
        path: String,
    },
    /// Hands over so many bytes in one row, so often at once.
    LargeRows {
        bytes: usize,
        times: u32,
    },
    /// Emits a row and ends without waiting for it.
    EmitAndRun {
        stream: String,
        row: String,
    },
    LogFlood {
        count: u32,
        message: String,
    },
    ProgressFlood {
        count: u32,
    },
    CheckpointStorm {
        count: u32,
        bytes: usize,
    },
}
