//! Pull requests and the lists below them.

use std::cmp::Reverse;
use std::sync::Arc;

use serde::Serialize;

use super::link::Page;
use super::shapes;
use super::{Ask, Reply};
use crate::limits::refusal::Refusal;
use crate::model::{IssueComment, PullRequest, Repository, ReviewComment, ReviewThread, Time};

/// REST shows at most so many commits of a pull request.
const COMMIT_CAP: usize = 250;
/// REST shows at most so many files of a pull request.
const FILE_CAP: usize = 3_000;

/// One page of `items` under `/repositories/{id}/<below>`.
fn page<'a, T, S: Serialize>(
    ask: &Ask<'_>,
    repository: &Repository,
    below: &str,
    items: &'a [T],
    shape: impl Fn(&'a T) -> S,
) -> Reply {
    let page = Page::of(ask.query, items.len());
    let shown: Vec<S> = items.get(page.start..page.end).unwrap_or_default().iter().map(shape).collect();
    match Reply::json(&shown) {
        Reply::Found { body, .. } => {
            let url = format!("{}/repositories/{}/{below}", ask.root, repository.id);
            Reply::Found { body, link: page.link(&url, ask.query) }
        }
        other => other,
    }
}

fn invalid(field: &str) -> Reply {
    let docs = "https://docs.github.com/rest/pulls/pulls#list-pull-requests";
    let body = serde_json::json!({
        "message": "Validation Failed",
        "errors": [{"resource": "PullRequest", "code": "invalid", "field": field}],
        "documentation_url": docs,
        "status": "422",
    });
    let mut refusal = Refusal::message(422, "Validation Failed", docs);
    refusal.body = body.to_string().into_bytes();
    Reply::Refused(refusal)
}

/// `/pulls`: open ones, newest first, unless asked otherwise.
pub(super) fn list(ask: &Ask<'_>, repository: &Arc<Repository>) -> Reply {
    let query = ask.query;
    let state = query.get("state");
    let wanted: fn(&PullRequest) -> bool = match state.as_deref() {
        None | Some("" | "open") => |p| p.open,
        Some("closed") => |p| !p.open,
        Some("all") => |_| true,
        Some(_) => return invalid("state"),
    };
    let (head, base) = (query.get("head"), query.get("base"));
    let matches_head = |p: &PullRequest| match head.as_deref().and_then(|h| h.split_once(':')) {
        Some((owner, name)) => {
            let own = p.head_fork.as_ref().map_or(&repository.owner.login, |a| &a.login);
            own.eq_ignore_ascii_case(owner) && p.head_ref == name
        }
        // Without an owner the filter is ignored, as on GitHub.
        None => true,
    };
    let sort = query.get("sort");
    let mut pulls: Vec<&Arc<PullRequest>> = match sort.as_deref() {
        Some("updated") => repository.pulls_by_update().collect(),
        _ => repository.pulls.iter().collect(),
    };
    pulls.retain(|p| wanted(p) && matches_head(p) && base.as_deref().is_none_or(|b| b == p.base_ref));
    match sort.as_deref() {
        None | Some("" | "created" | "updated") => {}
        Some("popularity") => pulls.sort_by_key(|p| (p.comments.len(), p.number)),
        Some("long-running") => pulls.retain(|p| p.open),
        Some(_) => return invalid("sort"),
    }
    // Descending only where it sorts by creation, unless asked.
    let newest_first = match query.get("direction").as_deref() {
        Some("asc") => false,
        Some("desc") => true,
        _ => matches!(sort.as_deref(), None | Some("" | "created")),
    };
    if newest_first {
        pulls.reverse();
    }
    page(ask, repository, "pulls", &pulls, |pull| shapes::simple_pull(repository, pull))
}

/// `/pulls/{n}` and what is below it.
pub(super) fn one(ask: &Ask<'_>, repository: &Repository, pull: &PullRequest, rest: &[&str]) -> Reply {
    let below = format!("pulls/{}/{}", pull.number, rest.join("/"));
    match rest {
        [] => Reply::json(&shapes::full_pull(repository, pull)),
        ["reviews"] => {
            let reviews: Vec<_> = pull.visible_reviews().collect();
            page(ask, repository, &below, &reviews, |review| shapes::review(repository, pull, review))
        }
        ["reviews", id] => {
            match id.parse().ok().and_then(|id: u64| pull.visible_reviews().find(|r| r.id == id)) {
                Some(review) => Reply::json(&shapes::review(repository, pull, review)),
                None => Reply::not_found(),
            }
        }
        ["reviews", id, "comments"] => {
            let Some(review) =
                id.parse().ok().and_then(|id: u64| pull.visible_reviews().find(|r| r.id == id))
            else {
                return Reply::not_found();
            };
            let comments = pull.comments_of_review(review.id);
            page(ask, repository, &below, &comments, |(t, c)| {
                shapes::legacy_review_comment(repository, pull, t, c)
            })
        }
        ["comments"] => {
            let comments = pull.review_comments().into_iter().map(|(t, c)| (pull, t, c)).collect();
            review_comments(ask, repository, &below, comments)
        }
        ["commits"] => {
            let shown = pull.commits.get(..COMMIT_CAP).unwrap_or(&pull.commits);
            page(ask, repository, &below, shown, |commit| shapes::commit(repository, commit))
        }
        ["files"] => {
            let shown = pull.files.get(..FILE_CAP).unwrap_or(&pull.files);
            page(ask, repository, &below, shown, |file| shapes::file(repository, &pull.head_sha, file))
        }
        _ => Reply::not_found(),
    }
}

/// `/issues/{n}/comments`: by id; `since` filters, nothing sorts.
pub(super) fn comments(ask: &Ask<'_>, repository: &Repository, pull: &PullRequest) -> Reply {
    let since = ask.query.since().unwrap_or(Time(0));
    let comments: Vec<_> = pull.comments.iter().filter(|c| c.updated_at >= since).collect();
    let below = format!("issues/{}/comments", pull.number);
    page(ask, repository, &below, &comments, |comment| shapes::issue_comment(repository, pull, comment))
}

/// `/issues/comments`: of the whole repository.
pub(super) fn all_comments(ask: &Ask<'_>, repository: &Arc<Repository>) -> Reply {
    let all: Vec<(&PullRequest, &IssueComment)> =
        repository.pulls.iter().flat_map(|p| p.comments.iter().map(move |c| (p.as_ref(), c))).collect();
    let all = arrange(ask, all, |(_, c)| (c.id, c.created_at, c.updated_at));
    page(ask, repository, "issues/comments", &all, |(pull, comment)| {
        shapes::issue_comment(repository, pull, comment)
    })
}

/// `/pulls/comments`: of the whole repository.
pub(super) fn all_review_comments(ask: &Ask<'_>, repository: &Arc<Repository>) -> Reply {
    let all = repository
        .pulls
        .iter()
        .flat_map(|p| p.review_comments().into_iter().map(move |(t, c)| (p.as_ref(), t, c)))
        .collect();
    review_comments(ask, repository, "pulls/comments", all)
}

type Placed<'a> = (&'a PullRequest, &'a ReviewThread, &'a ReviewComment);

fn review_comments(ask: &Ask<'_>, repository: &Repository, below: &str, all: Vec<Placed<'_>>) -> Reply {
    let all = arrange(ask, all, |(_, _, c)| (c.id, c.created_at, c.updated_at));
    page(ask, repository, below, &all, |(pull, thread, comment)| {
        shapes::review_comment(repository, pull, thread, comment)
    })
}

/// By ascending id; with `sort` by that, and only then in `direction`. `since` goes by the last change.
fn arrange<T>(ask: &Ask<'_>, mut all: Vec<T>, key: impl Fn(&T) -> (u64, Time, Time)) -> Vec<T> {
    if let Some(since) = ask.query.since() {
        all.retain(|item| key(item).2 >= since);
    }
    let descending = ask.query.get("direction").as_deref() == Some("desc");
    let by = |item: &T, updated: bool| {
        let (id, created_at, updated_at) = key(item);
        (if updated { updated_at } else { created_at }, id)
    };
    match ask.query.get("sort").as_deref() {
        Some(sort @ ("created" | "updated")) => {
            let updated = sort == "updated";
            if descending {
                all.sort_by_key(|item| Reverse(by(item, updated)));
            } else {
                all.sort_by_key(|item| by(item, updated));
            }
        }
        _ => all.sort_by_key(|item| key(item).0),
    }
    all
}
