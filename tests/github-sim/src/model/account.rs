//! People, bots, organisations and teams.

use std::sync::{Arc, OnceLock};

use super::{Time, node_id};

/// Who did something. `None` is a deleted account: GraphQL says null, REST says null or `ghost`.
pub type Author = Option<Arc<Account>>;

/// What an account is; decides its GraphQL type and REST's `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    /// A person.
    User,
    /// A GitHub App's bot.
    Bot,
    /// An organisation (owners of repositories only).
    Organization,
}

/// One account.
#[derive(Debug)]
pub struct Account {
    /// Database id, the same in both APIs (below 2^31, as GitHub's still are).
    pub id: u64,
    /// REST's login: a bot's ends in `[bot]`.
    pub login: String,
    /// What it is.
    pub kind: AccountKind,
    /// The display name, if the account gave one.
    pub name: Option<String>,
    /// When it was created.
    pub created_at: Time,
    /// REST's `simple-user` object, rendered at its first use (it stands hundreds of times in one answer).
    pub(crate) simple_json: OnceLock<Box<serde_json::value::RawValue>>,
}

impl Account {
    /// A new account.
    pub fn new(
        id: u64,
        login: impl Into<String>,
        kind: AccountKind,
        name: Option<String>,
        created_at: Time,
    ) -> Self {
        Self { id, login: login.into(), kind, name, created_at, simple_json: OnceLock::new() }
    }

    /// GraphQL's login: a bot's is without the suffix `[bot]`.
    pub fn graphql_login(&self) -> &str {
        self.login.strip_suffix("[bot]").unwrap_or(&self.login)
    }

    /// REST's `type` and GraphQL's `__typename`.
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            AccountKind::User => "User",
            AccountKind::Bot => "Bot",
            AccountKind::Organization => "Organization",
        }
    }

    /// Whether a person stands behind it: GraphQL's `GitActor.user` knows these only.
    pub fn is_user(&self) -> bool {
        self.kind == AccountKind::User
    }

    /// The opaque global id.
    pub fn node_id(&self) -> String {
        let prefix = match self.kind {
            AccountKind::User => "U",
            AccountKind::Bot => "BOT",
            AccountKind::Organization => "O",
        };
        node_id(prefix, self.id)
    }

    /// Its page: `https://github.com/login`, for bots `https://github.com/apps/login`.
    pub fn html_url(&self) -> String {
        match self.kind {
            AccountKind::Bot => format!("https://github.com/apps/{}", self.graphql_login()),
            _ => format!("https://github.com/{}", self.login),
        }
    }
}

/// A team of the repository's organisation, which can be asked for a review.
#[derive(Debug)]
pub struct Team {
    /// Database id.
    pub id: u64,
    /// Display name.
    pub name: String,
    /// Name in URLs.
    pub slug: String,
}

impl Team {
    /// The opaque global id.
    pub fn node_id(&self) -> String {
        node_id("T", self.id)
    }
}
