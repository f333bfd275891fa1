//! The examples of GitHub's OpenAPI description, read by the plugin: every endpoint in use, without a loss.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use futures::FutureExt;
use pull_requests::Params;
use seedbed_sdk::{Error, GraphqlAnswer, Host, Level, Outcome, Pager, RecordsError, Request, Response};
use seedbed_tests::openapi::OpenApi;
use serde_json::{Value, json};

const ROOT: &str = "/repos/{owner}/{repo}";

/// A host that answers each path with the example of the endpoint it belongs to.
struct Examples {
    openapi: OpenApi,
    asked: Mutex<BTreeSet<String>>,
    rows: Mutex<BTreeMap<String, Vec<Value>>>,
}

impl Examples {
    fn new() -> Self {
        Self { openapi: OpenApi::read(), asked: Mutex::default(), rows: Mutex::default() }
    }

    /// The example of an endpoint, by its path below the repository.
    fn example(&self, below: &str) -> Value {
        self.openapi.examples(&format!("{ROOT}{below}")).remove(0)
    }

    fn answer(&self, request: &Request) -> Result<Response, Error> {
        let below = request.path.trim_start_matches("/repos/octocat/Hello-World");
        let described = match below.split('/').skip(1).collect::<Vec<_>>().as_slice() {
            [] => "",
            ["pulls"] => "/pulls",
            ["pulls", _] => "/pulls/{pull_number}",
            ["pulls", _, "reviews"] => "/pulls/{pull_number}/reviews",
            ["pulls", _, "comments"] => "/pulls/{pull_number}/comments",
            ["pulls", _, "commits"] => "/pulls/{pull_number}/commits",
            ["pulls", _, "files"] => "/pulls/{pull_number}/files",
            ["issues", _, "comments"] => "/issues/{issue_number}/comments",
            ["commits", _] => "/commits/{ref}",
            ["commits", _, "check-runs"] => "/commits/{ref}/check-runs",
            _ => return Err(Error::Absent { status: 404, message: request.path.clone() }),
        };
        self.asked.lock().unwrap().insert(described.to_owned());
        Ok(Response { status: 200, body: self.example(described).to_string().into_bytes(), unchanged: false })
    }

    fn rows(&self, stream: &str) -> Vec<Value> {
        self.rows.lock().unwrap().get(stream).cloned().unwrap_or_default()
    }
}

impl Host for Examples {
    type Pager = OnePage;

    async fn get(&self, request: Request) -> Result<Response, Error> {
        self.answer(&request)
    }

    fn pager(&self, first: Request, _: Option<&str>) -> OnePage {
        OnePage(Mutex::new(Some(self.answer(&first))))
    }

    async fn graphql(&self, _: &str, _: &str) -> Result<GraphqlAnswer, Error> {
        Err(Error::NotGranted("this is about REST".to_owned()))
    }

    async fn emit(&self, stream: &str, rows: Vec<String>) -> Result<(), RecordsError> {
        let rows = rows.iter().map(|row| serde_json::from_str::<Value>(row).unwrap());
        self.rows.lock().unwrap().entry(stream.to_owned()).or_default().extend(rows);
        Ok(())
    }

    async fn replace(&self, stream: &str, _: &str, rows: Vec<String>) -> Result<(), RecordsError> {
        self.emit(stream, rows).await
    }

    async fn checkpoint(&self, _: &str) -> Result<(), RecordsError> {
        Ok(())
    }

    fn resume(&self) -> Option<String> {
        None
    }

    fn progress(&self, _: &str, _: u64, _: Option<u64>) {}

    fn log(&self, _: Level, _: &str) {}

    fn now(&self) -> u64 {
        1_300_000_000
    }
}

/// A list of one page.
struct OnePage(Mutex<Option<Result<Response, Error>>>);

impl Pager for OnePage {
    async fn next(&self) -> Result<Option<Response>, Error> {
        self.0.lock().unwrap().take().transpose()
    }

    fn position(&self) -> Option<String> {
        None
    }
}

/// Each row's columns beside what the example has at these places; an empty text counts as null.
#[track_caller]
fn as_in(rows: &[Value], examples: &[Value], columns: &[(&str, &str)]) {
    assert_eq!(rows.len(), examples.len(), "{rows:#?}");
    for (row, example) in rows.iter().zip(examples) {
        for (column, pointer) in columns {
            let expected = match example.pointer(pointer).cloned().unwrap_or_default() {
                Value::String(text) if text.is_empty() => Value::Null,
                value => value,
            };
            assert_eq!(row[column], expected, "{column} from {pointer}");
        }
    }
}

#[test]
fn every_example_of_the_endpoints_in_use_is_read_without_a_loss() {
    let host = Examples::new();
    let params: Params =
        serde_json::from_value(json!({"repo": "octocat/Hello-World", "api": "rest", "commit_stats": true}))
            .unwrap();
    let outcome = pull_requests::run(&host, params).now_or_never().expect("nothing to wait for").unwrap();
    assert_eq!(outcome, Outcome::Complete);
    let in_use = host.asked.lock().unwrap().len();
    assert_eq!(in_use, 10, "{:?}", host.asked.lock().unwrap());

    let list = |below: &str| host.example(below).as_array().unwrap().clone();
    as_in(
        &host.rows("repositories"),
        &[host.example("")],
        &[
            ("id", "/id"),
            ("full_name", "/full_name"),
            ("default_branch", "/default_branch"),
            ("language", "/language"),
            ("private", "/private"),
            ("created_at", "/created_at"),
            ("pushed_at", "/pushed_at"),
        ],
    );
    let pull = host.example("/pulls/{pull_number}");
    let rows = host.rows("pull_requests");
    as_in(
        &rows,
        std::slice::from_ref(&pull),
        &[
            ("id", "/id"),
            ("number", "/number"),
            ("title", "/title"),
            ("body", "/body"),
            ("state", "/state"),
            ("draft", "/draft"),
            ("created_at", "/created_at"),
            ("updated_at", "/updated_at"),
            ("closed_at", "/closed_at"),
            ("merged_at", "/merged_at"),
            ("author_id", "/user/id"),
            ("author_login", "/user/login"),
            ("merged_by_login", "/merged_by/login"),
            ("base_ref", "/base/ref"),
            ("head_ref", "/head/ref"),
            ("base_sha", "/base/sha"),
            ("head_sha", "/head/sha"),
            ("additions", "/additions"),
            ("deletions", "/deletions"),
            ("changed_files", "/changed_files"),
            ("commits", "/commits"),
        ],
    );
    let all = |of: &str, name: &str| -> Vec<Value> {
        let mut all: Vec<Value> =
            pull[of].as_array().unwrap().iter().map(|item| item[name].clone()).collect();
        // Their order means nothing, and rows have one of their own.
        all.sort_by_key(ToString::to_string);
        all
    };
    assert_eq!(rows[0]["labels"], json!(all("labels", "name")));
    assert_eq!(rows[0]["assignees"], json!(all("assignees", "login")));
    let asked = rows[0]["requested_reviewers"].as_array().unwrap();
    assert!(all("requested_reviewers", "login").iter().all(|login| asked.contains(login)), "{asked:?}");

    as_in(
        &host.rows("reviews"),
        &list("/pulls/{pull_number}/reviews"),
        &[
            ("id", "/id"),
            ("author_login", "/user/login"),
            ("state", "/state"),
            ("body", "/body"),
            ("submitted_at", "/submitted_at"),
            ("commit_sha", "/commit_id"),
        ],
    );
    as_in(
        &host.rows("review_comments"),
        &list("/pulls/{pull_number}/comments"),
        &[
            ("id", "/id"),
            ("review_id", "/pull_request_review_id"),
            ("author_login", "/user/login"),
            ("path", "/path"),
            ("body", "/body"),
            ("created_at", "/created_at"),
            ("updated_at", "/updated_at"),
        ],
    );
    as_in(
        &host.rows("issue_comments"),
        &list("/issues/{issue_number}/comments"),
        &[
            ("id", "/id"),
            ("author_login", "/user/login"),
            ("body", "/body"),
            ("created_at", "/created_at"),
            ("updated_at", "/updated_at"),
        ],
    );
    as_in(
        &host.rows("commits"),
        &list("/pulls/{pull_number}/commits"),
        &[
            ("sha", "/sha"),
            ("message", "/commit/message"),
            ("author_name", "/commit/author/name"),
            ("author_login", "/author/login"),
            ("authored_at", "/commit/author/date"),
            ("committed_at", "/commit/committer/date"),
        ],
    );
    let stats = host.example("/commits/{ref}");
    as_in(
        &host.rows("commits"),
        &[stats],
        &[("additions", "/stats/additions"), ("deletions", "/stats/deletions")],
    );
    as_in(
        &host.rows("files"),
        &list("/pulls/{pull_number}/files"),
        &[
            ("path", "/filename"),
            ("status", "/status"),
            ("additions", "/additions"),
            ("deletions", "/deletions"),
        ],
    );
    let runs = host.example("/commits/{ref}/check-runs")["check_runs"].as_array().unwrap().clone();
    as_in(
        &host.rows("check_runs"),
        &runs,
        &[
            ("id", "/id"),
            ("head_sha", "/head_sha"),
            ("name", "/name"),
            ("status", "/status"),
            ("conclusion", "/conclusion"),
            ("started_at", "/started_at"),
            ("completed_at", "/completed_at"),
        ],
    );
    let named: BTreeSet<String> =
        host.rows("users").iter().map(|user| user["login"].as_str().unwrap().to_owned()).collect();
    assert!(named.contains("octocat") && named.contains("hubot"), "{named:?}");
}
