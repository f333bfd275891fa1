//! The JSON objects of the REST API, with every field that GitHub's OpenAPI description requires.
//!
//! What stands hundreds of times in one answer (accounts, the repository) is rendered once and pasted in. URLs are
//! those of github.com, whatever the simulator's address: so a body, and with it its validator, survives a restart.

mod check;
mod commit;
mod discussion;
mod pull;
mod repository;
mod user;

pub(super) use check::check_run;
pub(super) use commit::{commit, file, full_commit};
pub(super) use discussion::{issue_comment, legacy_review_comment, review, review_comment};
pub(super) use pull::{full_pull, simple_pull};
pub(super) use repository::full_repository;
pub(super) use user::public_user;

use serde::Serialize;

use crate::model::Repository;

/// A link object.
#[derive(Debug, Serialize)]
struct Href {
    href: String,
}

fn href(href: String) -> Href {
    Href { href }
}

/// `https://api.github.com/repos/owner/name`.
fn api(repository: &Repository) -> String {
    format!("https://api.github.com/repos/{}", repository.full_name())
}

/// `https://github.com/owner/name`.
fn html(repository: &Repository) -> String {
    format!("https://github.com/{}", repository.full_name())
}
