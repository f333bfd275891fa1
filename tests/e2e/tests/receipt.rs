//! The receipt: its exact shape, also of a run that did not get everything.
#![allow(clippy::unwrap_used, clippy::panic, reason = "what serves a test may fail as it does")]

use github_sim::{Config, OwnerConfig, RepoConfig, Sim};
use seedbed_tests::program::{Desk, Finished};
use serde_json::{Value, json};

const REPO: &str = "antiwork/gumroad";

async fn sim(owners: Vec<OwnerConfig>) -> Sim {
    let repositories = vec![RepoConfig { beyond_commit_cap: false, ..RepoConfig::new(REPO, 60) }];
    Sim::start(Config { repositories, owners, ..Config::default() }.without_secondary_limits()).await
}

fn run(desk: &Desk) -> (Finished, Value) {
    desk.job(REPO, "api = \"graphql\"");
    let mut run = desk.run();
    run.args(["--receipt", "receipt.json"]);
    let run = desk.finish(run);
    let receipt = std::fs::read(desk.path("receipt.json")).unwrap();
    (run, serde_json::from_slice(&receipt).unwrap())
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_says_what_the_run_did_and_cost() {
    let sim = sim(vec![OwnerConfig::default(); 2]).await;
    let desk = Desk::at(&sim);
    let (finished, receipt) = run(&desk);
    finished.expect_code(0);

    assert_eq!(keys(&receipt), ["finished_at", "github", "jobs", "started_at"]);
    for time in [&receipt["started_at"], &receipt["finished_at"]] {
        let time = time.as_str().unwrap();
        assert!(time.len() == 20 && time.ends_with('Z') && time.contains('T'), "{time}");
    }
    let job = &receipt["jobs"][0];
    assert_eq!(keys(job), ["job", "outcome", "retry_at", "tasks"]);
    assert_eq!(
        (&job["job"], &job["outcome"], &job["retry_at"]),
        (&json!("rows"), &json!("complete"), &Value::Null)
    );
    let task = &job["tasks"][0];
    let expected =
        ["gaps", "guest_cpu_ms", "outcome", "params", "peak_memory_bytes", "requests", "rows", "unresolved"];
    assert_eq!(keys(task), expected);
    assert_eq!(task["params"], json!({"api": "graphql", "days_back": 90, "repo": REPO}));
    assert_eq!((&task["gaps"], &task["unresolved"]), (&json!([]), &json!([])));
    assert_eq!(task["rows"]["pull_requests"], 60);
    assert!(task["peak_memory_bytes"].as_u64().unwrap() > 0);

    let github = &receipt["github"];
    assert_eq!(
        keys(github),
        ["by_bucket", "coalesced", "credentials", "refused", "requests", "retries", "unchanged"]
    );
    assert_eq!(github["requests"], sim.ledger().total);
    assert_eq!(task["requests"], sim.ledger().total, "there is only one task");
    let credentials = github["credentials"].as_array().unwrap();
    assert_eq!(credentials.len(), 2);
    assert_eq!(keys(&credentials[0]), ["credential", "owner", "requests"]);
    assert!(credentials[0]["credential"].as_str().unwrap().starts_with("ghp_…"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_says_what_is_missing_and_when_it_can_be_had() {
    let few = OwnerConfig { graphql_remaining: Some(53), ..OwnerConfig::default() };
    let sim = sim(vec![few]).await;
    let desk = Desk::at(&sim);
    let (finished, receipt) = run(&desk);
    finished.expect_code(75);
    let job = &receipt["jobs"][0];
    assert_eq!((&job["outcome"], &job["tasks"][0]["outcome"]), (&json!("partial"), &json!("partial")));
    let gap = &job["tasks"][0]["gaps"][0];
    assert_eq!(keys(gap), ["reason", "retry_at", "what"]);
    assert!(gap["retry_at"].as_u64().unwrap() > 1_700_000_000, "{gap}");
    assert_eq!(job["retry_at"], gap["retry_at"]);
}

#[test]
fn a_receipt_that_could_not_be_written_is_told_before_the_run() {
    let desk = Desk::offline();
    desk.job(REPO, "");
    for place in ["none/receipt.json", "."] {
        let mut run = desk.run();
        run.args(["--receipt", place]);
        let run = desk.finish(run).expect_code(2);
        assert!(run.stderr.contains("can't write the receipt"), "{}", run.stderr);
        assert!(!desk.path("out").exists(), "nothing was begun");
    }
}
