//! What a job may ask for: deny by default.
//!
//! A grant names repositories, `owner/name` or `owner/*`. `rest` checks REST paths against it, `graphql` checks
//! queries; `learnt` keeps what answers to granted requests taught: the ids and new names of granted repositories.

pub(crate) mod granted;
pub(crate) mod graphql;
pub(crate) mod learnt;
pub(crate) mod rest;

/// The repositories that a job may read. Names are compared without regard to case, as GitHub does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    owner: String,
    /// `None`: all of the owner's.
    name: Option<String>,
}

/// Which entry of a list of grants can't be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{entry}` is no grant: {reason}")]
pub struct GrantError {
    /// The entry, as it was written; control characters are escaped, and a long one is cut.
    pub entry: String,
    /// Its place in the list, counted from 0.
    pub index: usize,
    /// What is wrong with it.
    pub reason: &'static str,
}

const EXPECTED: &str = "expected `owner/name` or `owner/*`";

impl Grants {
    /// Nothing at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads a list of `owner/name` and `owner/*`.
    ///
    /// # Errors
    /// The first entry that is neither.
    pub fn parse(read: &[String]) -> Result<Self, GrantError> {
        let mut entries = Vec::new();
        for (index, text) in read.iter().enumerate() {
            let wrong = |reason| GrantError { entry: shown(text), index, reason };
            let (owner, name) = text.split_once('/').ok_or_else(|| wrong(EXPECTED))?;
            if owner.contains('*') {
                return Err(wrong("an owner must be named; only the repository can be `*`"));
            }
            if name.contains('/') {
                return Err(wrong(EXPECTED));
            }
            if !is_owner(owner) {
                return Err(wrong("the part before `/` is no GitHub user or organisation name"));
            }
            let all = name == "*";
            if !all && !is_repository(name) {
                return Err(wrong("the part after `/` is no repository name, and not `*`"));
            }
            let name = (!all).then(|| name.to_ascii_lowercase());
            entries.push(Entry { owner: owner.to_ascii_lowercase(), name });
        }
        Ok(Self { entries })
    }

    /// Whether the repository `owner/name` may be read.
    pub fn cover(&self, owner: &str, name: &str) -> bool {
        // Whatever is no name is not covered, whichever entry might seem to: `owner/..` is not in `owner/*`.
        is_owner(owner)
            && is_repository(name)
            && self.entries.iter().any(|entry| {
                entry.owner.eq_ignore_ascii_case(owner)
                    && entry.name.as_ref().is_none_or(|granted| granted.eq_ignore_ascii_case(name))
            })
    }
}

/// A login: letters, digits, `-`; `_` in those of enterprise-managed users.
pub(crate) fn is_owner(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=100).contains(&text.len()) && !text.starts_with('-') && text.bytes().all(fits)
}

/// A repository's name: letters, digits, `-`, `_`, `.`, but neither `.` nor `..`.
pub(crate) fn is_repository(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=100).contains(&text.len()) && text != "." && text != ".." && text.bytes().all(fits)
}

/// Foreign text, fit for an error: escaped and cut.
pub(crate) fn shown(text: &str) -> String {
    let mut cut: String = text.chars().take(120).flat_map(char::escape_debug).collect();
    if text.chars().nth(120).is_some() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
pub(crate) fn grants(read: &[&str]) -> Grants {
    Grants::parse(&read.iter().map(|&entry| entry.to_owned()).collect::<Vec<_>>()).unwrap()
}

#[cfg(test)]
mod tests {
    use super::{Grants, grants};

    #[test]
    fn nothing_is_granted_unless_it_is_named() {
        assert!(!Grants::none().cover("antiwork", "gumroad"));
        let one = grants(&["antiwork/gumroad"]);
        assert!(one.cover("antiwork", "gumroad"));
        assert!(!one.cover("antiwork", "helper") && !one.cover("other", "gumroad"));
        assert!(!one.cover("antiwork", "gumroad-2") && !one.cover("antiwor", "kgumroad"));
    }

    #[test]
    fn names_are_compared_as_github_does_without_case() {
        assert!(grants(&["PostHog/posthog"]).cover("posthog", "PostHog"));
    }

    #[test]
    fn a_star_grants_all_of_one_owner() {
        let all = grants(&["antiwork/*"]);
        assert!(all.cover("AntiWork", "anything.at-all_1"));
        assert!(!all.cover("antiwork2", "gumroad"));
        for odd in ["", ".", "..", "a/b", "a b", "a%2fb", "*", "ä"] {
            assert!(!all.cover("antiwork", odd), "{odd:?}");
        }
    }

    #[test]
    fn what_is_no_grant_is_told_with_its_place() {
        for odd in [
            "gumroad",
            "",
            "/",
            "a/",
            "/b",
            "*/*",
            "*/b",
            "a*/b",
            "a/b*",
            "a/b/c",
            "a/..",
            "a b/c",
            "-a/b",
            "https://github.com/a/b",
        ] {
            let list = ["antiwork/gumroad".to_owned(), odd.to_owned()];
            let error = Grants::parse(&list).unwrap_err();
            assert_eq!(error.index, 1);
            assert!(error.to_string().starts_with(&format!("`{odd}` is no grant: ")), "{error}");
        }
    }
}
