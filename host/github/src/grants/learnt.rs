//! What the answers to granted requests teach: ids and new names of granted repositories.
//!
//! GitHub's redirects and links lead to `/repositories/{id}`. An id is taken for granted only where GitHub itself led
//! from a granted name to it, and only where that can mean nothing else than "the same repository".

use std::collections::HashSet;

use serde::Deserialize;

use super::rest::{Place, RestPath};

/// One thing that an answer taught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// The id of a granted repository.
    Id(u64),
    /// Another name of a granted repository, in lower case: `owner/name`.
    Name(String),
}

/// All that a job's answers taught.
#[derive(Clone, Debug, Default)]
pub(crate) struct Learnt {
    ids: HashSet<u64>,
    names: HashSet<String>,
}

impl Learnt {
    pub(crate) fn learn(&mut self, fact: &Fact) {
        match fact {
            Fact::Id(id) => self.ids.insert(*id),
            Fact::Name(name) => self.names.insert(name.clone()),
        };
    }

    pub(crate) fn has_id(&self, id: u64) -> bool {
        self.ids.contains(&id)
    }

    pub(crate) fn has_name(&self, owner: &str, name: &str) -> bool {
        !self.names.is_empty() && self.names.contains(&format!("{owner}/{name}").to_ascii_lowercase())
    }
}

/// What is to be thought of a step from one path, which is granted, to another, which is not yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The same thing under the repository's id: the id may be learnt.
    Teaches(Fact),
    /// It may be the same repository, or another one (a transferred issue redirects, too): the repository itself has
    /// to be asked for its id.
    NeedsProof {
        /// The id that the repository must have.
        id: u64,
    },
    /// It leads elsewhere.
    Leads,
}

/// A redirect from `from` to `to`.
pub(crate) fn redirected(from: &RestPath, to: &RestPath) -> Step {
    let (Place::Named { below, .. }, Place::Numbered { id, below: target }) = (from.place(), to.place())
    else {
        return Step::Leads;
    };
    // Issues move between repositories, and discussions might; then the redirect leads into another one.
    let can_move =
        below.len() > 1 && matches!(below.first().map(String::as_str), Some("issues" | "discussions"));
    if below == target && !can_move { Step::Teaches(Fact::Id(id)) } else { Step::NeedsProof { id } }
}

/// A `Link` from a good answer at `from` to `to`.
pub(crate) fn linked(from: &RestPath, to: &RestPath) -> Step {
    match (from.place(), to.place()) {
        // The answer came without a redirect, so it is about the named repository.
        (Place::Named { below, .. }, Place::Numbered { id, below: target }) if below == target => {
            Step::Teaches(Fact::Id(id))
        }
        _ => Step::Leads,
    }
}

#[derive(Deserialize)]
struct Repository {
    id: u64,
    full_name: String,
}

/// The id and the name in the answer to a request of a repository itself.
pub(crate) fn described(body: &[u8]) -> Option<(u64, String)> {
    let repository: Repository = serde_json::from_slice(body).ok()?;
    let (owner, name) = repository.full_name.split_once('/')?;
    let plausible = super::is_owner(owner) && super::is_repository(name);
    plausible.then(|| (repository.id, repository.full_name.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::{Fact, Step, described, linked, redirected};
    use crate::grants::rest::RestPath;

    fn path(text: &str) -> RestPath {
        RestPath::parse(text).unwrap()
    }

    #[test]
    fn a_rename_teaches_the_id() {
        for below in ["", "/pulls", "/pulls/7/reviews", "/issues", "/commits/abc/check-runs"] {
            let (from, to) =
                (path(&format!("/repos/o/old{below}")), path(&format!("/repositories/7{below}")));
            assert_eq!(redirected(&from, &to), Step::Teaches(Fact::Id(7)), "{below}");
        }
    }

    #[test]
    fn a_transferred_issue_teaches_nothing_by_itself() {
        for (from, to) in [
            ("/issues/5", "/issues/9"),
            ("/issues/5", "/issues/5"),
            ("/issues/5/comments", "/issues/5/comments"),
        ] {
            let (from, to) = (path(&format!("/repos/o/r{from}")), path(&format!("/repositories/8{to}")));
            assert_eq!(redirected(&from, &to), Step::NeedsProof { id: 8 });
        }
    }

    #[test]
    fn a_redirect_elsewhere_leads_elsewhere() {
        for to in ["/repos/other/r", "/user", "/orgs/o/repos"] {
            assert_eq!(redirected(&path("/repos/o/r"), &path(to)), Step::Leads, "{to}");
        }
        assert_eq!(redirected(&path("/repositories/7"), &path("/repositories/8")), Step::Leads);
    }

    #[test]
    fn a_link_to_the_same_list_teaches_the_id() {
        assert_eq!(
            linked(&path("/repos/o/r/pulls"), &path("/repositories/7/pulls")),
            Step::Teaches(Fact::Id(7))
        );
        assert_eq!(linked(&path("/repos/o/r/pulls"), &path("/repositories/7/issues")), Step::Leads);
        assert_eq!(linked(&path("/repositories/6/pulls"), &path("/repositories/7/pulls")), Step::Leads);
    }

    #[test]
    fn a_repository_describes_itself() {
        let body = br#"{"id": 12, "full_name": "O/New.Name", "private": true}"#;
        assert_eq!(described(body), Some((12, "o/new.name".to_owned())));
        for odd in
            [&b"[]"[..], b"{}", b"{\"id\":-1,\"full_name\":\"a/b\"}", b"{\"id\":1,\"full_name\":\"a/..\"}"]
        {
            assert_eq!(described(odd), None);
        }
    }
}
