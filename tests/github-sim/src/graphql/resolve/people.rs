//! Accounts, teams, apps, and authors as Git knows them.

use super::{Asked, Out, Planned, Thing, name};
use crate::model::{Account, App, GitActor, Repository, Team, Time, node_id};

pub(super) fn account<'w>(account: &'w Account, planned: &Planned<'_>, asked: &Asked<'w>) -> Out<'w> {
    match name(planned) {
        "avatarUrl" => format!("https://avatars.githubusercontent.com/u/{}?v=4", account.id).into(),
        "createdAt" | "updatedAt" => account.created_at.into(),
        "databaseId" => Out::small_id(account.id),
        "description" => Out::Null,
        "id" => account.node_id().into(),
        "isViewer" => (account.login == asked.viewer.login).into(),
        // Without the suffix `[bot]`, which only REST has.
        "login" => account.graphql_login().into(),
        "name" => account.name.as_ref().into(),
        "resourcePath" => account.html_url().trim_start_matches("https://github.com").to_owned().into(),
        "url" => account.html_url().into(),
        _ => Out::Unserved,
    }
}

/// The viewer, of whom no more than the login is known.
pub(super) fn viewer<'w>(login: &'w str, planned: &Planned<'_>) -> Out<'w> {
    match name(planned) {
        "avatarUrl" => format!("https://github.com/{login}.png").into(),
        "createdAt" | "updatedAt" => Time(1_300_000_000).into(),
        "databaseId" | "name" => Out::Null,
        "id" => format!("U_{login}").into(),
        "isViewer" => true.into(),
        "login" => login.into(),
        "resourcePath" => format!("/{login}").into(),
        "url" => format!("https://github.com/{login}").into(),
        _ => Out::Unserved,
    }
}

pub(super) fn team<'w>(repository: &'w Repository, team: &'w Team, planned: &Planned<'_>) -> Out<'w> {
    let organization = &repository.owner;
    let path = || format!("/orgs/{}/teams/{}", organization.login, team.slug);
    match name(planned) {
        "avatarUrl" | "description" => Out::Null,
        "combinedSlug" => format!("{}/{}", organization.login, team.slug).into(),
        "createdAt" | "updatedAt" => organization.created_at.into(),
        "databaseId" => Out::small_id(team.id),
        "id" => team.node_id().into(),
        "name" => (&team.name).into(),
        "organization" => Out::One(Thing::Account(organization)),
        "resourcePath" => path().into(),
        "slug" => (&team.slug).into(),
        "url" => format!("https://github.com{}", path()).into(),
        _ => Out::Unserved,
    }
}

pub(super) fn app<'w>(app: App, planned: &Planned<'_>) -> Out<'w> {
    match name(planned) {
        "createdAt" | "updatedAt" => Time(1_530_000_000).into(),
        "databaseId" => Out::small_id(app.id()),
        "description" => Out::Null,
        "id" => node_id("A", app.id()).into(),
        "logoUrl" => format!("https://avatars.githubusercontent.com/in/{}?v=4", app.id()).into(),
        "name" => app.name().into(),
        "slug" => app.slug().into(),
        "url" => format!("https://github.com/apps/{}", app.slug()).into(),
        _ => Out::Unserved,
    }
}

pub(super) fn git_actor<'w>(actor: &'w GitActor, planned: &Planned<'_>) -> Out<'w> {
    // A bot's account is not told: `user` is a `User`.
    let user = actor.account.as_deref().filter(|account| account.is_user());
    match name(planned) {
        "avatarUrl" => match user {
            Some(user) => format!("https://avatars.githubusercontent.com/u/{}?v=4", user.id).into(),
            None => "https://avatars.githubusercontent.com/ghost?v=4".into(),
        },
        "date" => local_time(actor).into(),
        "email" => (&actor.email).into(),
        "name" => (&actor.name).into(),
        "user" => Out::account(user),
        _ => Out::Unserved,
    }
}

/// A `GitTimestamp` is not converted to UTC, unlike `authoredDate`: some authors live two hours east of it.
fn local_time(actor: &GitActor) -> String {
    if actor.name.len().is_multiple_of(2) {
        return actor.date.to_string();
    }
    format!("{}+02:00", actor.date.plus(7_200).to_string().trim_end_matches('Z'))
}
