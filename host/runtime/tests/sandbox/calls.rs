//! What a guest gets through each door.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use seedbed_runtime::{Failure, Gap, Level, Limits, Outcome};
use serde_json::json;

use crate::{doors::Seen, guest};

/// Runs the probe to a good end and gives what it logged.
async fn log_of(params: serde_json::Value) -> Vec<String> {
    let seen = Seen::default();
    let ended = guest::run(params, seen.doors(), Limits::default()).await;
    assert_eq!(ended.result, Ok(Outcome::Complete));
    seen.log()
}

#[tokio::test]
async fn a_request_crosses_with_its_path_and_query_and_its_answer_comes_back() {
    let seen = Seen::default();
    let ended = guest::run(json!({"do": "get", "path": "/repos/a/b"}), seen.doors(), Limits::default()).await;
    assert_eq!(ended.result, Ok(Outcome::Complete));
    assert_eq!(seen.log(), ["200 /repos/a/b false"]);
    let requests = seen.requests.lock().unwrap().clone();
    assert_eq!(requests[0].path, "/repos/a/b");
    assert_eq!(requests[0].query, [("per_page".to_owned(), "100".to_owned())]);
    assert_eq!(log_of(json!({"do": "get", "path": "/unchanged"})).await, ["200 [] true"]);
}

#[tokio::test]
async fn errors_of_github_reach_the_guest_as_they_are() {
    let exhausted = log_of(json!({"do": "get", "path": "/exhausted"})).await;
    assert!(exhausted[0].contains("core") && exhausted[0].contains("42"), "{exhausted:?}");
    let absent = log_of(json!({"do": "get", "path": "/absent"})).await;
    assert!(absent[0].contains("404") && absent[0].contains("Not Found"), "{absent:?}");
}

#[tokio::test]
async fn a_list_is_read_page_by_page_and_again_from_a_position() {
    assert_eq!(
        log_of(json!({"do": "pages", "path": "/list"})).await,
        [r#"page 0 at Some("1")"#, r#"page 1 at Some("2")"#, r#"page 2 at Some("3")"#]
    );
    let again = log_of(json!({"do": "pages", "path": "/list", "at": "2"})).await;
    assert_eq!(again, [r#"page 2 at Some("3")"#]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_asked_for_at_once_come_in_the_order_in_which_they_were_asked_for() {
    for _ in 0..20 {
        let log = log_of(json!({"do": "pages-at-once", "path": "/list", "count": 4})).await;
        assert_eq!(log, ["page 0", "page 1", "page 2", "the end"]);
    }
}

#[tokio::test]
async fn a_list_that_cannot_be_asked_for_is_told_at_its_first_page() {
    let params = json!({"do": "pages", "path": "/malformed"});
    let ended = guest::run(params, Seen::default().doors(), Limits::default()).await;
    assert!(matches!(ended.result, Err(Failure::Job(why)) if why.contains("no such list")));
}

#[tokio::test]
async fn a_query_crosses_with_its_variables() {
    assert_eq!(log_of(json!({"do": "graphql", "query": "{a}", "variables": "{}"})).await, ["{a}/{} []"]);
}

#[tokio::test]
async fn rows_and_checkpoints_reach_the_sink_and_its_errors_the_guest() {
    let seen = Seen::default();
    let emit = json!({"do": "emit", "stream": "things", "rows": ["{\"id\":1}", "{\"id\":2}"]});
    guest::run(emit, seen.doors(), Limits::default()).await.result.unwrap();
    let replace = json!({"do": "replace", "stream": "things", "scope": "{\"id\":1}", "rows": []});
    guest::run(replace, seen.doors(), Limits::default()).await.result.unwrap();
    guest::run(json!({"do": "checkpoint", "state": "s"}), seen.doors(), Limits::default())
        .await
        .result
        .unwrap();
    assert_eq!(*seen.rows.lock().unwrap(), [("things", "{\"id\":1}"), ("things", "{\"id\":2}")].map(owned));
    assert_eq!(*seen.calls.lock().unwrap(), ["replace things {\"id\":1} []", "checkpoint s"]);
    let unknown = log_of(json!({"do": "emit", "stream": "unknown", "rows": []})).await;
    assert!(unknown[0].contains("UnknownStream"), "{unknown:?}");
}

fn owned((stream, row): (&str, &str)) -> (String, String) {
    (stream.to_owned(), row.to_owned())
}

#[tokio::test]
async fn the_time_is_the_tasks_and_the_state_the_last_checkpoints() {
    assert_eq!(log_of(json!({"do": "now"})).await, ["1700000000"]);
    assert_eq!(log_of(json!({"do": "resume"})).await, [r#"Some("page 7")"#]);
}

#[tokio::test]
async fn progress_and_log_are_told_without_what_a_terminal_obeys() {
    let seen = Seen::default();
    let progress = json!({"do": "progress", "label": "\u{1b}[2Jpulls", "done": 3, "total": 9});
    guest::run(progress, seen.doors(), Limits::default()).await.result.unwrap();
    assert_eq!(seen.progress.lock().unwrap()["[2Jpulls"], (3, Some(9)));
    let log = json!({"do": "log", "level": "warn", "message": "one\u{7}\nhost: \u{1b}]0;two\u{202e}"});
    guest::run(log, seen.doors(), Limits::default()).await.result.unwrap();
    let lines = [(Level::Warn, "one".to_owned()), (Level::Warn, "host: ]0;two".to_owned())];
    assert_eq!(*seen.lines.lock().unwrap(), lines);
}

#[tokio::test]
async fn a_gap_is_told_with_its_time_and_an_error_with_its_words() {
    let partial = json!({"do": "partial", "what": "pulls\u{1b}", "reason": "core", "retry_at": 42});
    let ended = guest::run(partial, Seen::default().doors(), Limits::default()).await;
    let gap = Gap { what: "pulls".into(), reason: "core".into(), retry_at: Some(42) };
    assert_eq!(ended.result, Ok(Outcome::Partial(vec![gap])));
    let fail = json!({"do": "fail", "message": "no such\u{1b}[2J branch"});
    let ended = guest::run(fail, Seen::default().doors(), Limits::default()).await;
    assert_eq!(ended.result, Err(Failure::Job("no such[2J branch".into())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_requests_are_under_way_at_once() {
    let seen = Seen::default();
    let gets = json!({"do": "gets", "count": 1_000, "path": "/slow"});
    let ended = guest::run(gets, seen.doors(), Limits::default()).await;
    assert_eq!(ended.result, Ok(Outcome::Complete));
    assert_eq!(seen.log(), ["1000 of 1000 answered"]);
    assert_eq!(seen.most_under_way(), 1_000);
}

#[tokio::test]
async fn a_guest_may_let_go_of_requests_and_they_end_with_it() {
    let seen = Seen::default();
    let params = json!({"do": "drop-pending", "count": 100, "path": "/never", "then": "/now"});
    let ended = guest::run(params, seen.doors(), Limits::default()).await;
    assert_eq!(ended.result, Ok(Outcome::Complete));
    assert_eq!(seen.log(), ["200 /now false"]);
    seen.all_given_up().await;
}

#[tokio::test]
async fn what_is_under_way_when_a_guest_ends_is_given_up() {
    let seen = Seen::default();
    let ended =
        guest::run(json!({"do": "hoard", "count": 50, "path": "/never"}), seen.doors(), Limits::default())
            .await;
    assert_eq!(ended.result, Ok(Outcome::Complete));
    assert_eq!(seen.most_under_way(), 50);
    seen.all_given_up().await;
}

#[tokio::test]
async fn no_row_arrives_after_a_run_is_over() {
    let seen = Seen::default();
    let params = json!({"do": "emit-and-run", "stream": "slow", "row": "{}"});
    let ended = guest::run(params, seen.doors(), Limits::default()).await;
    assert_eq!(ended.result, Ok(Outcome::Complete));
    assert_eq!(seen.closed.load(Ordering::SeqCst), 1);
    tokio::time::sleep(std::time::Duration::from_millis(80)).await;
    assert!(seen.rows.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_door_that_panics_ends_one_run_and_is_told_as_the_hosts_fault() {
    let seen = Seen::default();
    let ended = guest::run(json!({"do": "get", "path": "/panics"}), seen.doors(), Limits::default()).await;
    let Err(Failure::Internal(why)) = &ended.result else { panic!("{ended:?}") };
    assert!(why.contains("the door is broken"), "{why}");
    assert_eq!(log_of(json!({"do": "get", "path": "/now"})).await, ["200 /now false"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_guests_run_at_once_and_do_not_see_each_other() {
    let done = Arc::new(AtomicUsize::new(0));
    let runs = (0..200).map(|n| {
        let done = done.clone();
        async move {
            let seen = Seen::default();
            let path = if n % 2 == 0 { "/slow".to_owned() } else { format!("/repos/{n}") };
            let ended = guest::run(json!({"do": "get", "path": path}), seen.doors(), Limits::default()).await;
            assert_eq!(ended.result, Ok(Outcome::Complete));
            assert_eq!(seen.log(), [format!("200 {path} false")]);
            done.fetch_add(1, Ordering::SeqCst);
        }
    });
    futures::future::join_all(runs).await;
    assert_eq!(done.load(Ordering::SeqCst), 200);
}
