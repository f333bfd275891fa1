//! What the two APIs have in common: a list of pull requests, newest first, and the reading of some of them.

use std::collections::BTreeSet;

use seedbed_sdk::{Error, Time};

use crate::rows;

/// One of GitHub's APIs, reading one repository.
pub(crate) trait Source {
    /// The list being read.
    type List<'a>: List
    where
        Self: 'a;

    /// How many pull requests are read by one call of [`read`](Self::read).
    const TOGETHER: usize;
    /// How many such calls run at once.
    const AT_ONCE: usize;

    /// The repository. Called first; what it says (a rename) counts for the rest.
    async fn repository(&mut self) -> Result<rows::Repository, Error>;

    /// The list of pull requests by `updated_at`, newest first, from its top, in pages of this size (at most 100).
    fn list(&self, page: u32) -> Self::List<'_>;

    /// Reads these pull requests with all that is wanted of them: one answer for each, in order.
    async fn read(&self, these: &[Listed]) -> Vec<Result<Unit, Error>>;
}

/// A list being read page by page.
pub(crate) trait List {
    /// The next page; `None` after the last.
    async fn next(&mut self) -> Result<Option<Page>, Error>;
}

/// One page of the list.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) items: Vec<Listed>,
    /// How many pull requests the whole list has, where the API says so.
    pub(crate) total: Option<u64>,
}

/// A pull request as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) id: i64,
    pub(crate) number: i64,
    pub(crate) updated_at: Time,
    /// The head commit, where it is known already.
    pub(crate) head_sha: Option<String>,
}

/// Everything that was read of one pull request. It is emitted as one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Unit {
    /// The pull request, unless no stream needed it.
    pub(crate) pull_request: Option<rows::PullRequest>,
    /// Those whom the rows name.
    pub(crate) users: BTreeSet<rows::User>,
    // Of what follows, `None` is what was not wanted or could not be had whole.
    pub(crate) reviews: Option<Vec<rows::Review>>,
    pub(crate) review_comments: Option<Vec<rows::ReviewComment>>,
    pub(crate) issue_comments: Option<Vec<rows::IssueComment>>,
    pub(crate) commits: Option<Vec<rows::Commit>>,
    pub(crate) files: Option<Vec<rows::File>>,
    pub(crate) check_runs: Option<Vec<rows::CheckRun>>,
    /// What is missing in it.
    pub(crate) lacks: Vec<Lack>,
}

/// A part of one pull request that is not whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lack {
    /// The part, such as `files`.
    pub(crate) part: &'static str,
    /// Why.
    pub(crate) reason: String,
    /// Whether reading it again could help.
    pub(crate) again: bool,
}

impl Unit {
    /// Takes a part in; one that failed becomes a lack, unless the failure ends the run.
    pub(crate) fn part<T>(&mut self, part: &'static str, read: Result<T, Error>) -> Result<Option<T>, Error> {
        match read {
            Ok(whole) => Ok(Some(whole)),
            Err(error) if concerns_the_run(&error) => Err(error),
            Err(error) => {
                self.lacks.push(Lack { part, reason: error.to_string(), again: true });
                Ok(None)
            }
        }
    }
}

/// Whether an error says something of the whole run, not of the one thing that was asked for.
pub(crate) fn concerns_the_run(error: &Error) -> bool {
    error.ends_the_run() || is_a_mistake(error)
}

/// Whether an error can only mean that the manifest or this program is wrong.
pub(crate) fn is_a_mistake(error: &Error) -> bool {
    matches!(error, Error::NotGranted(_) | Error::Malformed(_))
}
