//! GitHub's entity tags.
//!
//! Undocumented, but measured on recorded exchanges: the SHA-256 of the values of `Accept`, `Authorization`, `Cookie`, those
//! present, and the uncompressed body, joined by `:`. So a tag differs by credential, and can be computed by who
//! has the bytes.

use sha2::{Digest, Sha256};

/// The request's headers that a tag depends on.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen<'a> {
    pub accept: Option<&'a [u8]>,
    pub authorization: Option<&'a [u8]>,
    pub cookie: Option<&'a [u8]>,
}

/// The tag of a body without quotes: 64 hexadecimal digits.
pub(crate) fn tag(seen: Seen<'_>, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    for value in [seen.accept, seen.authorization, seen.cookie].into_iter().flatten() {
        hash.update(value);
        hash.update(b":");
    }
    hash.update(body);
    hex::encode(hash.finalize())
}

/// Whether an `If-None-Match` names this tag (weak comparison; a list or `*` too).
pub(crate) fn matches(if_none_match: &str, tag: &str) -> bool {
    if_none_match.split(',').any(|one| {
        let one = one.trim();
        one == "*" || one.strip_prefix("W/").unwrap_or(one).trim_matches('"') == tag
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anonymous_tag_is_the_hash_of_accept_colon_body() {
        let seen = Seen { accept: Some(b"*/*"), ..Seen::default() };
        let expected = hex::encode(Sha256::digest(b"*/*:{\"id\":1}"));
        assert_eq!(tag(seen, b"{\"id\":1}"), expected);
        // Computed by another program: printf '*/*:[]' | sha256sum
        assert_eq!(tag(seen, b"[]"), "992aaf92b487506974e4305db4a64326866f3ed48b2ba424cef8fbe4e28f72b0");
    }

    #[test]
    fn a_tag_differs_by_credential() {
        let with = |authorization| tag(Seen { accept: Some(b"*/*"), authorization, cookie: None }, b"[]");
        assert_ne!(with(Some(b"Bearer a".as_slice())), with(Some(b"Bearer b")));
        assert_ne!(with(None), with(Some(b"Bearer a")));
    }

    #[test]
    fn a_validator_matches_weak_strong_and_in_a_list() {
        for text in ["\"ab\"", "W/\"ab\"", "\"x\", W/\"ab\"", "*"] {
            assert!(matches(text, "ab"), "{text}");
        }
        assert!(!matches("\"abc\"", "ab"));
    }
}
