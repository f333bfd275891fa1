//! What an author is told.

use seedbed_runtime::{Failure, Limits};
use serde_json::json;

use crate::{doors::Seen, guest};

async fn ended(params: serde_json::Value) -> seedbed_runtime::Ended {
    guest::run(params, Seen::default().doors(), Limits::default()).await
}

#[tokio::test]
async fn a_panic_is_told_with_its_message_first_and_then_the_functions_it_came_from() {
    let ended = ended(json!({"do": "panic", "message": "no pull requests?"})).await;
    let told = ended.result.unwrap_err().to_string();
    let lines: Vec<_> = told.lines().collect();
    assert!(lines[0].starts_with("panicked at probe/src/hostile.rs:"), "{told}");
    assert_eq!(lines[1], "no pull requests?", "{told}");
    assert!(lines[2].starts_with("wasm trap: wasm `unreachable` instruction executed"), "{told}");
    assert!(!lines[2].contains("without a word"), "{told}");
    assert!(lines[3].contains("probe::hostile::panics (probe/src/hostile.rs:"), "{told}");
}

#[tokio::test]
async fn an_end_without_a_word_is_told_with_the_functions() {
    let failure = ended(json!({"do": "abort"})).await.result.unwrap_err();
    let Failure::Trap(told) = failure else { panic!("{failure:?}") };
    assert!(told.contains("it aborted without a word"), "{told}");
    assert!(told.contains("probe::"), "{told}");
}

#[tokio::test]
async fn parameters_that_do_not_fit_are_the_jobs_own_error() {
    let failure = ended(json!({"do": "what?"})).await.result.unwrap_err();
    assert!(
        matches!(&failure, Failure::Job(why) if why.starts_with("the parameters don't fit")),
        "{failure:?}"
    );
}

#[tokio::test]
async fn the_last_calls_and_lines_are_kept_for_the_author() {
    let ended = ended(json!({"do": "get", "path": "/panics"})).await;
    assert_eq!(ended.trail.calls, ["github.get /panics"]);
    let params = json!({"do": "log-flood", "count": 3, "message": "here"});
    assert_eq!(crate::telling::ended(params).await.trail.log, ["here", "here", "here"]);
}
