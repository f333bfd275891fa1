//! What a job may spend, and what it is told when that is gone.

use std::time::Duration;

use futures::future::join_all;
use seedbed_github::{Budget, Error, Grants, Request};
use serde_json::json;

use crate::server::{Asked, Reply, Server};
use crate::{budget, client, grants, pulls, scoped};

#[tokio::test]
async fn requests_are_counted_as_they_are_sent() {
    let server = Server::start(|asked: &Asked| match asked.index {
        0 => Reply::error(502, "once"),
        _ => Reply::json(json!([])),
    })
    .await;
    let client = client(&server, 1);
    let github = client.scoped(grants(), Budget { max_requests: Some(3), ..budget() });
    github.get(pulls()).await.unwrap();
    github.get(pulls()).await.unwrap();
    let error = github.get(pulls().with("page", 2)).await.unwrap_err();
    assert!(matches!(&error, Error::OverBudget(why) if why.contains('3')), "{error:?}");
    assert_eq!((server.count(), github.usage().requests), (3, 3));
    assert_eq!(github.usage().unresolved.len(), 1);
    assert!(
        github.usage().unresolved[0].starts_with("GET /repos/o/r/pulls?page=2: over budget"),
        "{:?}",
        github.usage()
    );
    scoped(&client).get(pulls()).await.unwrap();
}

#[tokio::test]
async fn a_gap_that_is_filled_later_is_resolved() {
    let server = Server::start(|asked: &Asked| match asked.index {
        0..3 => Reply::error(502, "for a while"),
        _ => Reply::json(json!([])),
    })
    .await;
    let client = crate::builder(&server, 1).max_tries(3).build().unwrap();
    let github = scoped(&client);
    assert!(github.get(pulls()).await.is_err());
    assert_eq!(github.usage().unresolved.len(), 1);
    github.get(pulls()).await.unwrap();
    assert_eq!(github.usage().unresolved, [""; 0]);
}

#[tokio::test]
async fn so_many_are_under_way_at_once_and_the_rest_wait() {
    let server = Server::start(|_| Reply::json(json!([])).after(Duration::from_millis(10))).await;
    let client = client(&server, 1);
    let github = client.scoped(grants(), Budget { in_flight: 4, ..budget() });
    let answers = join_all((0..20).map(|page| github.get(pulls().with("page", page)))).await;
    assert!(answers.iter().all(|answer| answer.is_ok()), "{answers:?}");
    assert_eq!(server.count(), 20);
    assert!((2..=4).contains(&server.peak()), "{}", server.peak());
}

#[tokio::test]
async fn what_is_not_granted_is_never_sent() {
    let server = Server::start(|_| Reply::json(json!([]))).await;
    let client = client(&server, 1);
    let github = scoped(&client);
    for path in
        ["/repos/other/thing", "/user", "/rate_limit", "/search/code", "/repos/o/r2", "/repositories/1"]
    {
        assert!(matches!(github.get(Request::get(path)).await, Err(Error::NotGranted(_))), "{path}");
    }
    for path in
        ["", "repos/o/r", "/repos/o/r/../x", "https://x/repos/o/r", "/repos/o/r?x", "/repos/o/r/%2e%2e"]
    {
        assert!(matches!(github.get(Request::get(path)).await, Err(Error::Malformed(_))), "{path}");
    }
    assert!(matches!(
        client.scoped(Grants::none(), budget()).get(pulls()).await,
        Err(Error::NotGranted(why)) if why.contains("the grant `o/r`")
    ));
    assert_eq!(server.count(), 0);
    assert_eq!(github.usage(), seedbed_github::Usage::default());
}
