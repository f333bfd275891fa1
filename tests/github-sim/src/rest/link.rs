//! Pages and their `Link` header, through `/repositories/{id}` as GitHub writes it.

use super::query::Query;

/// One page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// Its first entry.
    pub start: usize,
    /// One past its last entry.
    pub end: usize,
    number: usize,
    last: usize,
}

impl Page {
    /// The page that a query asks for, of a list of so many.
    pub(crate) fn of(query: Query<'_>, total: usize) -> Self {
        let (number, size) = (query.page(), query.per_page());
        let start = number.saturating_sub(1).saturating_mul(size).min(total);
        Self { start, end: (start + size).min(total), number, last: total.div_ceil(size).max(1) }
    }

    /// The `Link` header for `url` (without query); none if all is on one page.
    pub(crate) fn link(&self, url: &str, query: Query<'_>) -> Option<String> {
        let to = |page: usize, rel: &str| {
            let mut pairs = url::form_urlencoded::Serializer::new(String::new());
            let mut placed = false;
            for (key, value) in query.pairs() {
                if key == "page" {
                    if !placed {
                        pairs.append_pair("page", &page.to_string());
                        placed = true;
                    }
                } else {
                    pairs.append_pair(&key, &value);
                }
            }
            if !placed {
                pairs.append_pair("page", &page.to_string());
            }
            format!("<{url}?{}>; rel=\"{rel}\"", pairs.finish())
        };
        let mut parts = Vec::new();
        if self.number > 1 {
            parts.push(to((self.number - 1).min(self.last), "prev"));
        }
        if self.number < self.last {
            parts.push(to(self.number + 1, "next"));
            parts.push(to(self.last, "last"));
        }
        if self.number > 1 {
            parts.push(to(1, "first"));
        }
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(query: &str, total: usize) -> Option<String> {
        let query = Query::new(query);
        Page::of(query, total).link("http://h/repositories/7/pulls", query)
    }

    #[test]
    fn the_header_is_as_github_writes_it() {
        assert_eq!(link("per_page=100", 100), None);
        assert_eq!(
            link("state=all&per_page=100", 201).as_deref(),
            Some(
                "<http://h/repositories/7/pulls?state=all&per_page=100&page=2>; rel=\"next\", \
                 <http://h/repositories/7/pulls?state=all&per_page=100&page=3>; rel=\"last\""
            )
        );
        let last = link("page=3&per_page=100", 201).unwrap();
        assert!(
            last.contains("page=2&per_page=100>; rel=\"prev\"")
                && last.contains("page=1&per_page=100>; rel=\"first\"")
        );
        assert!(!last.contains("next"));
    }

    #[test]
    fn a_page_beyond_the_end_is_empty_and_leads_back() {
        let query = Query::new("page=9&per_page=100");
        let page = Page::of(query, 150);
        assert_eq!((page.start, page.end), (150, 150));
        assert!(
            page.link("http://h/x", query)
                .unwrap()
                .starts_with("<http://h/x?page=2&per_page=100>; rel=\"prev\"")
        );
    }
}
