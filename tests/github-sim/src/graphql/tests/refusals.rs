//! What GitHub refuses, and in which words.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ask, ask_about, ask_with, repository};
use crate::BrokenField;
use crate::config::Config;
use crate::limits::Access;

fn json_of(reply: &super::GraphqlReply) -> Value {
    serde_json::from_slice(&reply.body).unwrap()
}

fn with(query: &str, access: &Access, change: impl Fn(&mut Config)) -> Value {
    json_of(&ask_with(json!({"query": query}).to_string().as_bytes(), access, change))
}

#[test]
fn a_body_that_is_no_json_is_a_bad_request() {
    for body in [&b"{\"query\": "[..], b"", b"[]", b"query { viewer { login } }"] {
        let reply = ask_with(body, &Access::default(), |_| ());
        assert_eq!((reply.status, json_of(&reply)["message"].as_str()), (400, Some("Problems parsing JSON")));
    }
    let reply = ask_with(b"{}", &Access::default(), |_| ());
    let message = "A query attribute must be specified and must be a string.";
    assert_eq!((reply.status, json_of(&reply)["errors"][0]["message"].as_str()), (200, Some(message)));
}

#[test]
fn what_is_not_in_the_schema_is_told_in_a_200_without_data() {
    let answer = ask("{ repository(owner: \"octo\", name: \"hello-world\") { nonsense } }");
    assert_eq!(answer.get("data"), None);
    assert_eq!(answer["errors"][0]["message"], "Field 'nonsense' doesn't exist on type 'Repository'");
    assert_eq!(answer["errors"][0]["locations"][0], json!({"line": 1, "column": 52}));
    for query in [
        "{ viewer { login ",
        "mutation { x }",
        "{ viewer }",
        "query A { viewer { login } } query B { viewer { login } }",
        "{ repository(owner: \"octo\") { id } }",
    ] {
        let answer = ask(query);
        assert!(
            answer.get("data").is_none() && answer["errors"][0]["message"].is_string(),
            "{query}: {answer}"
        );
    }
}

#[test]
fn variables_are_checked() {
    let query = "query($n: Int!) { repository(owner: \"octo\", name: \"hello-world\") { pullRequests(first: $n) { totalCount } } }";
    for variables in [json!({}), json!({"n": "ten"}), json!({"n": null})] {
        let answer = ask_about(query, variables);
        assert!(answer.get("data").is_none() && answer["errors"][0]["message"].is_string(), "{answer}");
    }
}

#[test]
fn lists_without_bounds_are_an_error_of_their_field() {
    let answer = ask(
        "{ viewer { login } repository(owner: \"octo\", name: \"hello-world\") { pullRequests { nodes { id } } } }",
    );
    let error = &answer["errors"][0];
    assert_eq!(error["type"], "MISSING_PAGINATION_BOUNDARIES");
    assert_eq!(error["path"], json!(["repository", "pullRequests"]));
    assert_eq!(
        error["message"],
        "You must provide a `first` or `last` value to properly paginate the `pullRequests` connection."
    );
    // The connection may not be null, so the repository is; what stands beside it stays.
    assert_eq!(answer["data"], json!({"viewer": {"login": "octo-dev"}, "repository": null}));
}

#[test]
fn pages_have_at_most_a_hundred_items() {
    for (arguments, kind) in [
        ("first: 101", "EXCESSIVE_PAGINATION"),
        ("last: 1000", "EXCESSIVE_PAGINATION"),
        ("first: 0", "INVALID_PAGINATION_BOUNDARIES"),
        ("first: -1", "INVALID_PAGINATION_BOUNDARIES"),
        ("first: 1, last: 1", "INVALID_PAGINATION_BOUNDARIES"),
        ("first: 1, after: \"\"", "INVALID_CURSOR_ARGUMENTS"),
        ("first: 1, after: \"nonsense\"", "INVALID_CURSOR_ARGUMENTS"),
    ] {
        let query = format!(
            "{{ repository(owner: \"octo\", name: \"hello-world\") {{ pullRequests({arguments}) {{ nodes {{ id }} }} }} }}"
        );
        assert_eq!(ask(&query)["errors"][0]["type"], kind, "{arguments}");
    }
    let query = "{ repository(owner: \"octo\", name: \"hello-world\") { pullRequests(first: 200) { nodes { id } } } }";
    let message =
        "Requesting 200 records on the `pullRequests` connection exceeds the `first` limit of 100 records.";
    assert_eq!(ask(query)["errors"][0]["message"], message);
}

#[test]
fn half_a_million_nodes_are_the_most() {
    let query = |size: u32| {
        format!(
            "{{ repository(owner: \"octo\", name: \"hello-world\") {{ pullRequests(first: 100) {{ nodes {{ reviews(first: 100) {{ nodes {{ comments(first: {size}) {{ nodes {{ id }} }} }} }} }} }} }} }}"
        )
    };
    let answer = ask(&query(49));
    assert_eq!(answer["errors"][0]["type"], "MAX_NODE_LIMIT_EXCEEDED");
    let message =
        "This query requests up to 500,100 possible nodes which exceeds the maximum limit of 500,000.";
    assert_eq!(answer["errors"][0]["message"], message);
    assert_eq!(ask(&query(48)).get("errors"), None);
}

#[test]
fn what_is_missing_or_private_is_null_with_a_path() {
    let not_found = |query: &str, path: Value| {
        let answer = ask(query);
        assert_eq!(answer["errors"][0]["type"], "NOT_FOUND", "{answer}");
        assert_eq!(answer["errors"][0]["path"], path);
        answer
    };
    let answer = not_found("{ gone: repository(owner: \"octo\", name: \"gone\") { id } }", json!(["gone"]));
    assert_eq!(answer["data"], json!({"gone": null}));
    assert_eq!(
        answer["errors"][0]["message"],
        "Could not resolve to a Repository with the name 'octo/gone'."
    );
    let secret = "{ repository(owner: \"octo\", name: \"secret\") { id } }";
    not_found(secret, json!(["repository"]));
    not_found(
        "{ repository(owner: \"octo\", name: \"old-name\", followRenames: false) { id } }",
        json!(["repository"]),
    );
    let answer = not_found(
        "{ repository(owner: \"octo\", name: \"hello-world\") { name pullRequest(number: 999999) { id } } }",
        json!(["repository", "pullRequest"]),
    );
    assert_eq!(answer["data"]["repository"], json!({"name": "hello-world", "pullRequest": null}));
    not_found("{ node(id: \"PR_nonsense\") { id } }", json!(["node"]));

    let sees = Access { all_private: true, ..Access::default() };
    assert_eq!(with(secret, &sees, |_| ()).get("errors"), None);
}

#[test]
fn single_sign_on_and_missing_permissions_are_forbidden() {
    let query = "{ repository(owner: \"octo\", name: \"hello-world\") { name pullRequests(first: 1) { nodes { id } } } }";
    let blocked = Access { sso_blocked: BTreeSet::from(["octo".to_owned()]), ..Access::default() };
    let answer = with(query, &blocked, |_| ());
    assert_eq!(answer["errors"][0]["type"], "FORBIDDEN");
    assert_eq!(answer["errors"][0]["extensions"]["saml_failure"], true);
    let forbidden =
        Access { forbidden: BTreeSet::from(["octo/hello-world".to_owned()]), ..Access::default() };
    let answer = with(query, &forbidden, |_| ());
    assert_eq!(answer["errors"][0]["message"], "Resource not accessible by personal access token");
    assert_eq!(answer["data"], json!({"repository": null}));
}

#[test]
fn one_broken_field_leaves_the_rest_of_the_answer() {
    let broken = &repository().pulls[2];
    let query = "{ repository(owner: \"octo\", name: \"hello-world\") { pullRequests(first: 5) { nodes { number reviews(first: 1) { totalCount } commits(first: 1) { totalCount } } } } }";
    let nodes =
        |answer: &Value| answer["data"]["repository"]["pullRequests"]["nodes"].as_array().unwrap().clone();
    let answer = with(query, &Access::default(), |c| {
        c.graphql_broken = vec![BrokenField::of_pull(broken.number, "reviews")]
    });
    let at = nodes(&answer).iter().position(|n| n["number"] == broken.number).unwrap();
    assert_eq!(answer["errors"][0]["path"], json!(["repository", "pullRequests", "nodes", at, "reviews"]));
    assert_eq!(answer["errors"][0]["type"], "RESOURCE_LIMITS_EXCEEDED");
    assert_eq!(nodes(&answer)[at]["reviews"], Value::Null);
    assert!(nodes(&answer).iter().enumerate().all(|(i, n)| i == at || n["reviews"]["totalCount"].is_u64()));

    // `commits` may not be null, so the whole pull request is.
    let answer = with(query, &Access::default(), |c| {
        c.graphql_broken = vec![BrokenField::of_pull(broken.number, "commits")]
    });
    assert_eq!(nodes(&answer)[at], Value::Null);
    assert_eq!(nodes(&answer).len(), 5);
}

#[test]
fn a_query_over_the_threshold_takes_too_long_and_a_smaller_one_does_not() {
    let ask = |size: u32| {
        let query = format!(
            "{{ repository(owner: \"octo\", name: \"hello-world\") {{ pullRequests(first: {size}) {{ nodes {{ files(first: 100) {{ nodes {{ path }} }} }} }} }} }}"
        );
        let body = json!({"query": query}).to_string();
        ask_with(body.as_bytes(), &Access::default(), |c| c.graphql_timeout_nodes = Some(1_000))
    };
    let statuses: BTreeSet<u16> = (20..30).map(|size| ask(size).status).collect();
    assert_eq!(statuses, BTreeSet::from([502, 504]));
    let html = (20..30).filter(|size| ask(*size).body.starts_with(b"<!DOCTYPE html>")).count();
    assert!((1..10).contains(&html), "some are HTML, some JSON");
    assert_eq!(ask(9).status, 200);
}
