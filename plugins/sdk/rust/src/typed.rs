//! Typed answers and rows on top of the plain [`Host`].

use std::fmt;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Error, Host, Pager, RecordsError, Request, Response};

/// Typed questions; every [`Host`] has them.
#[expect(async_fn_in_trait, reason = "a guest has one thread, so nobody needs these futures to be Send")]
pub trait HostExt: Host {
    /// One GET request whose answer is read as `T`.
    async fn get_json<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        let path = request.path.clone();
        let response = self.get(request).await?;
        serde_json::from_slice(&response.body).map_err(|error| unexpected(&path, &error))
    }

    /// The pages of a list of `T`; `at` is an earlier [`Pages::position`].
    fn pages<T: DeserializeOwned>(&self, first: Request, at: Option<&str>) -> Pages<Self::Pager, T> {
        Pages { path: first.path.clone(), pager: self.pager(first, at), of: PhantomData }
    }

    /// All items of a list, read to its end.
    async fn all<T: DeserializeOwned>(&self, first: Request) -> Result<Vec<T>, Error> {
        let mut pages = self.pages(first, None);
        let mut all = Vec::new();
        while let Some(page) = pages.next().await? {
            all.extend(page);
        }
        Ok(all)
    }

    /// One GraphQL query whose data is read as `T`.
    ///
    /// Data may come with errors, and then parts of it are null: look at both.
    async fn graphql_json<T: DeserializeOwned>(
        &self,
        query: &str,
        variables: &impl Serialize,
    ) -> Result<Answer<T>, Error> {
        let variables = serde_json::to_string(variables).map_err(|e| Error::Malformed(e.to_string()))?;
        let answer = self.graphql(query, &variables).await?;
        Ok(Answer {
            data: serde_json::from_str(&answer.data).map_err(|error| unexpected("/graphql", &error))?,
            errors: serde_json::from_str(&answer.errors).map_err(|error| unexpected("/graphql", &error))?,
        })
    }

    /// Hands over typed rows of a declared stream.
    async fn emit_rows<R: Serialize>(&self, stream: &str, rows: &[R]) -> Result<(), RecordsError> {
        self.emit(stream, to_json(rows)?).await
    }

    /// [`Host::replace`] with typed rows: those whose columns equal `scope` become exactly `rows`.
    async fn replace_rows<R: Serialize>(
        &self,
        stream: &str,
        scope: &impl Serialize,
        rows: &[R],
    ) -> Result<(), RecordsError> {
        let scope = serde_json::to_string(scope).map_err(|e| RecordsError::InvalidRow(e.to_string()))?;
        self.replace(stream, &scope, to_json(rows)?).await
    }
}

impl<H: Host> HostExt for H {}

fn to_json<R: Serialize>(rows: &[R]) -> Result<Vec<String>, RecordsError> {
    let json = rows.iter().map(serde_json::to_string).collect::<Result<_, _>>();
    json.map_err(|e| RecordsError::InvalidRow(e.to_string()))
}

fn unexpected(path: &str, error: &serde_json::Error) -> Error {
    Error::Other(format!("the answer of {path} is not what was expected: {error}"))
}

/// Typed pages of one list.
pub struct Pages<P, T> {
    path: String,
    pager: P,
    of: PhantomData<fn() -> T>,
}

impl<P: Pager, T: DeserializeOwned> Pages<P, T> {
    /// The items of the next page; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Vec<T>>, Error> {
        self.next_of(|response| serde_json::from_slice(&response.body)).await
    }

    /// Like [`next`](Self::next), for lists that GitHub wraps in an object: `read` takes the items out.
    pub async fn next_of(
        &mut self,
        read: impl FnOnce(&Response) -> serde_json::Result<Vec<T>>,
    ) -> Result<Option<Vec<T>>, Error> {
        let Some(response) = self.pager.next().await? else { return Ok(None) };
        read(&response).map(Some).map_err(|error| unexpected(&self.path, &error))
    }

    /// See [`Pager::position`].
    pub fn position(&self) -> Option<String> {
        self.pager.position()
    }
}

/// A GraphQL answer, read.
#[derive(Debug)]
pub struct Answer<T> {
    /// The data; parts named by `errors` are null in it.
    pub data: T,
    /// What GitHub could not give. Empty: the data is whole.
    pub errors: Vec<GraphqlError>,
}

/// One of GitHub's GraphQL errors.
#[derive(Debug, Clone, Deserialize)]
pub struct GraphqlError {
    /// What went wrong.
    #[serde(default)]
    pub message: String,
    /// Its kind, such as `NOT_FOUND`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// Field names and list indexes from the root to what is null.
    #[serde(default)]
    pub path: Vec<serde_json::Value>,
}

impl fmt::Display for GraphqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
