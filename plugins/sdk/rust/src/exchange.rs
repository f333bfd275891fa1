//! What is asked of GitHub and what it answers, as both cross the sandbox's boundary.

/// A GET request. The host adds the credential and the headers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// Path under the API root, such as `/repos/antiwork/gumroad/pulls`.
    pub path: String,
    /// The query, unescaped, in order.
    pub query: Vec<(String, String)>,
    /// `Accept`, where the default JSON is not wanted (a diff, a raw file).
    pub media_type: Option<String>,
}

impl Request {
    /// A request for JSON at this path.
    pub fn get(path: impl Into<String>) -> Self {
        Self { path: path.into(), query: Vec::new(), media_type: None }
    }

    /// The same with one more query parameter.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// The same with another media type.
    #[must_use]
    pub fn accept(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }
}

/// A good answer to a GET request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status, 200 to 299.
    pub status: u16,
    /// The body, decompressed and whole.
    pub body: Vec<u8>,
    /// The bytes are those of an earlier run, which GitHub confirmed as unchanged.
    pub unchanged: bool,
}

/// A GraphQL answer: data, errors, or both. A limit never shows here, it is an [`Error`](crate::Error).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphqlAnswer {
    /// JSON, `null` where there is none.
    pub data: String,
    /// GitHub's own list of errors as JSON, `[]` where the data is whole.
    pub errors: String,
}
