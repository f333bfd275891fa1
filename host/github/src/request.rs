//! What a caller asks for and gets: plain values, before anything is checked.

use bytes::Bytes;

/// A REST request. Always a `GET`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The path under the API root, for example `/repos/antiwork/gumroad/pulls`.
    pub path: String,
    /// The query's pairs, not encoded.
    pub query: Vec<(String, String)>,
    /// `Accept`, where the default JSON is not wanted: `application/vnd.github.diff`, ...
    pub media_type: Option<String>,
}

impl Request {
    /// A request of `path`, without a query, for JSON.
    pub fn get(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    /// The request with one more pair in its query.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }
}

/// A good answer to a REST request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status, 200 to 299.
    pub status: u16,
    /// The body: whole, decompressed, and JSON where JSON was asked for.
    pub body: Bytes,
    /// The bytes are those of an earlier answer, which GitHub confirmed as unchanged.
    pub unchanged: bool,
}

/// A good answer to a GraphQL query. There may be errors beside the data; a limit is never among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphqlAnswer {
    /// The value of `data`, as JSON.
    pub data: String,
    /// The value of `errors`, as a JSON list; `[]` where the data is whole.
    pub errors: String,
}
