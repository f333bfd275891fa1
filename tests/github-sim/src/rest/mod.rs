//! The REST API: paths to answers. Who may ask is decided before; here the world is read and rendered.

mod commits;
mod link;
pub(crate) mod meta;
mod pulls;
mod query;
mod shapes;

use std::sync::Arc;

use crate::limits::refusal::Refusal;
use crate::limits::{Access, Owner, Sight};
use crate::model::{Repository, World};
pub(crate) use query::Query;

/// One GET, as far as an answer depends on it.
pub(crate) struct Ask<'a> {
    pub world: &'a World,
    /// What the credential sees.
    pub access: &'a Access,
    /// The root of the API as the client knows it, for `Link` and `Location`: `http://127.0.0.1:1234`.
    pub root: &'a str,
    /// The path below the root.
    pub path: &'a str,
    pub query: Query<'a>,
    /// Whose credential it is.
    pub owner: &'a Viewer,
}

/// The owner of the credential, as answers show it.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    pub id: u64,
    pub login: String,
    pub kind: crate::limits::OwnerKind,
}

impl Viewer {
    pub(crate) fn of(owner: &Owner) -> Self {
        Self { id: owner.id, login: owner.login.clone(), kind: owner.kind }
    }
}

/// What is answered.
#[derive(Debug)]
pub(crate) enum Reply {
    /// 200 with a body and perhaps a `Link`.
    Found { body: Vec<u8>, link: Option<String> },
    /// 301 to another path of this API.
    Moved(String),
    /// Anything else.
    Refused(Refusal),
}

impl Reply {
    /// 200 with this.
    fn json(value: &impl serde::Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::Found { body, link: None },
            Err(error) => Self::Refused(Refusal::message(500, &error.to_string(), "")),
        }
    }

    fn not_found() -> Self {
        Self::Refused(Refusal::not_found())
    }
}

/// Answers a GET. `/rate_limit` is not here: it needs the windows.
pub(crate) fn answer(ask: &Ask<'_>) -> Reply {
    let segments: Vec<&str> = ask.path.trim_matches('/').split('/').collect();
    match segments.as_slice() {
        [""] => meta::root(ask),
        ["user"] => meta::user(ask),
        ["users", login] => meta::account(ask, login),
        ["meta"] => meta::meta(),
        ["repos", owner, name, rest @ ..] => {
            let full_name = format!("{owner}/{name}");
            if let Some(repository) = ask.world.repository(&full_name) {
                return in_repository(ask, repository, rest);
            }
            match ask.world.renamed_repository(&full_name) {
                Some(moved) if ask.access.sight(moved) != Sight::Hidden => redirect(ask, moved, rest),
                _ => Reply::not_found(),
            }
        }
        ["repositories", id, rest @ ..] => {
            match id.parse().ok().and_then(|id| ask.world.repository_by_id(id)) {
                Some(repository) => in_repository(ask, repository, rest),
                None => Reply::not_found(),
            }
        }
        _ => Reply::not_found(),
    }
}

/// A renamed repository: to its id, with the rest of the path and the query.
fn redirect(ask: &Ask<'_>, repository: &Repository, rest: &[&str]) -> Reply {
    let mut target = format!("{}/repositories/{}", ask.root, repository.id);
    for segment in rest {
        target.push('/');
        target.push_str(segment);
    }
    let query = ask.query.raw();
    if !query.is_empty() {
        target.push('?');
        target.push_str(query);
    }
    Reply::Moved(target)
}

fn in_repository(ask: &Ask<'_>, repository: &Arc<Repository>, rest: &[&str]) -> Reply {
    let sight = ask.access.sight(repository);
    match sight {
        Sight::Hidden => return Reply::not_found(),
        Sight::SsoRequired => return Reply::Refused(Refusal::sso(&repository.owner.login)),
        Sight::MetadataOnly if !rest.is_empty() => {
            return Reply::Refused(Refusal::not_accessible(ask.owner.kind));
        }
        Sight::MetadataOnly | Sight::Full => {}
    }
    match rest {
        [] => meta::repository(ask, repository),
        ["pulls"] => pulls::list(ask, repository),
        ["pulls", "comments"] => pulls::all_review_comments(ask, repository),
        ["issues", "comments"] => pulls::all_comments(ask, repository),
        ["pulls", number, rest @ ..] => match find(repository, number) {
            Some(pull) => pulls::one(ask, repository, pull, rest),
            None => Reply::not_found(),
        },
        ["issues", number, "comments"] => match find(repository, number) {
            Some(pull) => pulls::comments(ask, repository, pull),
            None => Reply::not_found(),
        },
        ["commits", ..] if repository.empty => {
            let docs = "https://docs.github.com/rest/commits/commits#get-a-commit";
            Reply::Refused(Refusal::message(409, "Git Repository is empty.", docs))
        }
        ["commits", reference, rest @ ..] => commits::one(ask, repository, reference, rest),
        _ => Reply::not_found(),
    }
}

fn find<'a>(repository: &'a Repository, number: &str) -> Option<&'a crate::model::PullRequest> {
    repository.pull(number.parse().ok()?).map(Arc::as_ref)
}
