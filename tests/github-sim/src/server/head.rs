//! The head of a request, as far as GitHub looks at it.

use std::hash::{DefaultHasher, Hash, Hasher};

use http::request::Parts;

use crate::etag::Seen;
use crate::limits::refusal::Refusal;

/// The head of a request.
#[derive(Debug)]
pub(super) struct Head {
    parts: Parts,
    /// `/api/v3` or `/api`, if it was asked as GitHub Enterprise Server is.
    prefix: &'static str,
    path: String,
}

impl Head {
    pub(super) fn new(parts: Parts) -> Self {
        let full = parts.uri.path();
        let (prefix, path) = match full.strip_prefix("/api/v3") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => ("/api/v3", rest),
            _ if full == "/api/graphql" => ("/api", "/graphql"),
            _ => ("", full),
        };
        let path = path.to_owned();
        Self { parts, prefix, path }
    }

    fn value(&self, name: &str) -> Option<&[u8]> {
        self.parts.headers.get(name).map(http::HeaderValue::as_bytes)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name).and_then(|v| v.to_str().ok())
    }

    pub(super) fn method(&self) -> &str {
        self.parts.method.as_str()
    }

    /// The path below the root of the API.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// What stands before it.
    pub(super) fn prefix(&self) -> &'static str {
        self.prefix
    }

    pub(super) fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }

    pub(super) fn path_and_query(&self) -> &str {
        self.parts.uri.path_and_query().map_or("/", |p| p.as_str())
    }

    pub(super) fn has_user_agent(&self) -> bool {
        self.value("user-agent").is_some_and(|agent| !agent.trim_ascii().is_empty())
    }

    /// Browsers and curl get pretty-printed bodies.
    pub(super) fn wants_pretty(&self) -> bool {
        self.text("user-agent")
            .is_some_and(|agent| agent.starts_with("curl/") || agent.starts_with("Mozilla/"))
    }

    /// The token, if the credential has a form that GitHub takes; else the whole value, which nobody has.
    pub(super) fn token(&self) -> Option<&str> {
        let value = self.text("authorization")?;
        match value.split_once(' ') {
            Some((scheme, token))
                if scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token") =>
            {
                Some(token.trim())
            }
            _ => Some(value),
        }
    }

    /// How many credentials were sent; more than one is an error of the client.
    pub(super) fn authorizations(&self) -> usize {
        self.parts.headers.get_all("authorization").iter().count()
    }

    pub(super) fn if_none_match(&self) -> Option<&str> {
        self.text("if-none-match")
    }

    /// What the entity tag depends on.
    pub(super) fn seen(&self) -> Seen<'_> {
        Seen {
            accept: self.value("accept"),
            authorization: self.value("authorization"),
            cookie: self.value("cookie"),
        }
    }

    /// Tells apart requests to one path: by `Accept` and body.
    pub(super) fn content_hash(&self, body: &[u8]) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.value("accept"), body).hash(&mut hasher);
        hasher.finish()
    }

    /// The refusal of an `Accept` that is no JSON, or of an unknown API version.
    pub(super) fn unacceptable(&self) -> Option<Refusal> {
        let docs = "https://docs.github.com/rest";
        if let Some(accept) = self.text("accept")
            && !["json", "*/*", "application/*"].iter().any(|known| accept.contains(known))
        {
            let message = format!("Unsupported 'Accept' header: '{accept}'. Must accept 'application/json'.");
            return Some(Refusal::message(415, &message, docs));
        }
        if let Some(version) = self.text("x-github-api-version")
            && !["2022-11-28", "2026-03-10"].contains(&version)
        {
            let message = format!("The given version {version} is not supported.");
            return Some(Refusal::message(400, &message, docs));
        }
        None
    }

    /// The API version an answer names.
    pub(super) fn version(&self) -> &str {
        self.text("x-github-api-version").unwrap_or("2022-11-28")
    }
}
