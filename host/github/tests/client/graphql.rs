//! GraphQL: limits in a 200, data beside errors, and queries that are too slow.

use std::time::Duration;

use seedbed_github::{Budget, Error, Limits};
use serde_json::{Value, json};

use crate::server::{Asked, Reply, Server};
use crate::{budget, builder, client, grants, scoped};

const QUERY: &str = "query Pulls($n: Int = 100) { rateLimit { cost } repository(owner: \"o\", name: \"r\") {
    pullRequests(first: $n) { nodes { number reviews(first: 10) { nodes { id comments(first: 10) { totalCount } } } } } } }";

#[tokio::test]
async fn a_query_is_posted_with_its_variables() {
    let server =
        Server::start(|_| Reply::json(json!({"data": {"rateLimit": {"cost": 3}, "repository": {"x": 1}}})))
            .await;
    let client = client(&server, 1);
    let github = scoped(&client);
    let answer = github.graphql(QUERY, r#"{"n": 20}"#).await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&answer.data).unwrap()["repository"], json!({"x": 1}));
    assert_eq!(answer.errors, "[]");
    let asked = &server.asked()[0];
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/graphql"));
    assert_eq!(asked.header("content-type"), ["application/json"]);
    let sent: Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!(sent["variables"], json!({"n": 20}));
    assert!(sent["query"].as_str().unwrap().contains("pullRequests(first: $n)"));
    assert_eq!((github.usage().requests, github.usage().points), (1, 3), "the cost that GitHub told");
    assert_eq!(client.totals().by_bucket.get("graphql"), Some(&1));
}

#[tokio::test]
async fn a_limit_in_a_200_is_a_limit() {
    let server = Server::start(|asked: &Asked| match asked.index {
        0 => Reply::json(json!({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}]}))
            .quota("graphql", 0),
        1 => Reply::json(json!({"data": null, "errors": [{"type": "RATE_LIMIT", "message": "API rate limit exceeded"}]}))
            .quota("graphql", 0),
        _ => Reply::json(json!({"data": {"repository": {}}})).quota("graphql", 4_000),
    })
    .await;
    let client = client(&server, 3);
    let github = scoped(&client);
    let answer = github.graphql(QUERY, "").await.unwrap();
    assert_eq!((answer.errors.as_str(), server.count(), client.totals().refused), ("[]", 3, 2));
    assert_eq!(github.usage().points, 11, "only what was served is paid: 1 + 100 + 1,000 requests");
}

#[tokio::test]
async fn data_and_errors_both_cross() {
    let errors = json!([{"type": "NOT_FOUND", "path": ["repository", "pullRequests"], "message": "gone"}]);
    let body = json!({"data": {"repository": {"id": "x"}}, "errors": errors});
    let server = Server::start(move |_| Reply::json(body.clone())).await;
    let answer = scoped(&client(&server, 1)).graphql(QUERY, "").await.unwrap();
    assert_eq!(answer.data, r#"{"repository":{"id":"x"}}"#);
    assert_eq!(serde_json::from_str::<Value>(&answer.errors).unwrap(), errors);
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_query_that_is_too_slow_is_not_sent_again() {
    for slow in [
        Reply::text(502, "<html>"),
        Reply::error(504, "We couldn't respond to your request in time."),
        Reply::json(json!({"data": {}})).after(Duration::from_secs(5)),
    ] {
        let server = Server::start(move |_| slow.clone()).await;
        let limits = Limits { graphql: Duration::from_millis(80), ..Limits::default() };
        let client = builder(&server, 2).limits(limits).build().unwrap();
        let error = scoped(&client).graphql(QUERY, "").await.unwrap_err();
        assert!(matches!(error, Error::TooSlow(_)), "{error:?}");
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test]
async fn a_cut_answer_is_asked_again() {
    let server = Server::start(|asked: &Asked| {
        let reply = Reply::json(json!({"data": {"repository": {"name": "r"}}}));
        if asked.index == 0 { reply.cut_after(20) } else { reply }
    })
    .await;
    assert!(scoped(&client(&server, 1)).graphql(QUERY, "").await.is_ok());
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_repository_that_one_does_not_see_another_may() {
    let missing = json!({"data": {"repository": null}, "errors": [{"type": "NOT_FOUND", "path": ["repository"],
        "message": "Could not resolve to a Repository with the name 'o/r'."}]});
    let server = Server::start(move |asked: &Asked| match asked.index {
        0 => Reply::json(missing.clone()),
        _ => Reply::json(json!({"data": {"repository": {"name": "r"}}})),
    })
    .await;
    let client = client(&server, 2);
    let github = scoped(&client);
    for _ in 0..3 {
        assert_eq!(github.graphql(QUERY, "").await.unwrap().errors, "[]");
    }
    let blind = server.asked()[0].token();
    assert_eq!(server.asked().iter().filter(|asked| asked.token() == blind).count(), 1);
}

#[tokio::test]
async fn what_is_not_granted_or_no_query_is_never_sent() {
    let server = Server::start(|_| Reply::json(json!({"data": {}}))).await;
    let github = scoped(&client(&server, 1));
    for query in [
        "{ viewer { login } }",
        "{ repository(owner: \"x\", name: \"y\") { id } }",
        "{ node(id: \"x\") { id } }",
    ] {
        assert!(matches!(github.graphql(query, "").await, Err(Error::NotGranted(_))), "{query}");
    }
    for query in ["mutation { x }", "subscription { x }", "{", ""] {
        assert!(matches!(github.graphql(query, "").await, Err(Error::Malformed(_))), "{query}");
    }
    assert!(matches!(github.graphql(QUERY, "[1]").await, Err(Error::Malformed(_))));
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn points_have_a_budget_of_their_own() {
    let server = Server::start(|_| Reply::json(json!({"data": {"rateLimit": {"cost": 1}}}))).await;
    let github = client(&server, 1).scoped(grants(), Budget { max_points: Some(13), ..budget() });
    github.graphql(QUERY, "").await.unwrap();
    github.graphql(QUERY, "").await.unwrap();
    github.graphql(QUERY, "").await.unwrap();
    // 3 are spent; about 11 more would be too many.
    assert!(matches!(github.graphql(QUERY, "").await, Err(Error::OverBudget(_))));
    assert_eq!((server.count(), github.usage().points), (3, 3));
    assert!(github.usage().unresolved[0].starts_with("query Pulls ("));
}
