//! The simulator's answers against GitHub's own descriptions. Where they disagree, GitHub's are right.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::collections::BTreeSet;
use std::time::Duration;

use github_sim::{Access, Config, OwnerConfig, RepoConfig, Sim};
use jsonschema::Validator;
use reqwest::header::{AUTHORIZATION, LINK, LOCATION, USER_AGENT};
use seedbed_tests::openapi::OpenApi;
use seedbed_tests::schema_types::{misfits, public_schema};
use serde_json::{Value, json};

const REPOSITORY: &str = "octo/hello-world";

fn config() -> Config {
    let config = Config {
        repositories: vec![
            RepoConfig { renamed_from: Some("octo/old-name".to_owned()), ..RepoConfig::new(REPOSITORY, 40) },
            RepoConfig { private: true, ..RepoConfig::new("octo/secret", 2) },
            RepoConfig { empty: true, ..RepoConfig::new("octo/nothing", 0) },
        ],
        owners: vec![
            OwnerConfig::default(),
            OwnerConfig { core: 3, graphql: 3, sees_private: false, ..OwnerConfig::default() },
        ],
        ..Config::default()
    };
    config.without_secondary_limits()
}

/// A client of the simulator that follows nothing.
struct Client {
    sim: Sim,
    http: reqwest::Client,
    token: String,
}

struct Answer {
    status: u16,
    body: Value,
    next: Option<String>,
    location: Option<String>,
}

impl Client {
    async fn new() -> Self {
        let sim = Sim::start(config()).await;
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let token = sim.tokens()[0].clone();
        Self { sim, http, token }
    }

    async fn get(&self, path: &str) -> Answer {
        self.get_as(path, Some(&self.token)).await
    }

    async fn get_as(&self, path: &str, token: Option<&str>) -> Answer {
        let url =
            if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.sim.url()) };
        let mut request = self.http.get(url).header(USER_AGENT, "seedbed-tests");
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let answer = request.send().await.unwrap();
        let text = |name| {
            answer.headers().get(name).map(|value: &http::HeaderValue| value.to_str().unwrap().to_owned())
        };
        let next = text(LINK).and_then(|link| {
            let next = link.split(", ").find(|part| part.ends_with("rel=\"next\""))?;
            Some(next.trim_start_matches('<').split_once('>')?.0.to_owned())
        });
        let (status, location) = (answer.status().as_u16(), text(LOCATION));
        let body = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        Answer { status, body, next, location }
    }

    async fn graphql(&self, query: &str, variables: Value) -> Value {
        let request =
            self.http.post(format!("{}/graphql", self.sim.url())).header(USER_AGENT, "seedbed-tests");
        let request = request.header(AUTHORIZATION, format!("Bearer {}", self.token));
        let body = json!({"query": query, "variables": variables}).to_string();
        serde_json::from_slice(&request.body(body).send().await.unwrap().bytes().await.unwrap()).unwrap()
    }

    /// All pages of a list.
    async fn pages(&self, path: &str) -> Vec<Answer> {
        let mut pages = vec![self.get(path).await];
        while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
            pages.push(self.get(&next).await);
        }
        pages
    }
}

/// Fields that GitHub sends and its description does not have: the resource's name in each window of `/rate_limit`, and the
/// parent of a requested team.
const UNDESCRIBED: [&str; 2] = ["resource", "parent"];

/// Validates, and says what is wrong in a way that leads to the line.
fn check(validator: &Validator, body: &Value, what: &str) {
    let wrong: BTreeSet<String> = validator
        .iter_errors(body)
        .map(|error| (error.instance_path().to_string(), error.to_string()))
        .filter(|(_, text)| {
            !UNDESCRIBED.iter().any(|name| text.contains(&format!("('{name}' was unexpected)")))
        })
        .map(|(path, mut text)| {
            text.truncate(text.char_indices().nth(300).map_or(text.len(), |(at, _)| at));
            format!("{path}: {text}")
        })
        .take(20)
        .collect();
    assert!(wrong.is_empty(), "{what} is not as GitHub describes it:\n{wrong:#?}");
}

#[test]
fn these_checks_find_what_is_wrong() {
    let openapi = OpenApi::read();
    let pulls = openapi.validator("/repos/{owner}/{repo}/pulls/{pull_number}", 200);
    let example = openapi.examples("/repos/{owner}/{repo}/pulls/{pull_number}").remove(0);
    let wrong = |change: &dyn Fn(&mut Value)| {
        let mut changed = example.clone();
        change(&mut changed);
        pulls.iter_errors(&changed).count() > pulls.iter_errors(&example).count()
    };
    assert!(wrong(&|pull| pull["title"] = Value::Null), "what is never null");
    assert!(!wrong(&|pull| pull["body"] = Value::Null), "what may be null");
    assert!(wrong(&|pull| pull["state"] = json!("merged")), "a word that REST does not have");
    assert!(wrong(&|pull| pull["created_at"] = json!("yesterday")), "a time that is none");
    assert!(wrong(&|pull| pull["nonsense"] = json!(1)), "a field that GitHub does not have");
    assert!(wrong(&|pull| drop(pull.as_object_mut().unwrap().remove("number"))), "a field that is missing");

    let schema = public_schema();
    let query = r#"{ repository(owner: "a", name: "b") { createdAt pullRequest(number: 1) { number state url author { __typename login } } } }"#;
    let pull = json!({"number": 1, "state": "OPEN", "url": "https://github.com/a/b/pull/1", "author": null});
    let wrong = |change: &dyn Fn(&mut Value)| {
        let mut pull = pull.clone();
        change(&mut pull);
        let data = json!({"repository": {"createdAt": "2026-01-31T12:00:00Z", "pullRequest": pull}});
        !misfits(&schema, query, &data).is_empty()
    };
    assert!(!wrong(&|_| ()));
    assert!(wrong(&|pull| pull["number"] = json!(3_000_000_000_u64)), "beyond an Int");
    assert!(wrong(&|pull| pull["state"] = json!("open")), "a word of REST");
    assert!(wrong(&|pull| pull["url"] = Value::Null), "what is never null");
    assert!(wrong(&|pull| pull["author"] = json!({"__typename": "Team", "login": "x"})), "no actor");
    assert!(wrong(&|pull| pull["title"] = json!("not asked for")));
    assert!(wrong(&|pull| drop(pull.as_object_mut().unwrap().remove("number"))), "a field that is missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rest_answer_is_as_githubs_openapi_description_says() {
    let (client, openapi) = (Client::new().await, OpenApi::read());
    let of_repository = format!("/repos/{REPOSITORY}");
    let validator = |path: &str| openapi.validator(path, 200);

    let simple = [
        ("/repos/{owner}/{repo}", of_repository.as_str()),
        ("/repos/{owner}/{repo}", "/repos/octo/secret"),
        ("/repos/{owner}/{repo}", "/repos/octo/nothing"),
        ("/rate_limit", "/rate_limit"),
        ("/user", "/user"),
    ];
    for (described, path) in simple {
        let answer = client.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        check(&validator(described), &answer.body, path);
    }

    let lists = validator("/repos/{owner}/{repo}/pulls");
    let mut numbers = Vec::new();
    for sort in ["created", "updated"] {
        for page in client.pages(&format!("{of_repository}/pulls?state=all&per_page=15&sort={sort}")).await {
            check(&lists, &page.body, "the list of pull requests");
            numbers.extend(page.body.as_array().unwrap().iter().map(|pull| pull["number"].as_u64().unwrap()));
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 40);

    let below = [
        ("/repos/{owner}/{repo}/pulls/{pull_number}/reviews", "pulls/%/reviews"),
        ("/repos/{owner}/{repo}/pulls/{pull_number}/comments", "pulls/%/comments"),
        ("/repos/{owner}/{repo}/issues/{issue_number}/comments", "issues/%/comments"),
        ("/repos/{owner}/{repo}/pulls/{pull_number}/commits", "pulls/%/commits"),
        ("/repos/{owner}/{repo}/pulls/{pull_number}/files", "pulls/%/files"),
    ];
    let below = below.map(|(described, path)| (validator(described), path));
    let pulls = validator("/repos/{owner}/{repo}/pulls/{pull_number}");
    let commits = validator("/repos/{owner}/{repo}/commits/{ref}");
    let checks = validator("/repos/{owner}/{repo}/commits/{ref}/check-runs");
    let mut seen = 0;
    for number in numbers {
        let pull = client.get(&format!("{of_repository}/pulls/{number}")).await;
        check(&pulls, &pull.body, &format!("pull request {number}"));
        for (validator, path) in &below {
            let path = format!("{of_repository}/{}?per_page=100", path.replace('%', &number.to_string()));
            for page in client.pages(&path).await {
                assert_eq!(page.status, 200, "{path}");
                check(validator, &page.body, &path);
                seen += page.body.as_array().unwrap().len();
            }
        }
        let head = pull.body["head"]["sha"].as_str().unwrap().to_owned();
        check(&commits, &client.get(&format!("{of_repository}/commits/{head}")).await.body, "a commit");
        for page in client
            .pages(&format!("{of_repository}/commits/{head}/check-runs?per_page=100&filter=latest"))
            .await
        {
            check(&checks, &page.body, "check runs");
        }
    }
    assert!(seen > 1_000, "there was something to check: {seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_is_one_of_githubs() {
    let (client, openapi) = (Client::new().await, OpenApi::read());
    let basic = openapi.component("basic-error");
    let poor = client.sim.tokens()[1].clone();
    client.sim.exhaust(&poor, "core");
    let blocked = client.token.clone();

    let mut refused = Vec::new();
    for (status, path, token) in [
        (404, "/repos/octo/gone", Some(blocked.as_str())),
        (404, "/repos/octo/hello-world/pulls/999999", Some(&blocked)),
        (404, "/nonsense", Some(&blocked)),
        (401, "/user", Some("ghp_nonsense")),
        (409, "/repos/octo/nothing/commits/main", Some(&blocked)),
        (409, "/repos/octo/nothing/commits", Some(&blocked)),
    ] {
        let answer = client.get_as(path, token).await;
        assert_eq!(answer.status, status, "{path}");
        refused.push((path, answer.body));
    }
    let answer = client.get_as("/repos/octo/hello-world", Some(&poor)).await;
    assert!(matches!(answer.status, 403 | 429), "{}", answer.status);
    refused.push(("over the limit", answer.body));
    client.sim.set_access(
        &blocked,
        Access { sso_blocked: BTreeSet::from(["octo".to_owned()]), ..Access::default() },
    );
    let answer = client.get_as("/repos/octo/hello-world", Some(&blocked)).await;
    assert_eq!(answer.status, 403);
    refused.push(("single sign-on", answer.body));
    for (what, body) in refused {
        check(&basic, &body, what);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_repository_is_redirected_as_described() {
    let (client, openapi) = (Client::new().await, OpenApi::read());
    let answer = client.get("/repos/octo/old-name/pulls?per_page=3").await;
    assert_eq!(answer.status, 301);
    check(&openapi.validator("/repos/{owner}/{repo}", 301), &answer.body, "a redirect");
    let moved = client.get(&answer.location.unwrap()).await;
    assert_eq!(moved.body.as_array().unwrap().len(), 3);
}

/// Every list that hangs on a pull request, with all that can be told without arguments.
const EVERYTHING: &str = r#"query($after: String) {
  rateLimit { cost limit remaining used nodeCount resetAt }
  viewer { login id databaseId url }
  repository(owner: "octo", name: "hello-world") {
    id databaseId name nameWithOwner isPrivate isEmpty createdAt updatedAt pushedAt url visibility
    owner { __typename login url ... on Organization { databaseId name } }
    defaultBranchRef { name prefix target { __typename oid ... on Commit { committedDate } } }
    primaryLanguage { name color }
    labels(first: 5) { nodes { name color description isDefault } }
    pullRequests(first: 10, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
      totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor node { number } }
      nodes {
        id databaseId fullDatabaseId number title body state isDraft merged mergeable closed createdAt updatedAt closedAt
        mergedAt authorAssociation url resourcePath additions deletions changedFiles baseRefName headRefName baseRefOid
        headRefOid isCrossRepository
        author { __typename login url ... on User { databaseId name } ... on Bot { databaseId } }
        mergedBy { __typename login }
        mergeCommit { oid committedDate message }
        labels(first: 9) { totalCount nodes { id name } }
        assignees(first: 9) { nodes { login databaseId } }
        reviewRequests(first: 9) { nodes { id requestedReviewer { __typename ... on User { login } ... on Team { slug combinedSlug organization { login } } ... on Bot { login } } } }
        reviews(first: 20) { totalCount nodes { fullDatabaseId state body submittedAt author { __typename login } commit { oid } comments(first: 5) { nodes { fullDatabaseId } } } }
        reviewThreads(first: 10) { nodes { id isResolved isOutdated path line diffSide subjectType resolvedBy { login } comments(first: 9) { nodes { fullDatabaseId body path createdAt updatedAt state outdated diffHunk author { __typename login } replyTo { fullDatabaseId } pullRequestReview { fullDatabaseId } commit { oid } } } } }
        comments(first: 20) { nodes { databaseId fullDatabaseId body createdAt updatedAt isMinimized author { __typename login } } }
        files(first: 50) { nodes { path changeType additions deletions viewerViewedState } }
        commits(first: 20) { totalCount nodes { id url commit { oid message messageHeadline messageBody additions deletions authoredDate committedDate author { name email date avatarUrl user { login } } committer { name date } parents(first: 2) { totalCount nodes { oid } } checkSuites(first: 5) { nodes { databaseId status conclusion createdAt updatedAt app { slug name databaseId } checkRuns(first: 5, filterBy: {checkType: ALL}) { totalCount nodes { databaseId name } } } } } } }
        statusCheckRollup { state contexts(first: 30) { totalCount checkRunCount statusContextCount nodes { __typename ... on CheckRun { databaseId name status conclusion startedAt completedAt detailsUrl isRequired } ... on StatusContext { context state description createdAt targetUrl } } } }
      }
    }
  }
}"#;

#[tokio::test(flavor = "multi_thread")]
async fn every_graphql_answer_has_the_public_schemas_types() {
    let (client, schema) = (Client::new().await, public_schema());
    let (mut after, mut pulls) = (Value::Null, 0);
    loop {
        let answer = client.graphql(EVERYTHING, json!({"after": after})).await;
        assert_eq!(answer.get("errors"), None);
        let misfits = misfits(&schema, EVERYTHING, &answer["data"]);
        assert!(misfits.is_empty(), "{:#?}", &misfits[..misfits.len().min(20)]);
        let page = &answer["data"]["repository"]["pullRequests"];
        pulls += page["nodes"].as_array().unwrap().len();
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(pulls, 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_points_of_a_query_are_those_that_the_window_loses() {
    let client = Client::new().await;
    let query = r#"{ rateLimit { cost remaining used } repository(owner: "octo", name: "hello-world") { pullRequests(first: 100) { nodes { reviews(first: 1) { nodes { id } } comments(first: 1) { nodes { id } } } } } }"#;
    let first = client.graphql(query, json!({})).await["data"]["rateLimit"].clone();
    assert_eq!(first["cost"], 2, "1 + 100 + 100 requests");
    let second = client.graphql(query, json!({})).await["data"]["rateLimit"].clone();
    assert_eq!(second["used"].as_u64().unwrap() - first["used"].as_u64().unwrap(), 2);
    let limits = client.get("/rate_limit").await.body;
    assert_eq!(limits["resources"]["graphql"]["remaining"], second["remaining"]);

    // At the end of the window GitHub says so in a 200.
    client.sim.exhaust(&client.token, "graphql");
    client.sim.set_latency(Duration::ZERO);
    let refused = client.graphql(query, json!({})).await;
    assert!(
        matches!(refused["errors"][0]["type"].as_str(), Some("RATE_LIMITED" | "RATE_LIMIT")),
        "{refused}"
    );
    assert_eq!(refused.get("data"), None);
}
