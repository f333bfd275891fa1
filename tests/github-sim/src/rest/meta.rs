//! Accounts, repositories and the root.

use serde_json::json;

use super::shapes;
use super::{Ask, Reply};
use crate::limits::OwnerKind;
use crate::limits::refusal::Refusal;
use crate::model::{Account, AccountKind, Repository, Time};

pub(super) fn root(ask: &Ask<'_>) -> Reply {
    let root = ask.root;
    Reply::json(&json!({
        "current_user_url": format!("{root}/user"),
        "rate_limit_url": format!("{root}/rate_limit"),
        "repository_url": format!("{root}/repos/{{owner}}/{{repo}}"),
        "user_url": format!("{root}/users/{{user}}"),
    }))
}

pub(super) fn meta() -> Reply {
    Reply::json(&json!({"verifiable_password_authentication": false}))
}

/// `/user`: the credential's owner. Anonymous: 401; an installation: 403.
pub(super) fn user(ask: &Ask<'_>) -> Reply {
    let docs = "https://docs.github.com/rest/users/users#get-the-authenticated-user";
    match ask.owner.kind {
        OwnerKind::Address => Reply::Refused(Refusal::message(401, "Requires authentication", docs)),
        OwnerKind::Installation => {
            Reply::Refused(Refusal::message(403, "Resource not accessible by integration", docs))
        }
        OwnerKind::User => {
            let created_at = ask.world.now.minus(1_000 * 86_400);
            let owner = Account::new(ask.owner.id, &ask.owner.login, AccountKind::User, None, created_at);
            Reply::json(&shapes::public_user(&owner, ask.world.now))
        }
    }
}

pub(super) fn account(ask: &Ask<'_>, login: &str) -> Reply {
    // `dependabot[bot]` may come percent-encoded.
    let login = login.replace("%5B", "[").replace("%5D", "]").replace("%5b", "[").replace("%5d", "]");
    match ask.world.account(&login) {
        Some(account) => Reply::json(&shapes::public_user(account, ask.world.now)),
        None => Reply::not_found(),
    }
}

pub(super) fn repository(ask: &Ask<'_>, repository: &Repository) -> Reply {
    Reply::json(&shapes::full_repository(repository, ask.owner.kind != OwnerKind::Address))
}

/// The body of `/rate_limit`.
pub(crate) fn rate_limit(
    views: &std::collections::BTreeMap<&'static str, crate::limits::WindowView>,
    _now: Time,
) -> serde_json::Value {
    let one = |view: &crate::limits::WindowView, name: &str| json!({"limit": view.limit, "used": view.used, "remaining": view.remaining, "reset": view.reset, "resource": name});
    let resources: serde_json::Map<String, serde_json::Value> =
        views.iter().map(|(name, view)| ((*name).to_owned(), one(view, name))).collect();
    let rate = views.get("core").map(|view| one(view, "core"));
    json!({"resources": resources, "rate": rate})
}
