//! Recorded exchanges with the real GitHub (`@octokit/fixtures`), replayed through the real client.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response as Reply;
use http::{HeaderMap, HeaderName, HeaderValue, Request as Received, StatusCode};
use secrecy::SecretString;
use seedbed_github::{
    Answer, Api, Backoff, Budget, Client, Credential, Endpoint, Error, Grants, Policy, Request, Ruling,
    Scoped, Timestamp, verdict,
};
use seedbed_tests::material;
use serde_json::Value;

/// Looks like a token and is none.
const TOKEN: &str = "ghp_recordedrecordedrecordedrecorded0123";

/// One exchange of a recording.
#[derive(Clone)]
struct Exchange {
    method: String,
    target: String,
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Exchange {
    fn read(recorded: &Value) -> Self {
        let mut headers = HeaderMap::new();
        for (name, value) in recorded["headers"].as_object().unwrap() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            headers.insert(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(&text).unwrap());
        }
        // The recorder wrote milliseconds where GitHub sends seconds.
        if let Some(reset) = headers.get_mut("x-ratelimit-reset") {
            let text = reset.to_str().unwrap().trim_end_matches("000").to_owned();
            *reset = HeaderValue::from_str(&text).unwrap();
        }
        let body = match &recorded["response"] {
            Value::String(text) => text.clone().into_bytes(),
            json => json.to_string().into_bytes(),
        };
        Self {
            method: recorded["method"].as_str().unwrap().to_uppercase(),
            target: recorded["path"].as_str().unwrap().to_owned(),
            status: u16::try_from(recorded["status"].as_u64().unwrap()).unwrap(),
            headers,
            body,
        }
    }
}

fn recording(scenario: &str) -> Vec<Exchange> {
    let path = format!("@octokit/fixtures/scenarios/api.github.com/{scenario}/normalized-fixture.json");
    material::json(&path).as_array().unwrap().iter().map(Exchange::read).collect()
}

fn scenarios() -> Vec<String> {
    let folder = material::file("@octokit/fixtures/scenarios/api.github.com");
    let names =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

/// A server that knows nothing but one recording, and notes what it is asked.
struct Replay {
    root: String,
    heard: Arc<Heard>,
}

#[derive(Default)]
struct Heard {
    exchanges: Vec<Exchange>,
    root: OnceLock<String>,
    /// Path and `Authorization` of each request.
    requests: Mutex<Vec<(String, Option<String>)>>,
}

impl Replay {
    async fn of(scenario: &str) -> Self {
        Self::with(recording(scenario)).await
    }

    async fn with(exchanges: Vec<Exchange>) -> Self {
        let heard = Arc::new(Heard { exchanges, ..Heard::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let root = format!("http://{}", listener.local_addr().unwrap());
        heard.root.set(root.clone()).unwrap();
        let service = axum::Router::new().fallback(reply).with_state(Arc::clone(&heard));
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { root, heard }
    }

    fn paths(&self) -> Vec<String> {
        self.heard.requests.lock().unwrap().iter().map(|(path, _)| path.clone()).collect()
    }

    fn client(&self) -> Client {
        let root = self.root.clone();
        let endpoint = Endpoint::from_env(&|name| (name == "GITHUB_API_URL").then(|| root.clone())).unwrap();
        let credential = Credential::token(SecretString::from(TOKEN)).unwrap();
        let backoff = Backoff { base: Duration::from_millis(1), cap: Duration::from_millis(5) };
        let client = Client::builder(endpoint).credentials(vec![credential]).policy(Policy::unpaced());
        client.backoff(backoff).max_tries(3).build().unwrap()
    }

    fn job(&self, grant: &str) -> Scoped {
        let budget = Budget { patience: Duration::from_secs(2), ..Budget::default() };
        self.client().scoped(Grants::parse(&[grant.to_owned()]).unwrap(), budget)
    }
}

/// Path and query, the latter in an order of its own: it has no meaning.
fn in_order(target: &str) -> (&str, Vec<&str>) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.sort_unstable();
    (path, pairs)
}

async fn reply(State(heard): State<Arc<Heard>>, request: Received<Body>) -> Reply {
    let target = request.uri().path_and_query().unwrap().as_str().to_owned();
    let authorization =
        request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
    heard.requests.lock().unwrap().push((target.clone(), authorization));
    let same =
        |e: &&Exchange| e.method == request.method().as_str() && in_order(&e.target) == in_order(&target);
    let found = heard.exchanges.iter().find(same);
    let Some(exchange) = found else {
        let body = Body::from(r#"{"message":"not in the recording"}"#);
        return Reply::builder().status(StatusCode::IM_A_TEAPOT).body(body).unwrap();
    };
    let mut reply = Reply::builder().status(exchange.status);
    for (name, value) in &exchange.headers {
        if !["connection", "content-length", "content-encoding", "transfer-encoding"].contains(&name.as_str())
        {
            let here = value.to_str().unwrap().replace("https://api.github.com", heard.root.get().unwrap());
            reply = reply.header(name, here);
        }
    }
    reply.body(Body::from(exchange.body.clone())).unwrap()
}

/// Everything that is logged at `trace` while these tests run.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[derive(Clone, Copy)]
struct Sink;

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn listen_to_the_log() {
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(|| Sink);
    // Another test of this program may have done so already.
    let _ = subscriber.try_init();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_read_to_its_end_through_the_repositorys_id() {
    let replay = Replay::of("paginate-issues").await;
    let job = replay.job("octokit-fixture-org/paginate-issues");
    let first = Request::get("/repos/octokit-fixture-org/paginate-issues/issues").with("per_page", 3);
    let pager = job.pager(first.clone(), None).unwrap();
    let mut numbers = Vec::new();
    let mut positions = Vec::new();
    while let Some(page) = pager.next().await.unwrap_or_else(|e| panic!("{e} in {:?}", replay.paths())) {
        let issues: Vec<Value> = serde_json::from_slice(&page.body).unwrap();
        numbers.extend(issues.iter().map(|issue| issue["number"].as_u64().unwrap()));
        positions.push(pager.position());
    }
    assert_eq!(numbers, (1..=13).rev().collect::<Vec<_>>());
    assert_eq!(replay.paths().len(), 5, "each page once: {:?}", replay.paths());

    // Another run goes on in the middle, by the position after the second page. It has not learnt the id, so it asks by
    // the name, which GitHub answers in the same way.
    let mut exchanges = recording("paginate-issues");
    for exchange in &mut exchanges {
        exchange.target =
            exchange.target.replace("/repositories/1000", "/repos/octokit-fixture-org/paginate-issues");
    }
    let replay = Replay::with(exchanges).await;
    let resumed =
        replay.job("octokit-fixture-org/paginate-issues").pager(first, positions[1].as_deref()).unwrap();
    let page = resumed.next().await.unwrap_or_else(|e| panic!("{e} in {:?}", replay.paths())).unwrap();
    let issues: Vec<Value> = serde_json::from_slice(&page.body).unwrap();
    assert_eq!(issues[0]["number"], 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_is_followed_to_the_id_and_the_credential_goes_along() {
    let replay = Replay::of("rename-repository").await;
    let job = replay.job("octokit-fixture-org/rename-repository");
    let answer = job.get(Request::get("/repos/octokit-fixture-org/rename-repository")).await.unwrap();
    let repository: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(repository["name"], "rename-repository-newname");
    assert_eq!(replay.paths(), ["/repos/octokit-fixture-org/rename-repository", "/repositories/1000"]);
    // What was learnt on the way is granted now; another id is not.
    job.get(Request::get("/repositories/1000")).await.unwrap();
    let other = job.get(Request::get("/repositories/1001")).await;
    assert!(matches!(other, Err(Error::NotGranted(_))), "{other:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_to_another_host_is_not_followed_with_the_credential() {
    let mut exchanges = recording("get-archive");
    let other = Replay::with(vec![]).await;
    let location = HeaderValue::from_str(&format!("{}/octokit-fixture-org/get-archive", other.root)).unwrap();
    exchanges[0].headers.insert("location", location);
    let replay = Replay::with(exchanges).await;
    let job = replay.job("octokit-fixture-org/get-archive");
    let answer = job.get(Request::get("/repos/octokit-fixture-org/get-archive/tarball/main")).await;
    assert!(answer.is_err(), "{answer:?}");
    let leaked =
        other.heard.requests.lock().unwrap().iter().any(|(_, authorization)| authorization.is_some());
    assert!(!leaked, "the credential went to another host");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_and_lists_are_read_as_they_were_recorded() {
    for (scenario, path) in [
        ("get-repository", "/repos/octokit-fixture-org/hello-world"),
        ("labels", "/repos/octokit-fixture-org/labels/labels"),
        (
            "create-status",
            "/repos/octokit-fixture-org/create-status/commits/0000000000000000000000000000000000000001/statuses",
        ),
    ] {
        let replay = Replay::of(scenario).await;
        let repository: Vec<&str> = path.split('/').skip(2).take(2).collect();
        let answer = replay.job(&repository.join("/")).get(Request::get(path)).await.unwrap();
        let recorded =
            recording(scenario).into_iter().find(|e| e.target == path && e.method == "GET").unwrap();
        assert_eq!(answer.body, recorded.body, "{scenario}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_404_is_told_in_githubs_words_and_not_retried_without_end() {
    let replay = Replay::of("branch-protection").await;
    let path = "/repos/octokit-fixture-org/branch-protection/branches/main/protection";
    let answer = replay.job("octokit-fixture-org/branch-protection").get(Request::get(path)).await;
    assert_eq!(answer, Err(Error::Absent { status: 404, message: "Branch not protected".to_owned() }));
    assert_eq!(replay.paths(), [path]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_validation_error_is_final() {
    // The recording answers a POST; a job can only GET, and the same answer means the same.
    let mut exchanges = recording("errors");
    exchanges[0].method = "GET".to_owned();
    let replay = Replay::with(exchanges).await;
    let answer = replay
        .job("octokit-fixture-org/errors")
        .get(Request::get("/repos/octokit-fixture-org/errors/labels"))
        .await;
    assert!(
        matches!(&answer, Err(Error::Rejected { status: 422, message }) if message.contains("Validation Failed")),
        "{answer:?}"
    );
    assert_eq!(replay.paths().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_granted_is_not_sent() {
    let replay = Replay::of("get-repository").await;
    let job = replay.job("octokit-fixture-org/another");
    for path in ["/repos/octokit-fixture-org/hello-world", "/orgs/octokit-fixture-org", "/user", "/meta"] {
        let answer = job.get(Request::get(path)).await;
        assert!(matches!(answer, Err(Error::NotGranted(_))), "{path}: {answer:?}");
    }
    assert_eq!(replay.paths(), Vec::<String>::new());
}

#[test]
fn every_recorded_answer_has_its_verdict() {
    let mut seen = BTreeSet::new();
    for scenario in scenarios() {
        for exchange in recording(&scenario) {
            let what = format!("{scenario}: {} {} {}", exchange.method, exchange.target, exchange.status);
            let json = exchange
                .headers
                .get("content-type")
                .is_some_and(|t| t.to_str().unwrap().starts_with("application/json"));
            let ruled = verdict(&Answer {
                api: Api::Rest,
                status: exchange.status,
                headers: &exchange.headers,
                body: &exchange.body,
                whole: true,
                expects_json: json,
                received_at: Timestamp::from_seconds(1_507_651_200),
            });
            let as_expected = match exchange.status {
                200..=299 => {
                    ruled.ruling == Ruling::Success
                        || (exchange.status == 202 && ruled.ruling == Ruling::Accepted)
                }
                301 | 302 | 307 => matches!(&ruled.ruling, Ruling::Moved { location: Some(_) }),
                404 => matches!(ruled.ruling, Ruling::Absent { status: 404, .. }),
                422 => matches!(ruled.ruling, Ruling::Rejected { status: 422, .. }),
                other => panic!("{what}: what is a {other}?"),
            };
            assert!(as_expected, "{what}: {:?}", ruled.ruling);
            seen.insert(exchange.status);
            let Some(window) = ruled.learnt.window else { continue };
            // `search` has a window of its own: 29 left of 30 must not make `core` look empty.
            let (resource, limit) =
                if scenario == "search-issues" { ("search", 30) } else { ("core", 5_000) };
            assert_eq!(window.resource.as_ref().map(|r| r.as_str()), Some(resource), "{what}");
            assert_eq!((window.limit, window.remaining, window.used), (limit, limit - 1, 1), "{what}");
        }
    }
    assert!(seen.len() >= 8, "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_goes_to_github_and_nowhere_else() {
    listen_to_the_log();
    let replay = Replay::of("paginate-issues").await;
    let client = replay.client();
    let grants = Grants::parse(&["octokit-fixture-org/paginate-issues".to_owned()]).unwrap();
    let job = client.scoped(grants, Budget::default());
    let issues = Request::get("/repos/octokit-fixture-org/paginate-issues/issues").with("per_page", 3);
    job.get(issues).await.unwrap();
    // Something that is not in the recording, so that an error is told, too.
    let error =
        job.get(Request::get("/repos/octokit-fixture-org/paginate-issues/nonsense")).await.unwrap_err();
    let heard = replay.heard.requests.lock().unwrap().clone();
    assert!(
        heard.iter().all(|(_, authorization)| authorization.as_deref() == Some(&format!("Bearer {TOKEN}")))
    );

    let told = [
        format!("{error} {error:?}"),
        format!("{:?} {:?}", client.totals(), job.usage()),
        serde_json::to_string(&client.totals()).unwrap(),
        serde_json::to_string(&client.pool().snapshot()).unwrap(),
        String::from_utf8_lossy(&LOG.lock().unwrap()).into_owned(),
    ];
    assert!(!told[4].is_empty(), "something is logged at `trace`");
    for text in told {
        assert!(!text.contains(TOKEN), "{text}");
        assert!(!text.contains(&TOKEN[4..20]), "{text}");
    }
}
