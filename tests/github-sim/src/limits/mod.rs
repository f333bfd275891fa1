//! Who may ask how much: tokens and their owners, windows, secondary limits. Pure: time is an argument, and what
//! comes back says what to answer; the words of the answers are in [`refusal`].

mod access;
mod owner;
pub(crate) mod refusal;
mod secondary;
mod window;

pub use access::Access;
pub(crate) use access::Sight;
pub(crate) use owner::{Admission, Credentials, Owner, OwnerKind, Presented};
pub use secondary::{RetryAfter, SecondaryBody, SecondaryForm, SecondaryRules};
pub(crate) use window::{Window, WindowView};

/// GitHub's name of the bucket that a path is counted in.
pub(crate) fn resource_of(path: &str) -> &'static str {
    match path {
        "/graphql" => "graphql",
        _ if path.starts_with("/search/code") => "code_search",
        _ if path.starts_with("/search/") => "search",
        _ => "core",
    }
}
