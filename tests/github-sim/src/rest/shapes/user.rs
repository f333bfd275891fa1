//! Accounts.

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::model::{Account, AccountKind, Author, Time};

/// `ghost`, as which REST shows deleted accounts where its description allows no null.
const GHOST: u64 = 10_137;

fn simple_value(account: &Account) -> Value {
    // A bot's login is percent-encoded in URLs.
    let name = account.login.replace('[', "%5B").replace(']', "%5D");
    let url = format!("https://api.github.com/users/{name}");
    json!({
        "login": account.login,
        "id": account.id,
        "node_id": account.node_id(),
        "avatar_url": format!("https://avatars.githubusercontent.com/u/{}?v=4", account.id),
        "gravatar_id": "",
        "url": url,
        "html_url": account.html_url(),
        "followers_url": format!("{url}/followers"),
        "following_url": format!("{url}/following{{/other_user}}"),
        "gists_url": format!("{url}/gists{{/gist_id}}"),
        "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{url}/subscriptions"),
        "organizations_url": format!("{url}/orgs"),
        "repos_url": format!("{url}/repos"),
        "events_url": format!("{url}/events{{/privacy}}"),
        "received_events_url": format!("{url}/received_events"),
        "type": account.type_name(),
        "user_view_type": "public",
        "site_admin": false,
    })
}

fn raw(value: &Value) -> Box<RawValue> {
    // A `Value` always serialises.
    to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// `simple-user`.
pub(super) fn simple(account: &Account) -> &RawValue {
    account.simple_json.get_or_init(|| raw(&simple_value(account)))
}

/// `nullable-simple-user`: some deleted accounts are null, some are `ghost`. `id` is that of what they left behind.
pub(super) fn nullable(author: &Author, id: u64) -> Option<&RawValue> {
    match author {
        Some(account) => Some(simple(account)),
        None if id.is_multiple_of(2) => None,
        None => Some(ghost()),
    }
}

/// `simple-user` where null is not allowed.
pub(super) fn never_null(author: &Author) -> &RawValue {
    match author {
        Some(account) => simple(account),
        None => ghost(),
    }
}

fn ghost() -> &'static RawValue {
    static JSON: std::sync::OnceLock<Box<RawValue>> = std::sync::OnceLock::new();
    JSON.get_or_init(|| raw(&simple_value(&Account::new(GHOST, "ghost", AccountKind::User, None, Time(0)))))
}

/// `public-user`.
pub(in crate::rest) fn public_user(account: &Account, now: Time) -> Value {
    let mut user = simple_value(account);
    let more = json!({
        "name": account.name,
        "company": null,
        "blog": "",
        "location": null,
        "email": null,
        "hireable": null,
        "bio": null,
        "twitter_username": null,
        "public_repos": account.id % 90,
        "public_gists": account.id % 7,
        "followers": account.id % 311,
        "following": account.id % 53,
        "created_at": account.created_at,
        "updated_at": now.minus(account.id % 3_000_000),
    });
    if let (Value::Object(user), Value::Object(more)) = (&mut user, more) {
        user.extend(more);
    }
    user
}
