//! A run that is stopped half-way keeps what it has, and the next one goes on.
#![allow(clippy::unwrap_used, clippy::panic, reason = "what serves a test may fail as it does")]

use std::process::Child;
use std::time::Duration;

use github_sim::{Config, RepoConfig, Sim};
use seedbed_tests::program::{Desk, send, until};
use seedbed_tests::rows::{keys_in, keys_of, same, total};

const REPO: &str = "antiwork/gumroad";

/// Slow enough to be stopped in the middle.
async fn slow() -> Sim {
    let repositories = vec![RepoConfig { beyond_commit_cap: false, ..RepoConfig::new(REPO, 200) }];
    let latency = Duration::from_millis(20);
    Sim::start(Config { repositories, latency, ..Config::default() }.without_secondary_limits()).await
}

/// A run that has checkpointed something and is not at its end.
fn half_way(desk: &Desk, job_api: &str) -> Child {
    desk.job(REPO, &format!("api = \"{job_api}\""));
    let mut run = desk.run();
    run.args(["--receipt", "receipt.json"]);
    let child = run.spawn().unwrap();
    until("a first checkpoint", || total(&keys_in(&desk.path("out/rows.db"))) > 100);
    child
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_run_keeps_its_last_checkpoint_and_the_next_goes_on() {
    for (signal, api) in [("INT", "rest"), ("TERM", "graphql")] {
        let sim = slow().await;
        let desk = Desk::at(&sim);
        let child = half_way(&desk, api);
        send(signal, &child);
        let stopped = desk.wait(child).expect_code(75);
        assert!(stopped.took < Duration::from_secs(2), "it ends soon: {:?}", stopped.took);
        assert!(stopped.stderr.contains("stopping"), "{}", stopped.stderr);
        assert!(stopped.stdout.contains("stopped by the user"), "{}", stopped.stdout);
        let receipt = std::fs::read_to_string(desk.path("receipt.json")).unwrap();
        assert!(receipt.contains("\"partial\""), "{receipt}");

        let (kept, all) = (total(&keys_in(&desk.path("out/rows.db"))), keys_of(&sim));
        assert!(kept > 0 && kept < total(&all), "{kept} of {}", total(&all));
        let before = sim.ledger().total;
        desk.finish(desk.run()).expect_code(0);
        same(&keys_in(&desk.path("out/rows.db")), &all);
        assert!(sim.ledger().total > before, "there was something left to ask for");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_signal_nothing_more_is_sent() {
    let sim = slow().await;
    let desk = Desk::at(&sim);
    let child = half_way(&desk, "rest");
    send("INT", &child);
    desk.wait(child).expect_code(75);
    let sent = sim.ledger().total;
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(sim.ledger().total, sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_on_the_same_sink_is_refused_with_the_pid_of_the_first() {
    let sim = slow().await;
    let desk = Desk::at(&sim);
    let first = half_way(&desk, "rest");
    let second = desk.finish(desk.run()).expect_code(1);
    let pid = first.id().to_string();
    assert!(second.stderr.contains(&pid), "{pid} in {}", second.stderr);
    assert!(second.stderr.contains("in use by another run"), "{}", second.stderr);
    assert!(second.took < Duration::from_secs(1), "{:?}", second.took);
    send("INT", &first);
    desk.wait(first).expect_code(75);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_of_a_killed_run_does_not_stay() {
    let sim = slow().await;
    let desk = Desk::at(&sim);
    let killed = half_way(&desk, "graphql");
    send("KILL", &killed);
    desk.wait(killed).expect_code(-1);
    desk.finish(desk.run()).expect_code(0);
    same(&keys_in(&desk.path("out/rows.db")), &keys_of(&sim));
}
