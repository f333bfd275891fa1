//! `github`: requests, pages and queries.

use std::sync::Arc;

use seedbed_github::{Error, GraphqlAnswer, Request, Response};
use tokio::sync::Mutex;
use wasmtime::component::{Accessor, Resource};

use super::{Answering, TooMuch, outside};
use crate::{Pager, bindings::seedbed::job::github as wit, sandbox::Inside, turn};

/// The guest's handle of a list. A list that can't be asked for is told at the first `next`: a constructor can't fail.
#[derive(Clone)]
#[expect(unreachable_pub, reason = "the generated bindings name it again as `pub`")]
pub struct Pages {
    list: Result<Arc<dyn Pager>, Error>,
    turn: Arc<Mutex<()>>,
}

impl wit::Host for Inside {}

impl<T: Send + 'static> wit::HostWithStore<T> for Answering {
    async fn get(
        accessor: &Accessor<T, Self>,
        request: wit::Request,
    ) -> wasmtime::Result<Result<wit::Response, wit::Error>> {
        let (github, _call) = accessor.with(|mut access| -> wasmtime::Result<_> {
            let inside = access.get();
            let call = inside.begin("github.get", &request.path, size(&request))?;
            Ok((Arc::clone(&inside.doors.github), call))
        })?;
        let answer = outside(github.get(request.into())).await?;
        Ok(answer.map(Into::into).map_err(Into::into))
    }

    async fn graphql(
        accessor: &Accessor<T, Self>,
        query: String,
        variables: String,
    ) -> wasmtime::Result<Result<wit::GraphqlAnswer, wit::Error>> {
        let (github, _call) = accessor.with(|mut access| -> wasmtime::Result<_> {
            let inside = access.get();
            let call = inside.begin("github.graphql", &variables, query.len() + variables.len())?;
            Ok((Arc::clone(&inside.doors.github), call))
        })?;
        let answer = outside(github.graphql(query, variables)).await?;
        Ok(answer.map(Into::into).map_err(Into::into))
    }
}

impl wit::HostPager for Inside {
    fn new(&mut self, first: wit::Request, at: Option<String>) -> wasmtime::Result<Resource<Pages>> {
        if self.pagers >= self.limits.pagers {
            return Err(TooMuch {
                what: "pagers",
                budget: self.limits.pagers.into(),
                advice: "drop those that are done",
            }
            .into());
        }
        let _call = self.begin("github.pager", &first.path, size(&first))?;
        let list = self.doors.github.pager(first.into(), at);
        let handle = self.table.push(Pages { list, turn: Arc::default() })?;
        self.pagers += 1;
        Ok(handle)
    }

    fn position(&mut self, pager: Resource<Pages>) -> wasmtime::Result<Option<String>> {
        let Pages { list, .. } = self.table.get(&pager)?;
        Ok(list.as_ref().ok().and_then(|list| list.position()))
    }

    fn drop(&mut self, pager: Resource<Pages>) -> wasmtime::Result<()> {
        self.table.delete(pager)?;
        self.pagers = self.pagers.saturating_sub(1);
        Ok(())
    }
}

impl<T: Send + 'static> wit::HostPagerWithStore<T> for Answering {
    async fn next(
        accessor: &Accessor<T, Self>,
        pager: Resource<Pages>,
    ) -> wasmtime::Result<Result<Option<wit::Response>, wit::Error>> {
        let (Pages { list, turn }, _call) = accessor.with(|mut access| -> wasmtime::Result<_> {
            let inside = access.get();
            let pages = inside.table.get(&pager)?.clone();
            Ok((pages, inside.begin("github.pager.next", "", 0)?))
        })?;
        let list = match list {
            Ok(list) => list,
            Err(error) => return Ok(Err(error.into())),
        };
        let place = turn::take(&turn);
        let next = async move {
            let _turn = place.await;
            list.next().await
        };
        let page = outside(Box::pin(next)).await?;
        Ok(page.map(|page| page.map(Into::into)).map_err(Into::into))
    }
}

fn size(request: &wit::Request) -> usize {
    let query: usize = request.query.iter().map(|(name, value)| name.len() + value.len()).sum();
    request.path.len() + query + request.media_type.as_ref().map_or(0, String::len)
}

impl From<wit::Request> for Request {
    fn from(request: wit::Request) -> Self {
        Self { path: request.path, query: request.query, media_type: request.media_type }
    }
}

impl From<Response> for wit::Response {
    fn from(response: Response) -> Self {
        Self { status: response.status, body: response.body.into(), unchanged: response.unchanged }
    }
}

impl From<GraphqlAnswer> for wit::GraphqlAnswer {
    fn from(answer: GraphqlAnswer) -> Self {
        Self { data: answer.data, errors: answer.errors }
    }
}

impl From<Error> for wit::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Exhausted { bucket, retry_at } => Self::Exhausted(wit::Exhaustion { bucket, retry_at }),
            Error::NotGranted(why) => Self::NotGranted(why),
            Error::OverBudget(why) => Self::OverBudget(why),
            Error::Absent { status, message } => Self::Absent(wit::Rejection { status, message }),
            Error::Rejected { status, message } => Self::Rejected(wit::Rejection { status, message }),
            Error::TooSlow(why) => Self::TooSlow(why),
            Error::Unavailable(why) => Self::Unavailable(why),
            Error::Malformed(why) => Self::Malformed(why),
            Error::Other(why) => Self::Other(why),
        }
    }
}
