//! Reading by GraphQL: a thin list, 100 a page, then the pull requests many at a time by their numbers.

mod ask;
mod draft;
mod page_size;
mod pull_requests;
mod queries;
mod shape;
mod types;

pub use queries::queries;

use seedbed_sdk::{Error, Host, HostExt};
use serde::Serialize;

use self::ask::absent_or_other;
use self::page_size::PageSize;
use crate::params::Wanted;
use crate::rows;
use crate::source::{List, Listed, Page, Source, Unit};

/// So many pull requests in one query: about 5 points, and mostly 2 to 5 seconds of GitHub's 10.
const MOST_IN_A_QUERY: usize = 25;

/// If so short a page of the thin list takes too long, it is given up.
const SHORTEST_PAGE: u32 = 10;

/// The GraphQL API, reading one repository.
pub(crate) struct Graphql<'a, H> {
    host: &'a H,
    wanted: &'a Wanted,
    /// The repository's present name.
    full_name: String,
    size: PageSize,
}

impl<'a, H: Host> Graphql<'a, H> {
    pub(crate) fn new(host: &'a H, wanted: &'a Wanted) -> Self {
        Self { host, wanted, full_name: wanted.repo.clone(), size: PageSize::new(MOST_IN_A_QUERY) }
    }
}

/// The variables that name the repository. GitHub follows former names silently.
#[derive(Serialize)]
struct Named<'a> {
    owner: &'a str,
    name: &'a str,
}

impl<'a> Named<'a> {
    fn new(wanted: &'a Wanted) -> Self {
        let (owner, name) = wanted.owner_and_name();
        Self { owner, name }
    }
}

/// The variables of a page of the list.
#[derive(Serialize)]
struct PageOf<'a> {
    #[serde(flatten)]
    repository: Named<'a>,
    first: u32,
    after: Option<&'a str>,
}

impl<H: Host> Source for Graphql<'_, H> {
    type List<'a>
        = GraphqlList<'a, H>
    where
        Self: 'a;

    const TOGETHER: usize = 2 * MOST_IN_A_QUERY;
    const AT_ONCE: usize = 2;

    async fn repository(&mut self) -> Result<rows::Repository, Error> {
        let variables = Named::new(self.wanted);
        let answer = self
            .host
            .graphql_json::<Option<types::Data<types::Repository>>>(queries::REPOSITORY, &variables)
            .await?;
        let found = answer.data.and_then(|data| data.repository);
        let found =
            found.filter(|_| answer.errors.is_empty()).ok_or_else(|| absent_or_other(&answer.errors))?;
        self.full_name.clone_from(&found.name_with_owner);
        Ok(rows::Repository {
            id: found.database_id.0,
            full_name: found.name_with_owner,
            default_branch: found.default_branch_ref.map(|branch| branch.name),
            language: found.primary_language.map(|language| language.name),
            private: found.is_private,
            created_at: found.created_at,
            pushed_at: found.pushed_at,
        })
    }

    fn list(&self, page: u32) -> GraphqlList<'_, H> {
        GraphqlList { host: self.host, wanted: self.wanted, page, place: Place::Top }
    }

    async fn read(&self, these: &[Listed]) -> Vec<Result<Unit, Error>> {
        pull_requests::read(self, these).await
    }
}

/// The list of pull requests.
pub(crate) struct GraphqlList<'a, H> {
    host: &'a H,
    wanted: &'a Wanted,
    page: u32,
    place: Place,
}

/// Where the list goes on.
enum Place {
    Top,
    After(String),
    End,
}

impl<H: Host> List for GraphqlList<'_, H> {
    async fn next(&mut self) -> Result<Option<Page>, Error> {
        loop {
            let after = match &self.place {
                Place::Top => None,
                Place::After(cursor) => Some(cursor.as_str()),
                Place::End => return Ok(None),
            };
            match self.page(after).await {
                Err(Error::TooSlow(_)) if self.page > SHORTEST_PAGE => self.page /= 2,
                Err(error) => return Err(error),
                Ok((page, place)) => {
                    self.place = place;
                    return Ok(Some(page));
                }
            }
        }
    }
}

impl<H: Host> GraphqlList<'_, H> {
    async fn page(&self, after: Option<&str>) -> Result<(Page, Place), Error> {
        let variables = PageOf { repository: Named::new(self.wanted), first: self.page, after };
        let answer = self
            .host
            .graphql_json::<Option<types::Data<types::PullRequestList>>>(queries::LIST, &variables)
            .await?;
        let page = answer.data.and_then(|data| data.repository).map(|repository| repository.pull_requests);
        // A page with a hole in it must not be walked over.
        let page =
            page.filter(|_| answer.errors.is_empty()).ok_or_else(|| absent_or_other(&answer.errors))?;
        let place = match page.page_info.end_cursor {
            Some(cursor) if page.page_info.has_next_page => Place::After(cursor),
            _ => Place::End,
        };
        let items = page.nodes.unwrap_or_default().into_iter().flatten().map(Listed::from).collect();
        Ok((Page { items, total: u64::try_from(page.total_count).ok() }, place))
    }
}

impl From<types::ListedPull> for Listed {
    fn from(pull: types::ListedPull) -> Self {
        Self {
            id: pull.full_database_id.0,
            number: pull.number,
            updated_at: pull.updated_at,
            head_sha: Some(pull.head_ref_oid),
        }
    }
}
