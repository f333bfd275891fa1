//! Rows on their way out. One pull request goes as a whole, and what hangs on it replaces what hung on it before, so
//! that a deleted comment or a force-pushed commit goes away.

use std::collections::BTreeMap;

use seedbed_sdk::{Host, HostExt, RecordsError};
use serde::Serialize;

use crate::params::{StreamName, Wanted};
use crate::rows::{Repository, User};
use crate::source::Unit;

/// The way out for one run.
pub(crate) struct Emission<'a, H> {
    host: &'a H,
    wanted: &'a Wanted,
    /// Users as they were emitted last: most stand on hundreds of pull requests.
    users: BTreeMap<i64, User>,
}

#[derive(Serialize)]
struct OfPullRequest {
    pull_request_id: i64,
}

impl<'a, H: Host> Emission<'a, H> {
    pub(crate) fn new(host: &'a H, wanted: &'a Wanted) -> Self {
        Self { host, wanted, users: BTreeMap::new() }
    }

    /// The repository's row.
    pub(crate) async fn repository(&self, repository: &Repository) -> Result<(), RecordsError> {
        if self.wanted.has(StreamName::Repositories) {
            self.host.emit_rows(StreamName::Repositories.as_str(), std::slice::from_ref(repository)).await?;
        }
        Ok(())
    }

    /// All rows of the pull request with this id.
    pub(crate) async fn unit(&mut self, id: i64, unit: &Unit) -> Result<(), RecordsError> {
        if let Some(row) = &unit.pull_request
            && self.wanted.has(StreamName::PullRequests)
        {
            self.host.emit_rows(StreamName::PullRequests.as_str(), std::slice::from_ref(row)).await?;
        }
        if self.wanted.has(StreamName::Users) {
            let news: Vec<&User> = unit.users.iter().filter(|u| self.users.get(&u.id) != Some(*u)).collect();
            if !news.is_empty() {
                self.host.emit_rows(StreamName::Users.as_str(), &news).await?;
                self.users.extend(news.into_iter().map(|u| (u.id, u.clone())).collect::<Vec<_>>());
            }
        }
        self.replace(StreamName::Reviews, id, unit.reviews.as_deref()).await?;
        self.replace(StreamName::ReviewComments, id, unit.review_comments.as_deref()).await?;
        self.replace(StreamName::IssueComments, id, unit.issue_comments.as_deref()).await?;
        self.replace(StreamName::Commits, id, unit.commits.as_deref()).await?;
        self.replace(StreamName::Files, id, unit.files.as_deref()).await?;
        self.replace(StreamName::CheckRuns, id, unit.check_runs.as_deref()).await
    }

    async fn replace<R: Serialize>(
        &self,
        stream: StreamName,
        pull_request_id: i64,
        rows: Option<&[R]>,
    ) -> Result<(), RecordsError> {
        let Some(rows) = rows.filter(|_| self.wanted.has(stream)) else { return Ok(()) };
        self.host.replace_rows(stream.as_str(), &OfPullRequest { pull_request_id }, rows).await
    }
}
