//! The GraphQL API: one door, [`handle`]. Authentication, windows and points are the server's, around it.

use crate::config::Config;
use crate::limits::WindowView;
use crate::model::{Repository, World};

/// Who asks, as far as an answer depends on it.
pub(crate) struct Viewer<'a> {
    /// The login of the token's owner (an installation has none).
    pub login: &'a str,
    /// What the token may see.
    pub access: &'a crate::limits::Access,
}

impl Viewer<'_> {
    /// What GraphQL must say of this repository.
    pub(crate) fn sight(&self, repository: &Repository) -> crate::limits::Sight {
        self.access.sight(repository)
    }
}

/// One question, with all that an answer may depend on.
pub(crate) struct Question<'a> {
    /// The data, at one moment.
    pub world: &'a World,
    /// Who asks.
    pub viewer: Viewer<'a>,
    /// The owner's `graphql` window before this query is charged (for the field `rateLimit`:
    /// remaining after it = `remaining - cost`).
    pub window: WindowView,
    /// The configuration (`graphql_timeout_nodes`, ...).
    pub config: &'a Config,
    /// The request's body, unchecked.
    pub body: &'a [u8],
}

/// The answer; the server adds the headers and charges `cost` points.
pub(crate) struct GraphqlReply {
    /// 200 for nearly everything; 400 for a body that is no JSON; 502 for a query that took too long.
    pub status: u16,
    /// JSON (HTML for a 502).
    pub body: Vec<u8>,
    /// Points, at least 1.
    pub cost: u32,
}

/// Answers one query.
pub(crate) fn handle(_question: &Question<'_>) -> GraphqlReply {
    GraphqlReply { status: 200, body: br#"{"errors":[{"message":"not built yet"}]}"#.to_vec(), cost: 1 }
}
