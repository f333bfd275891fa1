//! A pager's position, as it stands in a job's checkpoint.
//!
//! It comes back from the job, so it is believed as little as any request: it holds no path, only the query of the page
//! to go on with, and which first request it belongs to.

use sha2::{Digest, Sha256};

use crate::address::Address;
use crate::error::Error;

/// Where a list goes on.
#[derive(Debug, PartialEq)]
pub(super) enum Position {
    At(Address),
    /// All pages have been given.
    End,
}

/// The first version of the form `1:<first request>:<query>`, or `1:<first request>.` at the end.
const VERSION: &str = "1:";
/// Hexadecimal digits that name the first request.
const NAME: usize = 16;

impl Position {
    /// The position before `next`.
    pub(super) fn after(next: Option<&Address>, first: &Address) -> String {
        match next {
            Some(next) => format!("{VERSION}{}:{}", name(first), next.encoded_query().unwrap_or_default()),
            None => format!("{VERSION}{}.", name(first)),
        }
    }

    /// Reads a position of a list that began with `first`.
    pub(super) fn read(text: &str, first: &Address) -> Result<Self, Error> {
        let malformed = |what: &str| Error::Malformed(format!("the position {what}"));
        let rest = text.strip_prefix(VERSION).ok_or_else(|| malformed("is none of this version's"))?;
        let (named, rest) = rest.split_at_checked(NAME).ok_or_else(|| malformed("is cut"))?;
        if named != name(first) {
            return Err(malformed("belongs to another request"));
        }
        match (rest.strip_prefix(':'), rest) {
            (Some(query), _) => {
                first.with_query(query).map(Self::At).map_err(|why| malformed(&format!("is wrong: {why}")))
            }
            (None, ".") => Ok(Self::End),
            _ => Err(malformed("is cut")),
        }
    }
}

fn name(first: &Address) -> String {
    let hash = Sha256::new()
        .chain_update(first.label())
        .chain_update([0])
        .chain_update(first.accept.as_str())
        .finalize();
    hex::encode(&hash[..NAME / 2])
}

#[cfg(test)]
mod tests {
    use super::Position;
    use crate::address::Address;
    use crate::request::Request;

    fn address(path: &str, page: Option<u32>) -> Address {
        let request = page.iter().fold(Request::get(path), |request, page| request.with("page", page));
        Address::of(&request).unwrap()
    }

    #[test]
    fn a_position_leads_back_to_the_same_page_of_the_first_path() {
        let first = address("/repos/o/r/pulls", None);
        let position = Position::after(Some(&address("/repositories/7/pulls", Some(3))), &first);
        assert_eq!(
            Position::read(&position, &first).unwrap(),
            Position::At(address("/repos/o/r/pulls", Some(3)))
        );
        assert_eq!(Position::read(&Position::after(None, &first), &first).unwrap(), Position::End);
    }

    #[test]
    fn a_position_of_another_list_or_version_is_refused() {
        let (first, other) = (address("/repos/o/r/pulls", None), address("/repos/o/r/issues", None));
        let position = Position::after(Some(&address("/repos/o/r/issues", Some(3))), &other);
        let end = Position::after(None, &first);
        for text in [
            position.as_str(),
            "",
            "1:",
            "1:0123",
            "2:0123456789abcdef:page=2",
            "page=2",
            &end[..end.len() - 1],
            &format!("{end}x"),
            "1:äääääääääääääääää",
        ] {
            assert!(Position::read(text, &first).is_err(), "{text:?}");
        }
        let forged = Position::after(None, &first).replace('.', ":page=2&access_token=x");
        assert!(Position::read(&forged, &first).is_err());
    }
}
