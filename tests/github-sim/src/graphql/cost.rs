//! What a query costs, by GitHub's published rule (docs: "Rate limits and query limits for the GraphQL API").
//!
//! Each connection is asked for once for every node that its parents can give; a hundred of these requests are one point.
//! Nodes are counted as if every list were full.

use super::plan::Planned;

/// The most nodes that one query may ask for.
pub(super) const NODE_LIMIT: u64 = 500_000;

/// What a query can cost at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cost {
    /// Requests needed to fill each connection.
    pub requests: u64,
    /// Nodes in all lists.
    pub nodes: u64,
}

impl Cost {
    /// The cost of these fields.
    pub(super) fn of(fields: &[Planned<'_>]) -> Self {
        below(fields, 1)
    }

    /// Points: a hundred requests each, rounded, at least one.
    pub(super) fn points(self) -> u32 {
        u32::try_from(self.requests.saturating_add(50) / 100).unwrap_or(u32::MAX).max(1)
    }

    fn plus(self, other: Self) -> Self {
        Self {
            requests: self.requests.saturating_add(other.requests),
            nodes: self.nodes.saturating_add(other.nodes),
        }
    }
}

fn below(fields: &[Planned<'_>], times: u64) -> Cost {
    fields.iter().map(|field| one(field, times)).fold(Cost::default(), Cost::plus)
}

fn one(field: &Planned<'_>, times: u64) -> Cost {
    let (mut cost, mut times_below) = (Cost::default(), times);
    if field.is_connection() {
        let size = field.arguments.integer("first").or(field.arguments.integer("last")).unwrap_or(0);
        let size = u64::try_from(size).unwrap_or(0);
        cost.requests = times;
        if field.asks_for_items() {
            cost.nodes = times.saturating_mul(size);
            times_below = cost.nodes;
        }
    } else if let Some(ids) = field.arguments.texts("ids") {
        cost.nodes = times.saturating_mul(ids.len() as u64);
        times_below = cost.nodes;
    }
    // A value has one of the concrete types: the dearest counts.
    let types = field.below.iter().map(|(_, fields)| below(fields, times_below));
    let dearest =
        types.reduce(|a, b| Cost { requests: a.requests.max(b.requests), nodes: a.nodes.max(b.nodes) });
    cost.plus(dearest.unwrap_or_default())
}
