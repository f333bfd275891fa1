//! Reading by REST: the list, 100 a page, then about seven requests for each pull request.

mod pull_request;
mod types;

use seedbed_sdk::{Error, Host, HostExt, Pages, Request};

use crate::params::Wanted;
use crate::rows;
use crate::source::{List, Listed, Page, Source, Unit};

/// The REST API, reading one repository.
pub(crate) struct Rest<'a, H> {
    host: &'a H,
    wanted: &'a Wanted,
    /// The repository's path. After a rename the one by id, because the old name redirects at each request.
    root: String,
    /// The repository's present name.
    full_name: String,
}

impl<'a, H: Host> Rest<'a, H> {
    pub(crate) fn new(host: &'a H, wanted: &'a Wanted) -> Self {
        Self { host, wanted, root: format!("/repos/{}", wanted.repo), full_name: wanted.repo.clone() }
    }

    /// A request for a list under the repository, by the largest pages there are.
    fn list_at(&self, path: &str) -> Request {
        self.pages_at(path, 100)
    }

    fn pages_at(&self, path: &str, page: u32) -> Request {
        Request::get(format!("{}/{path}", self.root)).query("per_page", page)
    }

    /// The default branch: REST names one even while the repository is empty and has no branch at all.
    async fn default_branch(&self, repository: &types::Repository) -> Result<Option<String>, Error> {
        if repository.size == Some(0) {
            let commits = Request::get(format!("{}/commits", self.root)).query("per_page", 1);
            match self.host.get(commits).await {
                Err(Error::Rejected { status: 409, .. }) => return Ok(None),
                Err(error) => return Err(error),
                Ok(_) => {}
            }
        }
        Ok(repository.default_branch.clone())
    }
}

impl<H: Host> Source for Rest<'_, H> {
    type List<'a>
        = RestList<H::Pager>
    where
        Self: 'a;

    const TOGETHER: usize = 1;
    // Times the seven requests of each this is more than a task may send at once: the host's queue is never empty.
    const AT_ONCE: usize = 12;

    async fn repository(&mut self) -> Result<rows::Repository, Error> {
        let found: types::Repository = self.host.get_json(Request::get(self.root.clone())).await?;
        if !found.full_name.eq_ignore_ascii_case(&self.wanted.repo) {
            self.root = format!("/repositories/{}", found.id);
        }
        self.full_name.clone_from(&found.full_name);
        let default_branch = self.default_branch(&found).await?;
        Ok(rows::Repository {
            id: found.id,
            full_name: found.full_name,
            default_branch,
            language: found.language,
            private: found.private,
            created_at: found.created_at,
            pushed_at: found.pushed_at,
        })
    }

    fn list(&self, page: u32) -> RestList<H::Pager> {
        let newest_first = self
            .pages_at("pulls", page)
            .query("state", "all")
            .query("sort", "updated")
            .query("direction", "desc");
        RestList { pages: self.host.pages(newest_first, None) }
    }

    async fn read(&self, these: &[Listed]) -> Vec<Result<Unit, Error>> {
        futures::future::join_all(these.iter().map(|listed| pull_request::read(self, listed))).await
    }
}

/// The list of pull requests.
pub(crate) struct RestList<P> {
    pages: Pages<P, types::ListedPull>,
}

impl<P: seedbed_sdk::Pager> List for RestList<P> {
    async fn next(&mut self) -> Result<Option<Page>, Error> {
        let page = self.pages.next().await?;
        Ok(page.map(|pulls| Page { items: pulls.into_iter().map(Listed::from).collect(), total: None }))
    }
}

impl From<types::ListedPull> for Listed {
    fn from(pull: types::ListedPull) -> Self {
        Self { id: pull.id, number: pull.number, updated_at: pull.updated_at, head_sha: Some(pull.head.sha) }
    }
}
