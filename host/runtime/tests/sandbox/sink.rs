//! Guests whose rows go to a real sink.

use std::sync::Arc;

use seedbed_records::{Error, SinkSpec, Store, Stream};
use seedbed_runtime::{Doors, Limits, LiveRecords, Outcome, Records};
use serde_json::json;

use crate::{doors::Seen, guest};

fn store(home: &tempfile::TempDir) -> Store {
    let schema = r#"{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"}},"required":["id"]}"#;
    let things = Stream::new("things", schema, vec!["id".to_owned()]).unwrap();
    let spec = SinkSpec::Jsonl { path: home.path().join("out") };
    Store::open(&spec, "probe", vec![things], false).unwrap()
}

fn row(id: u64) -> String {
    json!({"id": id, "name": "x"}).to_string()
}

#[tokio::test]
async fn rows_of_a_guest_are_in_the_sink_and_its_state_comes_back() {
    let home = tempfile::tempdir().unwrap();
    let store = store(&home);
    let task = store.task("{}").unwrap();
    let door = || Arc::new(LiveRecords::new(task.clone()));
    let seen = Seen::default();
    let run = async |params| {
        let doors = Doors { records: door(), ..seen.doors() };
        assert_eq!(guest::run(params, doors, Limits::default()).await.result, Ok(Outcome::Complete));
    };
    run(json!({"do": "emit", "stream": "things", "rows": [row(1), row(2)]})).await;
    run(json!({"do": "emit", "stream": "things", "rows": ["{\"id\":true}"]})).await;
    run(json!({"do": "checkpoint", "state": "half-way"})).await;
    run(json!({"do": "resume"})).await;
    assert_eq!(store.totals().unwrap()["things"], 2);
    let log = seen.log();
    assert_eq!(log[0], "Ok(())");
    assert!(log[1].contains("InvalidRow"), "{log:?}");
    assert_eq!(log[2..], ["Ok(())", r#"Some("half-way")"#]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_emitted_at_once_arrive_in_the_order_in_which_they_were_emitted() {
    let home = tempfile::tempdir().unwrap();
    let store = store(&home);
    let task = store.task("{}").unwrap();
    let doors = Doors { records: Arc::new(LiveRecords::new(task.clone())), ..Seen::default().doors() };
    let rows: Vec<_> = (0..500).map(row).collect();
    let params = json!({"do": "emit-at-once", "stream": "things", "rows": rows});
    assert_eq!(guest::run(params, doors, Limits::default()).await.result, Ok(Outcome::Complete));
    task.finish().unwrap();
    let written = std::fs::read_to_string(home.path().join("out/things.jsonl")).unwrap();
    let ids: Vec<_> = written
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter_map(|line| line["id"].as_u64().or(line["row"]["id"].as_u64()))
        .collect();
    assert_eq!(ids, (0..500).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_closed_door_takes_nothing_more_and_what_was_begun_is_over() {
    let home = tempfile::tempdir().unwrap();
    let store = store(&home);
    let task = store.task("{}").unwrap();
    let door = LiveRecords::new(task.clone());
    let mut begun = door.emit("things".into(), (0..5_000).map(row).collect());
    let _ = futures::poll!(&mut begun);
    drop(begun);
    door.close().await;
    assert_eq!(task.counts().get("things"), Some(&5_000));
    let late = door.emit("things".into(), vec![row(9_999)]).await;
    assert!(matches!(late, Err(Error::Failed(_))), "{late:?}");
    assert_eq!(task.counts().get("things"), Some(&5_000));
}
