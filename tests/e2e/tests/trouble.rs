//! Plugins that break, or keep quiet about what they did not get: what the run makes of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "what serves a test may fail as it does")]

use github_sim::{Config, RepoConfig, Sim};
use seedbed_tests::program::{Desk, Finished, guest};
use serde_json::{Value, json};

const REPO: &str = "antiwork/gumroad";

/// A desk with a job that has a task for each of these deeds of the guest `probe`.
async fn desk(deeds: &str) -> (Sim, Desk) {
    let repositories = vec![RepoConfig::new(REPO, 5)];
    let sim = Sim::start(Config { repositories, ..Config::default() }).await;
    let desk = Desk::at(&sim);
    let plugin = guest("probe");
    let job = format!(
        "name = \"trouble\"\nplugin = {plugin:?}\n[matrix]\ndo = {deeds}\n[params]\nmessage = \"out of ideas\"\n\
         path = \"/repos/{REPO}\"\nwhat = \"a thing\"\nreason = \"it is late\"\nretry_at = 4_000_000_000\n\
         [github]\nread = [\"{REPO}\"]\n[limits]\ncpu = \"100 ms\"\n[sink]\ntype = \"jsonl\"\npath = \"out\"\n"
    );
    desk.put("job.toml", job);
    (sim, desk)
}

fn run(desk: &Desk, more: &[&str]) -> (Finished, Value) {
    let mut run = desk.run();
    run.args(["--receipt", "receipt.json"]).args(more);
    let finished = desk.finish(run);
    (finished, serde_json::from_slice(&std::fs::read(desk.path("receipt.json")).unwrap()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_the_plugin_swallows_is_unresolved_and_the_job_partial() {
    let (sim, desk) = desk(r#"["get"]"#).await;
    for token in sim.tokens() {
        sim.exhaust(&token, "core");
    }
    let (finished, receipt) = run(&desk, &[]);
    let finished = finished.expect_code(75);
    let task = &receipt["jobs"][0]["tasks"][0];
    assert_eq!((&task["outcome"], &task["gaps"]), (&json!("partial"), &json!([])));
    let unresolved = task["unresolved"][0].as_str().unwrap();
    assert!(unresolved.starts_with("GET /repos/antiwork/gumroad"), "{unresolved}");
    assert!(
        finished.stdout.contains("not told by the plugin: GET /repos/antiwork/gumroad"),
        "{}",
        finished.stdout
    );
    assert!(receipt["github"]["refused"].as_u64() > Some(0), "{receipt:#}");

    let (finished, receipt) = run(&desk, &["--on-exhausted", "fail"]);
    finished.expect_code(1);
    assert_eq!(receipt["jobs"][0]["outcome"], "failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_breaks_does_not_harm_the_others() {
    let (_sim, desk) = desk(r#"["panic", "get", "spin", "fail"]"#).await;
    let (finished, receipt) = run(&desk, &[]);
    let finished = finished.expect_code(1);
    let tasks = receipt["jobs"][0]["tasks"].as_array().unwrap();
    let outcomes: Vec<&str> = tasks.iter().map(|task| task["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["failed", "complete", "failed", "failed"]);
    for (task, told) in [(0, "out of ideas"), (2, "limits.cpu"), (3, "out of ideas")] {
        let reason = tasks[task]["gaps"][0]["reason"].as_str().unwrap();
        assert!(reason.contains(told), "{reason}");
        assert!(finished.stdout.contains(told), "{}", finished.stdout);
    }
    let cpu = tasks[2]["guest_cpu_ms"].as_u64().unwrap();
    assert!((100..1_000).contains(&cpu), "{cpu} ms");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_that_the_plugin_tells_says_when_to_come_back() {
    let (_sim, desk) = desk(r#"["partial", "complete"]"#).await;
    let (finished, receipt) = run(&desk, &[]);
    let finished = finished.expect_code(75);
    let job = &receipt["jobs"][0];
    assert_eq!((&job["outcome"], &job["retry_at"]), (&json!("partial"), &json!(4_000_000_000_u64)));
    let gap = json!({"what": "a thing", "reason": "it is late", "retry_at": 4_000_000_000_u64});
    assert_eq!(job["tasks"][0]["gaps"], json!([gap]));
    assert!(finished.stdout.contains("run it again after 2096-10-02 07:06:40 UTC"), "{}", finished.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_plugin_logs_is_told_with_its_task_and_can_not_steer_the_terminal() {
    let (_sim, desk) = desk(r#"["log"]"#).await;
    let job = std::fs::read_to_string(desk.path("job.toml")).unwrap();
    desk.put("job.toml", job.replace("out of ideas\"", "all \\u001b[2J is well\"\nlevel = \"info\""));
    let (finished, _) = run(&desk, &["--progress", "none"]);
    let finished = finished.expect_code(0);
    assert!(
        finished.stderr.contains("is well") && finished.stderr.contains("trouble log"),
        "{}",
        finished.stderr
    );
    assert!(!finished.stderr.contains('\u{1b}'), "{:?}", finished.stderr);
}
