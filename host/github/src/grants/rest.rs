//! REST paths: taken apart, checked against the grants, and put together again.
//!
//! What is sent is always built anew from the decoded parts, so there is no second reading of a path that could differ
//! from the one that was checked.

mod below;
mod path;

pub(crate) use path::RestPath;

use super::Grants;
use super::learnt::Learnt;

/// Whose resource a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// `/repos/{owner}/{name}` and below.
    Named { owner: &'a str, name: &'a str, below: &'a [String] },
    /// `/repositories/{id}` and below: where GitHub's own links and redirects lead to.
    Numbered { id: u64, below: &'a [String] },
    /// Anything else.
    Elsewhere,
}

/// Why a path may not be read; the text says what would allow it.
pub(crate) fn check(path: &RestPath, grants: &Grants, learnt: &Learnt) -> Result<(), String> {
    match path.place() {
        Place::Named { owner, name, below } => {
            if !grants.cover(owner, name) && !learnt.has_name(owner, name) {
                let (owner, name) = (super::shown(owner), super::shown(name));
                return Err(format!(
                    "`{path}` needs the grant `{owner}/{name}` (under `read`)",
                    path = super::shown(&path.to_string())
                ));
            }
            below::check(below)
        }
        Place::Numbered { id, below } => {
            if !learnt.has_id(id) {
                return Err(format!(
                    "`/repositories/{id}` is not known to be a granted repository: ask by `/repos/owner/name`"
                ));
            }
            below::check(below)
        }
        Place::Elsewhere => Err(format!(
            "`{path}` is not below a granted repository; grants open `/repos/owner/name` and what is below it",
            path = super::shown(&path.to_string())
        )),
    }
}

#[cfg(test)]
mod tests;
