//! What a request is signed with, and where it is read from.
//!
//! A token is a secret from the moment it is read: nothing here prints it. What is shown is its type's prefix and its
//! last four characters.

mod load;
mod mask;

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

pub use load::{CredentialError, Loaded, Origin, Sources, load_credentials};

/// Names a credential without giving it away: the first 8 bytes of its SHA-256, all zero for anonymous access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CredentialId([u8; 8]);

impl fmt::Display for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl Serialize for CredentialId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What kind of credential it is; told by the token's prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A token that belongs to a user: a personal access token, or an OAuth or app-user token.
    User,
    /// A GitHub App installation's token (`ghs_`), such as the one of Actions.
    Installation,
    /// No token: GitHub counts the requests of this IP address.
    Anonymous,
}

/// One token, or none (anonymous). Cheap to clone; `Debug` and `Display` show the mask only.
#[derive(Clone)]
pub struct Credential(Arc<Inner>);

struct Inner {
    id: CredentialId,
    kind: Kind,
    mask: String,
    token: Option<SecretString>,
}

impl Credential {
    /// Anonymous access: no `Authorization` header, 60 requests an hour for each IP address.
    pub fn anonymous() -> Self {
        let (id, mask) = (CredentialId([0; 8]), "anonymous".to_owned());
        Self(Arc::new(Inner { id, kind: Kind::Anonymous, mask, token: None }))
    }

    /// A credential of `token`, which must be visible ASCII.
    ///
    /// # Errors
    /// [`BadToken`] if the token is empty or could not stand in a header. The error does not repeat it.
    pub fn token(token: SecretString) -> Result<Self, BadToken> {
        let text = token.expose_secret();
        if text.is_empty() {
            return Err(BadToken::Empty);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(BadToken::NotVisibleAscii);
        }
        let mut id = [0; 8];
        id.copy_from_slice(&Sha256::digest(text.as_bytes())[..8]);
        let kind = if text.starts_with("ghs_") { Kind::Installation } else { Kind::User };
        Ok(Self(Arc::new(Inner { id: CredentialId(id), kind, mask: mask::mask(text), token: Some(token) })))
    }

    /// The name that the pool, skips and learnt facts go by.
    pub fn id(&self) -> CredentialId {
        self.0.id
    }

    /// What kind of credential it is.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What may be shown: `ghp_…abcd`, `…` if the token is too short to show any of it, or `anonymous`.
    pub fn masked(&self) -> &str {
        &self.0.mask
    }

    /// Whether requests go out without a token.
    pub fn is_anonymous(&self) -> bool {
        self.0.kind == Kind::Anonymous
    }

    /// The value of the `Authorization` header; `None` for anonymous access.
    ///
    /// The prefix is always `Bearer`: GitHub's ETags cover this header's value.
    pub(crate) fn authorization(&self) -> Option<SecretString> {
        let token = self.0.token.as_ref()?;
        Some(SecretString::from(format!("Bearer {}", token.expose_secret())))
    }
}

/// Why a token can't be used. Never holds the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// Nothing there.
    #[error("the token is empty")]
    Empty,
    /// Spaces, control characters or other bytes that can't stand in an `Authorization` header.
    #[error("the token holds a character that no token has (a space, a control or a non-ASCII character)")]
    NotVisibleAscii,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Credential").field(&self.0.mask).finish()
    }
}

impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.mask)
    }
}

#[cfg(test)]
mod tests {
    use super::{BadToken, Credential, Kind};
    use secrecy::{ExposeSecret, SecretString};

    fn token(text: &str) -> Result<Credential, BadToken> {
        Credential::token(SecretString::from(text))
    }

    #[test]
    fn a_token_is_never_shown() {
        let secret = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
        let credential = token(secret).unwrap();
        let shown = format!("{credential} {credential:?} {:?} {}", credential.id(), credential.id());
        assert!(shown.contains("ghp_…2345"), "{shown}");
        assert!(!shown.contains("6789abcdef"), "{shown}");
    }

    #[test]
    fn the_authorization_header_is_a_bearer_token() {
        let credential = token("ghp_0123456789abcdefghijABCDEFGHIJ012345").unwrap();
        let header = credential.authorization().unwrap();
        assert_eq!(header.expose_secret(), "Bearer ghp_0123456789abcdefghijABCDEFGHIJ012345");
        assert!(Credential::anonymous().authorization().is_none());
    }

    #[test]
    fn the_prefix_tells_an_installation_from_a_user() {
        assert_eq!(token("ghs_0123456789abcdefghij").unwrap().kind(), Kind::Installation);
        assert_eq!(token("github_pat_0123456789abcdefghij").unwrap().kind(), Kind::User);
        assert_eq!(token("0123456789abcdef0123456789abcdef01234567").unwrap().kind(), Kind::User);
    }

    #[test]
    fn what_cannot_stand_in_a_header_is_refused_without_being_repeated() {
        assert_eq!(token("").unwrap_err(), BadToken::Empty);
        for odd in ["ghp_with space", "ghp_new\nline", "ghp_nul\0", "ghp_\u{e9}", "ghp_tab\t"] {
            let error = token(odd).unwrap_err();
            assert_eq!(error, BadToken::NotVisibleAscii);
            assert!(!error.to_string().contains("ghp_"));
        }
    }
}
