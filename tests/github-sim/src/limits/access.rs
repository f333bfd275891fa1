//! What a token may see.

use std::collections::BTreeSet;

use crate::model::Repository;

/// What a token may see. Public repositories are seen by all, unless the organisation's SSO stands in the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// Sees all private repositories.
    pub all_private: bool,
    /// Private repositories it sees nevertheless (full names).
    pub repositories: BTreeSet<String>,
    /// Organisations whose SAML single sign-on it was not authorised for.
    pub sso_blocked: BTreeSet<String>,
    /// Repositories whose pull requests a fine-grained token lacks the permission for (full names).
    pub forbidden: BTreeSet<String>,
}

/// What a token sees of one repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Everything.
    Full,
    /// Not even that it exists: 404, GraphQL `NOT_FOUND`.
    Hidden,
    /// The organisation's SSO refuses this token: 403 with `X-GitHub-SSO`, GraphQL `FORBIDDEN` with
    /// `extensions.saml_failure: true`.
    SsoRequired,
    /// Its metadata, but not what needs a permission: 403 `Resource not accessible by personal access token`,
    /// GraphQL `FORBIDDEN` with the same message.
    MetadataOnly,
}

impl Access {
    /// What this token sees of a repository.
    pub(crate) fn sight(&self, repository: &Repository) -> Sight {
        let full_name = repository.full_name();
        if repository.private && !self.all_private && !self.repositories.contains(&full_name) {
            Sight::Hidden
        } else if self.sso_blocked.contains(&repository.owner.login) {
            Sight::SsoRequired
        } else if self.forbidden.contains(&full_name) {
            Sight::MetadataOnly
        } else {
            Sight::Full
        }
    }
}
