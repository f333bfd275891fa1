//! What the answers say, where GitHub's GraphQL says it in its own way.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::schema::{SDL, served};
use super::{ask, ask_reply, data, repository, some_pull, world};
use crate::model::{Account, AccountKind, FileStatus};

fn pull(number: u64, fields: &str) -> Value {
    let query = format!(
        "{{ repository(owner: \"octo\", name: \"hello-world\") {{ pullRequest(number: {number}) {{ {fields} }} }} }}"
    );
    data(&query, json!({}))["repository"]["pullRequest"].take()
}

#[test]
fn ids_beyond_32_bits_come_as_text_and_the_small_field_is_null() {
    let there = some_pull(|p| p.visible_reviews().count() > 0);
    let answer = pull(
        there.number,
        "databaseId fullDatabaseId reviews(first: 1) { nodes { databaseId fullDatabaseId } }",
    );
    assert_eq!(answer["databaseId"], Value::Null);
    assert_eq!(answer["fullDatabaseId"], there.id.to_string());
    let review = there.visible_reviews().next().unwrap();
    assert_eq!(answer["reviews"]["nodes"][0]["fullDatabaseId"], review.id.to_string());
    // Check runs have one field only, and it is sent whole.
    let checked = some_pull(|p| p.head().is_some_and(|h| h.checks.len() == 1));
    let answer = pull(
        checked.number,
        "statusCheckRollup { contexts(first: 9) { nodes { ... on CheckRun { databaseId status conclusion } } } }",
    );
    let run = &checked.head().unwrap().checks[0];
    let node = &answer["statusCheckRollup"]["contexts"]["nodes"][0];
    assert_eq!(node["databaseId"], run.id);
    assert_eq!(node["status"], run.status.to_uppercase());
}

#[test]
fn bots_have_no_suffix_ghosts_are_null_and_an_empty_body_is_text() {
    let is_bot = |account: &Account| account.kind == AccountKind::Bot;
    let by_bot = some_pull(|p| p.author.as_deref().is_some_and(is_bot));
    let answer = pull(by_bot.number, "author { __typename login ... on Bot { databaseId } }");
    let bot = by_bot.author.as_deref().unwrap();
    assert_eq!(
        answer["author"],
        json!({"__typename": "Bot", "login": bot.graphql_login(), "databaseId": bot.id})
    );
    assert!(!bot.graphql_login().ends_with("[bot]"));

    let by_ghost = some_pull(|p| p.author.is_none());
    assert_eq!(pull(by_ghost.number, "author { login }")["author"], Value::Null);
    let silent = some_pull(|p| p.body.is_none());
    assert_eq!(pull(silent.number, "body")["body"], "");
}

#[test]
fn a_commits_user_is_a_person_or_null() {
    let is_bot = |account: &Account| account.kind == AccountKind::Bot;
    let by_bot = some_pull(|p| p.commits.iter().any(|c| c.author.account.as_deref().is_some_and(is_bot)));
    let answer = pull(
        by_bot.number,
        "commits(first: 100) { nodes { commit { oid authoredDate author { name date user { login } } } } }",
    );
    for (node, commit) in answer["commits"]["nodes"].as_array().unwrap().iter().zip(&by_bot.commits) {
        let commit_node = &node["commit"];
        assert_eq!(commit_node["oid"], commit.sha);
        assert_eq!(commit_node["authoredDate"], commit.author.date.to_string());
        let person = commit.author.account.as_deref().filter(|a| a.is_user());
        assert_eq!(commit_node["author"]["user"], person.map_or(Value::Null, |a| json!({"login": a.login})));
        // Git's own date may have an offset, and is the same moment.
        let date: jiff::Timestamp = commit_node["author"]["date"].as_str().unwrap().parse().unwrap();
        assert_eq!(date.as_second() as u64, commit.author.date.0);
    }
}

#[test]
fn merged_is_a_state_and_only_it_has_a_merge_commit() {
    for there in &repository().pulls {
        let answer = pull(there.number, "state merged mergedAt mergeCommit { oid }");
        assert_eq!(answer["state"], there.graphql_state());
        assert_eq!(answer["mergeCommit"]["oid"].as_str(), there.merge_commit());
    }
}

#[test]
fn a_removed_file_is_deleted_here() {
    let removed =
        |p: &crate::model::PullRequest| p.files.iter().take(100).any(|f| f.status == FileStatus::Removed);
    let there = some_pull(removed);
    let answer = pull(there.number, "files(first: 100) { nodes { path changeType } }");
    let file = there.files.iter().find(|f| f.status == FileStatus::Removed).unwrap();
    let nodes = answer["files"]["nodes"].as_array().unwrap();
    assert!(nodes.contains(&json!({"path": file.path, "changeType": "DELETED"})));
}

#[test]
fn a_renamed_repository_is_followed_and_an_empty_one_has_no_branch() {
    let answer = data("{ repository(owner: \"OCTO\", name: \"old-name\") { nameWithOwner } }", json!({}));
    assert_eq!(answer["repository"]["nameWithOwner"], "octo/hello-world");
    let query = "{ repository(owner: \"octo\", name: \"nothing\") { isEmpty defaultBranchRef { name } pullRequests(first: 1) { nodes { id } } } }";
    let answer = data(query, json!({}));
    assert_eq!(
        answer["repository"],
        json!({"isEmpty": true, "defaultBranchRef": null, "pullRequests": {"nodes": []}})
    );
}

#[test]
fn fragments_aliases_and_directives_work() {
    let query = "query($deep: Boolean!) { viewer { login } r: repository(owner: \"octo\", name: \"hello-world\") { ...Name ...Name other: name owner { __typename ...Owner } createdAt @include(if: $deep) updatedAt @skip(if: $deep) } } fragment Name on Repository { name } fragment Owner on RepositoryOwner { login ... on Actor { url } }";
    let answer = data(query, json!({"deep": false}));
    let keys: Vec<&str> = answer["r"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["name", "other", "owner", "updatedAt"]);
    assert_eq!(answer["viewer"]["login"], "octo-dev");
    assert_eq!(answer["r"]["owner"]["login"], "octo");
    assert_eq!(answer["r"]["owner"]["url"], "https://github.com/octo");
}

#[test]
fn the_rate_limit_is_told_as_it_will_be_after_the_query() {
    let query = "{ rateLimit { cost limit remaining used nodeCount resetAt } repository(owner: \"octo\", name: \"hello-world\") { pullRequests(first: 100) { nodes { reviews(first: 10) { nodes { comments(first: 5) { nodes { id } } } } } } } }";
    let reply = ask_reply(query, json!({}));
    let answer: Value = serde_json::from_slice(&reply.body).unwrap();
    // 1 + 100 + 1,000 requests; 100 + 1,000 + 5,000 nodes.
    let expected = json!({"cost": 11, "limit": 5000, "remaining": 3989, "used": 1011, "nodeCount": 6100, "resetAt": "2026-02-01T13:00:00Z"});
    assert_eq!(answer["data"]["rateLimit"], expected);
    assert_eq!(reply.cost, 11);
    assert_eq!(ask_reply("{ viewer { login } }", json!({})).cost, 1);
}

#[test]
fn the_examples_of_githubs_documentation_cost_what_it_says() {
    // docs: 1 + 100 + 100 x 50 requests are 51 points.
    let query = "{ repository(owner: \"octo\", name: \"hello-world\") { pullRequests(first: 100) { edges { node { id reviewThreads(first: 50) { totalCount edges { node { id comments(first: 60) { edges { node { id } } } } } } } } } } }";
    assert_eq!(ask_reply(query, json!({})).cost, 51);
    // docs: 50 + 50 x 20 + 50 x 20 x 10 + ... nodes, added up over all lists.
    let query = "{ rateLimit { nodeCount } repository(owner: \"octo\", name: \"hello-world\") { pullRequests(first: 50) { edges { node { reviews(first: 20) { nodes { comments(last: 10) { edges { node { body } } } } } comments(first: 20) { nodes { id } } } } } labels(first: 10) { edges { node { name } } } } }";
    let answer = ask(query);
    assert_eq!(answer["data"]["rateLimit"]["nodeCount"], 50 + 50 * 20 + 50 * 20 * 10 + 50 * 20 + 10);
}

#[test]
fn the_schema_can_be_asked_for() {
    let answer =
        data("{ __schema { queryType { name } } __type(name: \"PageInfo\") { fields { name } } }", json!({}));
    assert_eq!(answer["__schema"]["queryType"]["name"], "Query");
    assert_eq!(answer["__type"]["fields"][0], json!({"name": "endCursor"}));
}

#[test]
fn the_same_node_is_found_by_its_id() {
    let there = &repository().pulls[3];
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on PullRequest { number } } }";
    let answer =
        data(query, json!({"ids": [there.node_id(), repository().node_id(), repository().owner.node_id()]}));
    assert_eq!(
        answer["nodes"][0],
        json!({"__typename": "PullRequest", "id": there.node_id(), "number": there.number})
    );
    assert_eq!(answer["nodes"][1]["__typename"], "Repository");
}

#[test]
fn every_field_of_every_type_is_served() {
    // All fields without required arguments of each object that a query can reach, each asked for once on its way.
    let mut unserved = Vec::new();
    let pulls: Vec<u64> = repository().pulls.iter().map(|p| p.number).collect();
    for (place, fields) in places() {
        let query = place.replace('%', &fields.join(" "));
        for number in pulls.iter().take(40) {
            let answer = ask(&query.replace("NUMBER", &number.to_string()));
            assert!(answer.get("data").is_some(), "{query}: {answer}");
            for error in answer["errors"].as_array().into_iter().flatten() {
                unserved.push(format!("{error}"));
            }
        }
    }
    unserved.sort_unstable();
    unserved.dedup();
    assert_eq!(unserved, Vec::<String>::new());
}

/// Where objects of each type are found, with the leaves to ask for.
fn places() -> Vec<(String, Vec<String>)> {
    let nested = [
        ("Repository", "%"),
        ("Language", "primaryLanguage { % }"),
        ("Ref", "defaultBranchRef { % }"),
        ("Commit", "defaultBranchRef { target { ... on Commit { % } } }"),
        ("Label", "labels(first: 2) { nodes { % } }"),
        ("Organization", "owner { ... on Organization { % } }"),
        ("PullRequest", "pullRequest(number: NUMBER) { % }"),
        ("User", "pullRequest(number: NUMBER) { author { ... on User { % } } }"),
        ("Bot", "pullRequest(number: NUMBER) { author { ... on Bot { % } } }"),
        ("PullRequestCommit", "pullRequest(number: NUMBER) { commits(first: 2) { nodes { % } } }"),
        ("Commit", "pullRequest(number: NUMBER) { commits(first: 2) { nodes { commit { % } } } }"),
        ("Commit", "pullRequest(number: NUMBER) { mergeCommit { % } }"),
        (
            "GitActor",
            "pullRequest(number: NUMBER) { commits(first: 2) { nodes { commit { author { % } } } } }",
        ),
        ("ReviewRequest", "pullRequest(number: NUMBER) { reviewRequests(first: 9) { nodes { % } } }"),
        (
            "Team",
            "pullRequest(number: NUMBER) { reviewRequests(first: 9) { nodes { requestedReviewer { ... on Team { % } } } } }",
        ),
        ("PullRequestChangedFile", "pullRequest(number: NUMBER) { files(first: 2) { nodes { % } } }"),
        ("PullRequestReview", "pullRequest(number: NUMBER) { reviews(first: 2) { nodes { % } } }"),
        (
            "PullRequestReviewThread",
            "pullRequest(number: NUMBER) { reviewThreads(first: 2) { nodes { % } } }",
        ),
        (
            "PullRequestReviewComment",
            "pullRequest(number: NUMBER) { reviewThreads(first: 2) { nodes { comments(first: 3) { nodes { % } } } } }",
        ),
        ("IssueComment", "pullRequest(number: NUMBER) { comments(first: 2) { nodes { % } } }"),
        ("StatusCheckRollup", "pullRequest(number: NUMBER) { statusCheckRollup { % } }"),
        (
            "CheckRun",
            "pullRequest(number: NUMBER) { statusCheckRollup { contexts(first: 2) { nodes { ... on CheckRun { % } } } } }",
        ),
        (
            "StatusContext",
            "pullRequest(number: NUMBER) { commits(last: 1) { nodes { commit { status { contexts { % } } } } } }",
        ),
        ("Status", "pullRequest(number: NUMBER) { commits(last: 1) { nodes { commit { status { % } } } } }"),
        (
            "CheckSuite",
            "pullRequest(number: NUMBER) { commits(last: 1) { nodes { commit { checkSuites(first: 3) { nodes { % } } } } } }",
        ),
        (
            "App",
            "pullRequest(number: NUMBER) { commits(last: 1) { nodes { commit { checkSuites(first: 3) { nodes { app { % } } } } } } }",
        ),
    ];
    let in_repository = nested.into_iter().map(|(name, place)| {
        (format!("{{ repository(owner: \"octo\", name: \"hello-world\") {{ {place} }} }}"), fields_of(name))
    });
    let root = [("Query", "{ % }"), ("RateLimit", "{ rateLimit { % } }"), ("User", "{ viewer { % } }")];
    let root = root.into_iter().map(|(name, place)| (place.to_owned(), fields_of(name)));
    in_repository.chain(root).collect()
}

/// The fields of a type: leaves as they are, objects with their `__typename`, connections with their edges.
fn fields_of(type_name: &str) -> Vec<String> {
    let object = served().schema.get_object(type_name).unwrap();
    let fields = object.fields.values().filter(|field| !field.arguments.iter().any(|a| a.is_required()));
    let fields = fields.map(|field| {
        let inner = field.ty.inner_named_type();
        match served().concrete(inner) {
            [] => field.name.to_string(),
            _ if inner.ends_with("Connection") => {
                format!("{}(first: 2) {{ totalCount pageInfo {{ startCursor endCursor hasNextPage hasPreviousPage }} edges {{ cursor node {{ __typename }} }} nodes {{ __typename }} }}", field.name)
            }
            _ => format!("{} {{ __typename }}", field.name),
        }
    });
    fields.collect()
}

#[test]
fn the_schema_is_valid() {
    apollo_compiler::Schema::parse_and_validate(SDL, "schema.graphql").unwrap();
}

/// A page of twenty pull requests with all their lists, as a fetcher asks for it.
const PAGE: &str = "query($after: String) { repository(owner: \"octo\", name: \"hello-world\") { pullRequests(first: 20, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) { pageInfo { hasNextPage endCursor } nodes { fullDatabaseId number title body state isDraft createdAt updatedAt closedAt mergedAt author { __typename login ... on User { databaseId } ... on Bot { databaseId } } mergedBy { login } baseRefName headRefName baseRefOid headRefOid mergeCommit { oid } additions deletions changedFiles labels(first: 50) { nodes { name } } assignees(first: 20) { nodes { login databaseId } } reviews(first: 50) { nodes { fullDatabaseId author { login } state body submittedAt commit { oid } } } reviewThreads(first: 30) { nodes { path comments(first: 20) { nodes { fullDatabaseId author { login } body createdAt updatedAt pullRequestReview { fullDatabaseId } } } } } comments(first: 50) { nodes { fullDatabaseId author { login } body createdAt updatedAt } } commits(first: 50) { totalCount nodes { commit { oid message author { name user { login databaseId } } authoredDate committedDate additions deletions } } } files(first: 100) { nodes { path changeType additions deletions } } statusCheckRollup { contexts(first: 50) { nodes { ... on CheckRun { databaseId name status conclusion startedAt completedAt } } } } } } } }";

#[test]
fn a_page_with_all_its_lists_is_quick() {
    let _ = world();
    let _ = ask_reply(PAGE, json!({}));
    let quickest = (0..5).map(|_| {
        let begun = Instant::now();
        assert_eq!(ask_reply(PAGE, json!({})).status, 200);
        begun.elapsed()
    });
    let quickest = quickest.min().unwrap();
    println!("{quickest:?}");
    assert!(quickest < Duration::from_millis(20), "{quickest:?}");
}
