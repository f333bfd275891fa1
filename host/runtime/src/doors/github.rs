//! The door to GitHub, and GitHub itself behind it.

use std::sync::Arc;

use futures::future::BoxFuture;
use seedbed_github::{Error, GraphqlAnswer, Request, Response, Scoped};

/// Answers a guest's requests. The futures own all they need; dropping one gives up on the answer.
pub trait GitHub: Send + Sync {
    /// One request.
    fn get(&self, request: Request) -> BoxFuture<'static, Result<Response, Error>>;

    /// A list, page by page. `at` is an earlier [`Pager::position`].
    ///
    /// # Errors
    /// Where `first` can't be asked for at all; the guest is told at its first `next`.
    fn pager(&self, first: Request, at: Option<String>) -> Result<Arc<dyn Pager>, Error>;

    /// One GraphQL query; `variables` is JSON.
    fn graphql(&self, query: String, variables: String) -> BoxFuture<'static, Result<GraphqlAnswer, Error>>;
}

/// The pages of one list.
pub trait Pager: Send + Sync {
    /// The next page, `None` after the last. Dropping the future loses no page; concurrent calls are served in order.
    fn next(&self) -> BoxFuture<'static, Result<Option<Response>, Error>>;

    /// Where to go on later: after the last page that `next` gave.
    fn position(&self) -> Option<String>;
}

impl GitHub for Scoped {
    fn get(&self, request: Request) -> BoxFuture<'static, Result<Response, Error>> {
        let scoped = self.clone();
        Box::pin(async move { scoped.get(request).await })
    }

    fn pager(&self, first: Request, at: Option<String>) -> Result<Arc<dyn Pager>, Error> {
        Ok(Arc::new(self.pager(first, at.as_deref())?))
    }

    fn graphql(&self, query: String, variables: String) -> BoxFuture<'static, Result<GraphqlAnswer, Error>> {
        let scoped = self.clone();
        Box::pin(async move { scoped.graphql(&query, &variables).await })
    }
}

impl Pager for seedbed_github::Pager {
    fn next(&self) -> BoxFuture<'static, Result<Option<Response>, Error>> {
        let pager = self.clone();
        Box::pin(async move { pager.next().await })
    }

    fn position(&self) -> Option<String> {
        self.position()
    }
}
