//! The names of GitHub's quotas: `core`, `search`, `graphql` and whatever else it invents.
//!
//! A path only suggests one; the answer's `x-ratelimit-resource` decides.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

/// A GitHub rate-limit resource, as `x-ratelimit-resource` spells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Resource(Cow<'static, str>);

impl Resource {
    /// Most REST requests.
    pub const CORE: Self = Self(Cow::Borrowed("core"));
    /// REST search, except for code.
    pub const SEARCH: Self = Self(Cow::Borrowed("search"));
    /// REST search for code.
    pub const CODE_SEARCH: Self = Self(Cow::Borrowed("code_search"));
    /// GraphQL, counted in points.
    pub const GRAPHQL: Self = Self(Cow::Borrowed("graphql"));

    /// Reads a header's value; `None` unless it looks like a resource name (a-z, 0-9, `_`, `-`, at most 64 bytes).
    pub fn from_header(value: &str) -> Option<Self> {
        let known = [Self::CORE, Self::SEARCH, Self::CODE_SEARCH, Self::GRAPHQL];
        if let Some(known) = known.into_iter().find(|known| known.as_str() == value) {
            return Some(known);
        }
        let fits =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
        let plausible = !value.is_empty() && value.len() <= 64 && value.bytes().all(fits);
        plausible.then(|| Self(Cow::Owned(value.to_owned())))
    }

    /// Guesses from a REST path (`/search/code`, with or without the leading slash), before any answer says better.
    pub fn of_path(path: &str) -> Self {
        let mut segments = path.split(['/', '?']).filter(|segment| !segment.is_empty());
        match (segments.next(), segments.next()) {
            (Some("search"), Some("code")) => Self::CODE_SEARCH,
            (Some("search"), _) => Self::SEARCH,
            (Some("graphql"), None) => Self::GRAPHQL,
            _ => Self::CORE,
        }
    }

    /// The name, e.g. `core`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this quota is spent by GraphQL queries, whose secondary limits are counted apart from REST's.
    pub fn is_graphql(&self) -> bool {
        *self == Self::GRAPHQL
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Resource;

    #[test]
    fn a_path_suggests_its_resource() {
        assert_eq!(Resource::of_path("/repos/o/r/pulls"), Resource::CORE);
        assert_eq!(Resource::of_path("search/code?q=x"), Resource::CODE_SEARCH);
        assert_eq!(Resource::of_path("/search/issues"), Resource::SEARCH);
        assert_eq!(Resource::of_path("/graphql"), Resource::GRAPHQL);
        assert_eq!(
            Resource::of_path("/repos/search/code"),
            Resource::CORE,
            "a repository called search/code"
        );
    }

    #[test]
    fn only_a_plain_name_is_taken_from_a_header() {
        assert_eq!(Resource::from_header("graphql"), Some(Resource::GRAPHQL));
        assert_eq!(
            Resource::from_header("integration_manifest").map(|r| r.to_string()).as_deref(),
            Some("integration_manifest")
        );
        for odd in ["", "Core", "core, core", "c\u{f6}re", &"x".repeat(65)] {
            assert_eq!(Resource::from_header(odd), None, "{odd:?}");
        }
    }
}
