//! Query strings, read as GitHub reads them: what makes no sense is taken as its default.

use std::borrow::Cow;

use crate::model::Time;

/// The query of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Query<'a> {
    raw: &'a str,
}

impl<'a> Query<'a> {
    pub(crate) fn new(raw: &'a str) -> Self {
        Self { raw }
    }

    /// As it was sent.
    pub(crate) fn raw(&self) -> &'a str {
        self.raw
    }

    /// All parameters in their order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> {
        url::form_urlencoded::parse(self.raw.as_bytes())
    }

    /// A parameter; the last one counts.
    pub(crate) fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        self.pairs().filter(|(key, _)| key == name).last().map(|(_, value)| value)
    }

    /// The page, from 1.
    pub(crate) fn page(&self) -> usize {
        self.get("page").and_then(|p| p.parse().ok()).filter(|p| *p > 0).unwrap_or(1)
    }

    /// Entries a page: 30 unless said, 100 at most.
    pub(crate) fn per_page(&self) -> usize {
        self.get("per_page").and_then(|p| p.parse().ok()).filter(|p| *p > 0).unwrap_or(30).min(100)
    }

    /// `since`, if it is a time.
    pub(crate) fn since(&self) -> Option<Time> {
        self.get("since").and_then(|s| s.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_the_default_and_a_page_has_at_most_a_hundred() {
        assert_eq!(Query::new("").per_page(), 30);
        assert_eq!(Query::new("per_page=1000&page=3").per_page(), 100);
        assert_eq!(Query::new("per_page=0&page=0").page(), 1);
        assert_eq!(Query::new("per_page=-1&page=x").per_page(), 30);
    }
}
