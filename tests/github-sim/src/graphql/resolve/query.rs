//! The root: repositories by name, nodes by id, the viewer and the rate limit.

use super::{Asked, Out, Planned, Thing, name};
use crate::graphql::refusal::Failure;
use crate::graphql::thing::In;
use crate::limits::Sight;
use crate::model::{AccountKind, Repository, Time};

pub(super) fn query<'w>(planned: &Planned<'_>, asked: &Asked<'w>) -> Out<'w> {
    let arguments = &planned.arguments;
    let login = arguments.text("login").unwrap_or_default();
    match name(planned) {
        "id" => "Q_kwDO".into(),
        "relay" => Out::One(Thing::Query),
        "rateLimit" => Out::One(Thing::RateLimit),
        "viewer" => match asked.world.account(asked.viewer.login) {
            _ if asked.viewer.login.is_empty() => {
                Out::Failed(Failure::new("FORBIDDEN", "Resource not accessible by integration"))
            }
            Some(account) => Out::One(Thing::Account(account)),
            None => Out::One(Thing::Viewer(asked.viewer.login)),
        },
        "repository" => repository(planned, asked),
        "node" => node(arguments.text("id").unwrap_or_default(), asked),
        "nodes" => {
            let ids = arguments.texts("ids").unwrap_or_default();
            if ids.len() > 100 {
                let message =
                    format!("You may not provide more than 100 node ids; you provided {}.", ids.len());
                return Out::Failed(Failure::new("ARGUMENT_LIMIT", message));
            }
            Out::Many(ids.into_iter().map(|id| node(id, asked)).collect())
        }
        "user" => owner(login, "a User", asked, |kind| kind == AccountKind::User),
        "organization" => owner(login, "an Organization", asked, |kind| kind == AccountKind::Organization),
        "repositoryOwner" => match asked.world.account(login) {
            Some(account) if account.kind != AccountKind::Bot => Out::One(Thing::Account(account)),
            _ => Out::Null,
        },
        _ => Out::Unserved,
    }
}

pub(super) fn rate_limit<'w>(planned: &Planned<'_>, asked: &Asked<'w>) -> Out<'w> {
    let (window, cost) = (asked.window, asked.cost.points());
    let number = |number: u32| Out::Number(u64::from(number));
    match name(planned) {
        "cost" => number(cost),
        "limit" => number(window.limit),
        "nodeCount" => Out::Number(asked.cost.nodes),
        "remaining" => number(window.remaining.saturating_sub(cost)),
        "used" => number(window.used.saturating_add(cost)),
        "resetAt" => Time(window.reset).into(),
        _ => Out::Unserved,
    }
}

fn owner<'w>(login: &str, what: &str, asked: &Asked<'w>, is: impl Fn(AccountKind) -> bool) -> Out<'w> {
    match asked.world.account(login) {
        Some(account) if is(account.kind) => Out::One(Thing::Account(account)),
        _ => Out::Failed(Failure::not_found(format!(
            "Could not resolve to {what} with the login of '{login}'."
        ))),
    }
}

fn repository<'w>(planned: &Planned<'_>, asked: &Asked<'w>) -> Out<'w> {
    let part = |name| planned.arguments.text(name).unwrap_or_default();
    let full_name = format!("{}/{}", part("owner"), part("name"));
    let follows = planned.arguments.flag("followRenames") != Some(false);
    let renamed = || asked.world.renamed_repository(&full_name).filter(|_| follows);
    match asked.world.repository(&full_name).or_else(renamed) {
        Some(repository) => sight(repository, asked).unwrap_or_else(|| not_found(&full_name)),
        None => not_found(&full_name),
    }
}

fn not_found<'w>(full_name: &str) -> Out<'w> {
    Out::Failed(Failure::not_found(format!("Could not resolve to a Repository with the name '{full_name}'.")))
}

/// The repository as the viewer sees it; none if the viewer must not know of it.
fn sight<'w>(repository: &'w Repository, asked: &Asked<'w>) -> Option<Out<'w>> {
    match asked.viewer.sight(repository) {
        Sight::Hidden => None,
        Sight::SsoRequired => Some(Out::Failed(Failure::sso())),
        Sight::Full | Sight::MetadataOnly => Some(Out::One(Thing::Repository(repository))),
    }
}

/// A node by its global id: repositories, pull requests and what people wrote on them, and accounts.
fn node<'w>(id: &str, asked: &Asked<'w>) -> Out<'w> {
    let unknown = || {
        Out::Failed(Failure::not_found(format!("Could not resolve to a node with the global id of '{id}'")))
    };
    if let Some(account) = asked.world.accounts.iter().find(|account| account.node_id() == id) {
        return Out::One(Thing::Account(account));
    }
    for repository in &asked.world.repositories {
        let found = if repository.node_id() == id {
            Some(Thing::Repository(repository))
        } else {
            within(repository, id)
        };
        let Some(found) = found else { continue };
        return match (sight(repository, asked), asked.viewer.sight(repository), &found) {
            (None, ..) => unknown(),
            (Some(Out::One(_)), Sight::MetadataOnly, found) if !matches!(found, Thing::Repository(_)) => {
                Out::Failed(Failure::not_accessible())
            }
            (Some(Out::One(_)), ..) => Out::One(found),
            (Some(refused), ..) => refused,
        };
    }
    unknown()
}

fn within<'w>(repository: &'w Repository, id: &str) -> Option<Thing<'w>> {
    let mut pulls = repository.pulls.iter().map(|pull| In { repository, pull });
    let prefix = id.split('_').next()?;
    pulls.find_map(|place| match prefix {
        "PR" => (place.pull.node_id() == id).then_some(Thing::Pull(place)),
        "PRR" => {
            let review = place.pull.visible_reviews().find(|review| review.node_id() == id);
            review.map(|review| Thing::Review(place, review))
        }
        "IC" => {
            let comment = place.pull.comments.iter().find(|comment| comment.node_id() == id);
            comment.map(|comment| Thing::IssueComment(place, comment))
        }
        "PRRC" => {
            let mut comments = place.pull.review_comments().into_iter();
            let found = comments.find(|(_, comment)| comment.node_id() == id);
            found.map(|(thread, comment)| Thing::ReviewComment(place, thread, comment))
        }
        "PRRT" => {
            let thread = place.pull.visible_threads().find(|thread| thread.node_id() == id);
            thread.map(|thread| Thing::Thread(place, thread))
        }
        "C" => {
            let commit = place.pull.commits.iter().find(|commit| commit.node_id() == id);
            commit.map(|commit| Thing::Commit(place, commit))
        }
        "CR" => {
            let find = |commit: &'w crate::model::Commit| {
                let run = commit.checks.iter().find(|run| run.node_id() == id)?;
                Some(Thing::CheckRun(place, commit, run))
            };
            place.pull.commits.iter().find_map(find)
        }
        _ => None,
    })
}
