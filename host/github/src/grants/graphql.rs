//! GraphQL queries: which repositories they ask for, and whether they stay there.
//!
//! The root may be asked for granted repositories and for the cost of the query. From a repository, fields lead to
//! other repositories, to everything that a user did elsewhere, to organisations. The check knows no types, so it goes
//! by names and denies by default: [`fields`] lists what may be entered and how far.

mod fields;

use std::collections::HashSet;

use apollo_compiler::Name;
use apollo_compiler::ast::{Field, Selection};

use super::Grants;
use super::learnt::Learnt;
use crate::document::{Argument, Document};
use crate::error::Error;
use fields::Room;

/// The repositories that the query asks for, `owner/name` in lower case, or why it may not be sent.
pub(crate) fn check(document: &Document, grants: &Grants, learnt: &Learnt) -> Result<Vec<String>, Error> {
    let mut check = Check { document, grants, learnt, repositories: Vec::new(), seen: HashSet::new() };
    check.root(document.root())?;
    Ok(check.repositories)
}

struct Check<'a> {
    document: &'a Document,
    grants: &'a Grants,
    learnt: &'a Learnt,
    repositories: Vec<String>,
    /// Fragments that have been looked at, and in which room: one look at each is enough.
    seen: HashSet<(Option<Room>, Name)>,
}

impl Check<'_> {
    fn root(&mut self, selections: &[Selection]) -> Result<(), Error> {
        for selection in selections {
            match selection {
                Selection::InlineFragment(inline) => self.root(&inline.selection_set)?,
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragment(&spread.fragment_name)
                        && self.seen.insert((None, spread.fragment_name.clone()))
                    {
                        self.root(&fragment.selection_set)?;
                    }
                }
                Selection::Field(field) => match field.name.as_str() {
                    "__typename" => {}
                    "rateLimit" => self.inside(&field.selection_set, Room::Quota)?,
                    "repository" => {
                        let repository = self.repository(field)?;
                        if !self.repositories.contains(&repository) {
                            self.repositories.push(repository);
                        }
                        self.inside(&field.selection_set, Room::Repository)?;
                    }
                    other => {
                        return Err(Error::NotGranted(format!(
                            "`{other}` at the root of a query; grants open `repository(owner:, name:)` and `rateLimit`"
                        )));
                    }
                },
            }
        }
        Ok(())
    }

    fn repository(&self, field: &Field) -> Result<String, Error> {
        let text = |name: &str| match self.document.argument(field, name) {
            Argument::Text(text) => Ok(text),
            _ => Err(Error::Malformed(format!("`repository` needs a string for `{name}`"))),
        };
        let (owner, name) = (text("owner")?, text("name")?);
        let granted = self.grants.cover(&owner, &name) || self.learnt.has_name(&owner, &name);
        if !granted {
            let (owner, name) = (super::shown(&owner), super::shown(&name));
            return Err(Error::NotGranted(format!(
                "the query's `repository` needs the grant `{owner}/{name}` (under `read`)"
            )));
        }
        Ok(format!("{owner}/{name}").to_ascii_lowercase())
    }

    fn inside(&mut self, selections: &[Selection], room: Room) -> Result<(), Error> {
        for selection in selections {
            match selection {
                Selection::InlineFragment(inline) => self.inside(&inline.selection_set, room)?,
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragment(&spread.fragment_name)
                        && self.seen.insert((Some(room), spread.fragment_name.clone()))
                    {
                        self.inside(&fragment.selection_set, room)?;
                    }
                }
                Selection::Field(field) if field.selection_set.is_empty() => {
                    if !room.shows(&field.name) {
                        return Err(refused(field, room));
                    }
                }
                Selection::Field(field) => {
                    let next = room.leads(&field.name).ok_or_else(|| refused(field, room))?;
                    // `repository(name:)` of an owner is any repository of theirs.
                    if field.name == "repository" && !field.arguments.is_empty() {
                        return Err(refused(field, room));
                    }
                    self.inside(&field.selection_set, next)?;
                }
            }
        }
        Ok(())
    }
}

fn refused(field: &Field, room: Room) -> Error {
    let why = match room {
        Room::Repository | Room::Events => "may lead out of the granted repository",
        Room::Person => "is more than who somebody is",
        Room::Names => "is more than names and ids of something outside the granted repository",
        Room::Quota => "is no part of `rateLimit`",
    };
    Error::NotGranted(format!("the field `{}` {why}, which no grant opens", field.name))
}

#[cfg(test)]
mod tests;
