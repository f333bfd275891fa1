//! What a guest may use, and what is said when it is used up.

use std::time::{Duration, Instant};

use seedbed_runtime::{Failure, Limits, Outcome, Stage};
use serde_json::json;

use crate::{doors::Seen, guest};

fn cpu(ms: u64) -> Limits {
    Limits { cpu: Duration::from_millis(ms), ..Limits::default() }
}

/// Runs the probe to its failure.
async fn failure(params: serde_json::Value, limits: Limits) -> Failure {
    let ended = guest::run(params, Seen::default().doors(), limits).await;
    ended.result.unwrap_err()
}

#[tokio::test]
async fn a_guest_that_spins_is_stopped_close_to_its_budget() {
    let ended = guest::run(json!({"do": "spin"}), Seen::default().doors(), cpu(300)).await;
    let Err(Failure::OverCpu { stage: Stage::Run, used, budget }) = ended.result else { panic!("{ended:?}") };
    assert_eq!(budget, Duration::from_millis(300));
    assert!(used >= budget && used < Duration::from_millis(400), "{used:?}");
    assert_eq!(ended.guest_cpu, used);
}

#[tokio::test]
async fn spinning_beside_a_request_that_is_under_way_is_no_excuse() {
    let seen = Seen::default();
    let params = json!({"do": "spin-pending", "path": "/never"});
    let ended = guest::run(params, seen.doors(), cpu(200)).await;
    assert!(matches!(ended.result, Err(Failure::OverCpu { .. })), "{ended:?}");
    assert!(ended.guest_cpu < Duration::from_millis(300), "{ended:?}");
    assert_eq!(seen.most_under_way(), 1);
    seen.all_given_up().await;
}

#[tokio::test]
async fn waiting_is_free() {
    let params = json!({"do": "gets-in-turn", "count": 20, "path": "/slow"});
    let ended = guest::run(params, Seen::default().doors(), cpu(200)).await;
    assert_eq!(ended.result, Ok(Outcome::Complete));
    assert!(ended.elapsed > Duration::from_millis(400), "{ended:?}");
    assert!(ended.guest_cpu < Duration::from_millis(100), "{ended:?}");
}

#[tokio::test]
async fn waiting_for_what_never_comes_ends_with_the_wall() {
    let limits = Limits { wall: Duration::from_millis(100), ..Limits::default() };
    let seen = Seen::default();
    let ended = guest::run(json!({"do": "get", "path": "/never"}), seen.doors(), limits).await;
    let Err(failure @ Failure::OverWall { .. }) = ended.result else { panic!("{ended:?}") };
    assert_eq!(failure.to_string(), "`run` was not over after 100 ms (raise it with limits.wall)");
    seen.all_given_up().await;
}

#[tokio::test]
async fn the_wall_also_stops_one_that_spins() {
    let limits = Limits { wall: Duration::from_millis(150), ..Limits::default() };
    let started = Instant::now();
    assert!(matches!(failure(json!({"do": "spin"}), limits).await, Failure::OverWall { .. }));
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_a_run_ends_its_guest() {
    let seen = Seen::default();
    let run = guest::run(json!({"do": "spin-pending", "path": "/never"}), seen.doors(), Limits::default());
    assert!(tokio::time::timeout(Duration::from_secs(2), run).await.is_err());
    assert_eq!(seen.most_under_way(), 1);
    seen.all_given_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neighbours_of_one_that_spins_go_on() {
    let spinning = tokio::spawn(guest::run(json!({"do": "spin"}), Seen::default().doors(), cpu(400)));
    let seen = Seen::default();
    let ended = guest::run(json!({"do": "get", "path": "/slow"}), seen.doors(), Limits::default()).await;
    assert_eq!(ended.result, Ok(Outcome::Complete));
    assert!(!spinning.is_finished());
    assert!(matches!(spinning.await.unwrap().result, Err(Failure::OverCpu { .. })));
}

#[tokio::test]
async fn the_start_and_describe_are_watched_too() {
    let load = |name| guest::SANDBOXES.load_bytes(&guest::component(name)).unwrap();
    let second = Duration::from_secs(1);
    let failure = load("spin-in-describe").describe().await.unwrap_err();
    assert!(
        matches!(failure, Failure::OverCpu { stage: Stage::Describe, budget, .. } if budget == second),
        "{failure:?}"
    );
    let at_start = load("spin-at-start");
    let failure = at_start.describe().await.unwrap_err();
    assert!(matches!(failure, Failure::OverCpu { stage: Stage::Start, .. }), "{failure:?}");
    let ended = at_start.run("{}".into(), Seen::default().doors(), Limits::default()).await;
    assert!(matches!(ended.result, Err(Failure::OverCpu { stage: Stage::Start, .. })), "{ended:?}");
}

#[tokio::test]
async fn memory_is_bounded_however_it_is_taken() {
    for way in ["grow", "grow-in-pieces"] {
        let limits = Limits { memory: 64 << 20, ..Limits::default() };
        let ended = guest::run(json!({"do": way}), Seen::default().doors(), limits).await;
        let Err(Failure::OverMemory { used, wanted, budget }) = ended.result else { panic!("{ended:?}") };
        assert_eq!(budget, 64 << 20);
        assert!(used <= budget && wanted > budget, "{used} {wanted}");
        assert_eq!(ended.peak_memory, used);
    }
}

#[tokio::test]
async fn a_guest_that_lives_with_too_little_memory_is_not_failed_for_it() {
    let limits = Limits { memory: 64 << 20, ..Limits::default() };
    let ended = guest::run(json!({"do": "grow-modestly"}), Seen::default().doors(), limits).await;
    assert_eq!(ended.result, Ok(Outcome::Complete));
}

#[tokio::test]
async fn a_component_that_starts_with_more_memory_than_it_may_have_is_told_so() {
    let limits = Limits { memory: 1 << 16, ..Limits::default() };
    let failure = failure(json!({"do": "complete"}), limits).await;
    assert!(matches!(failure, Failure::OverMemory { used: 0, .. }), "{failure:?}");
}

#[tokio::test]
async fn a_recursion_without_an_end_ends() {
    let Failure::Trap(told) = failure(json!({"do": "recurse"}), Limits::default()).await else { panic!() };
    assert!(told.starts_with("wasm trap: call stack exhausted"), "{told}");
    assert!(told.contains("probe::hostile::recurse") && told.contains("more"), "{told}");
    assert!(told.lines().count() < 20, "{told}");
}

#[tokio::test]
async fn calls_under_way_are_bounded() {
    let seen = Seen::default();
    let params = json!({"do": "hoard", "count": 100_000, "path": "/never"});
    let ended = guest::run(params, seen.doors(), Limits::default()).await;
    let Err(Failure::Over { what: "calls under way", budget: 4_096, .. }) = ended.result else {
        panic!("{:?}", ended.result)
    };
    assert_eq!(seen.most_under_way(), 4_096);
    let told = ended.result.unwrap_err().to_string();
    assert_eq!(told, "too many calls under way: a task may have 4096; await some before making more");
    seen.all_given_up().await;
}

#[tokio::test]
async fn pagers_are_bounded() {
    let params = json!({"do": "hoard-pagers", "count": 10_000, "path": "/list"});
    let failure = failure(params, Limits::default()).await;
    assert!(matches!(failure, Failure::Over { what: "pagers", budget: 256, .. }), "{failure:?}");
}

#[tokio::test]
async fn what_is_handed_over_is_bounded_in_one_call_and_in_all_that_are_under_way() {
    let limits = Limits { call_bytes: 8 << 20, ..Limits::default() };
    let rows = |mib: usize, times: u32| json!({"do": "large-rows", "bytes": mib << 20, "times": times});
    let ended = guest::run(rows(3, 1), Seen::default().doors(), limits.clone()).await;
    assert_eq!(ended.result, Ok(Outcome::Complete));
    let in_one = failure(rows(5, 1), limits.clone()).await;
    assert!(
        matches!(in_one, Failure::Over { what: "bytes in one call", budget: 4_194_304, .. }),
        "{in_one:?}"
    );
    let in_all = failure(rows(3, 3), limits).await;
    assert!(
        matches!(in_all, Failure::Over { what: "bytes handed over in calls under way", .. }),
        "{in_all:?}"
    );
}

#[tokio::test]
async fn an_answer_may_be_larger_than_what_a_guest_may_hand_over() {
    let limits = Limits { call_bytes: 1 << 20, ..Limits::default() };
    let params = json!({"do": "gets", "count": 1, "path": "/large"});
    let ended = guest::run(params, Seen::default().doors(), limits).await;
    assert_eq!(ended.result, Ok(Outcome::Complete));
    assert!(ended.peak_memory > 10 << 20);
}

#[tokio::test]
async fn a_flood_of_lines_is_cut_and_counted() {
    let seen = Seen::default();
    let params = json!({"do": "log-flood", "count": 50_000, "message": "again"});
    let ended = guest::run(params, seen.doors(), Limits::default()).await;
    assert_eq!(ended.result, Ok(Outcome::Complete));
    assert_eq!(seen.log().len(), 10_001);
    assert_eq!(seen.log()[10_000], "this task logs too much: what follows is left out");
    assert_eq!(ended.trail.suppressed, 40_000);
}

#[tokio::test]
async fn a_flood_of_labels_stays_a_screenful() {
    let seen = Seen::default();
    let ended =
        guest::run(json!({"do": "progress-flood", "count": 1_000}), seen.doors(), Limits::default()).await;
    assert_eq!(ended.result, Ok(Outcome::Complete));
    let progress = seen.progress.lock().unwrap();
    assert_eq!(progress.len(), 64);
    assert!(progress.keys().all(|label| label.len() <= 83 && !label.contains('\u{1b}')));
    assert_eq!(seen.log(), ["progress has more than 64 labels; further ones are not shown"]);
}
