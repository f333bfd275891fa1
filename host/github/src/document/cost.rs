//! What a query will cost, told before it is sent.
//!
//! GitHub's rule: add up the requests needed to fulfil each connection, as if each reached its `first` or `last`; divide
//! by 100, round, at least 1.

use std::collections::HashMap;

use apollo_compiler::Name;
use apollo_compiler::ast::{Field, Selection};

use super::{Argument, Document};

/// What a connection is taken for whose size can't be read: the most that GitHub allows.
const UNKNOWN_SIZE: u64 = 100;
/// No sensible query costs more; a larger reservation would wait for a window that never comes.
const MOST_POINTS: u64 = 1_000;

impl Document {
    /// The points that the query will cost of the `graphql` quota, as far as its text tells.
    pub(crate) fn cost(&self) -> u32 {
        let mut fragments = HashMap::new();
        let requests = self.requests(self.root(), &mut fragments);
        let points = (requests.saturating_add(50) / 100).clamp(1, MOST_POINTS);
        u32::try_from(points).unwrap_or(u32::MAX)
    }

    /// The requests that the connections below one object need. Fragments are counted once and remembered: spreading
    /// one twice in each of many would take for ever otherwise. (`parse` has refused circles.)
    fn requests(&self, selections: &[Selection], fragments: &mut HashMap<Name, u64>) -> u64 {
        let mut sum = 0_u64;
        for selection in selections {
            let requests = match selection {
                Selection::Field(field) => {
                    let below = self.requests(&field.selection_set, fragments);
                    match self.size(field) {
                        Some(size) => below.saturating_mul(size).saturating_add(1),
                        None => below,
                    }
                }
                Selection::InlineFragment(inline) => self.requests(&inline.selection_set, fragments),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.fragment_name;
                    match (fragments.get(name), self.fragment(name)) {
                        (Some(known), _) => *known,
                        (None, Some(fragment)) => {
                            let requests = self.requests(&fragment.selection_set, fragments);
                            fragments.insert(name.clone(), requests);
                            requests
                        }
                        (None, None) => 0,
                    }
                }
            };
            sum = sum.saturating_add(requests);
        }
        sum
    }

    /// How many a connection asks for; `None` for what is no connection.
    fn size(&self, field: &Field) -> Option<u64> {
        let name = ["first", "last"]
            .into_iter()
            .find(|name| field.arguments.iter().any(|other| other.name == *name))?;
        match self.argument(field, name) {
            Argument::Number(size) => Some(size.min(UNKNOWN_SIZE)),
            _ => Some(UNKNOWN_SIZE),
        }
    }
}
