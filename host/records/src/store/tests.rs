//! What a job and its user see of a store, the same in every kind of sink.

mod crash;
mod limits;
mod model;
mod opening;

use std::path::Path;

use serde_json::{Value, json};

use super::*;

/// One folder, both kinds of sink; each story is told of both.
fn each_sink(story: impl Fn(&SinkSpec)) {
    for spec in specs(tempfile::tempdir().unwrap().path()) {
        story(&spec);
    }
}

fn specs(folder: &Path) -> [SinkSpec; 2] {
    [SinkSpec::Sqlite { path: folder.join("out/rows.db") }, SinkSpec::Jsonl { path: folder.join("out/rows") }]
}

fn stream(name: &str, schema: &Value, key: &[&str]) -> Stream {
    Stream::new(name, &schema.to_string(), key.iter().map(|k| (*k).to_owned()).collect()).unwrap()
}

fn pulls() -> Stream {
    let schema = json!({
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "title": {"type": ["string", "null"]},
            "merged_at": {"type": ["string", "null"], "format": "date-time"},
            "score": {"type": "number"},
            "draft": {"type": "boolean"},
            "labels": {"type": "array"},
        },
        "required": ["id"],
    });
    stream("pulls", &schema, &["id"])
}

fn comments() -> Stream {
    let schema = json!({
        "type": "object",
        "properties": {
            "pull": {"type": "integer"},
            "name": {"type": "string"},
            "author": {"type": ["string", "null"]},
        },
        "required": ["pull", "name"],
    });
    stream("comments", &schema, &["pull", "name"])
}

fn open(spec: &SinkSpec) -> Store {
    Store::open(spec, "gumroad", vec![pulls(), comments()], false).unwrap()
}

fn rows(values: &[Value]) -> Vec<String> {
    values.iter().map(Value::to_string).collect()
}

fn emit(task: &Task, stream: &str, values: &[Value]) {
    task.emit(stream, &rows(values)).unwrap();
}

/// The committed live rows of a stream, by key.
fn live(store: &Store, stream: &str) -> BTreeMap<String, Value> {
    let at = store.inner.stream(stream).unwrap();
    let mut live = BTreeMap::new();
    store
        .inner
        .sink()
        .history(at, &mut |change| {
            match change.row {
                Some(row) => live.insert(change.key.to_owned(), row.clone()),
                None => live.remove(change.key),
            };
            Ok(())
        })
        .unwrap();
    live
}

fn comment(pull: i64, name: &str) -> Value {
    json!({"pull": pull, "name": name, "author": null})
}

#[test]
fn rows_and_state_become_durable_together_and_only_at_a_checkpoint() {
    each_sink(|spec| {
        let store = open(spec);
        let task = store.task(r#"{"repo":"a/b"}"#).unwrap();
        assert_eq!(task.resume(), None);
        emit(&task, "pulls", &[json!({"id": 1, "title": "one"}), json!({"id": 2})]);
        assert!(live(&store, "pulls").is_empty(), "nothing shows before the checkpoint");
        task.checkpoint("page 2").unwrap();
        emit(&task, "pulls", &[json!({"id": 3})]);
        assert_eq!(task.counts()["pulls"], 3);
        assert_eq!(task.committed_counts()["pulls"], 2);
        drop((task, store));

        let store = open(spec);
        assert_eq!(live(&store, "pulls").keys().collect::<Vec<_>>(), ["[1]", "[2]"]);
        let task = store.task(r#"{"repo":"a/b"}"#).unwrap();
        assert_eq!(task.resume().as_deref(), Some("page 2"));
        assert_eq!(store.task(r#"{"repo":"c/d"}"#).unwrap().resume(), None, "states are each task's own");
    });
}

#[test]
fn finishing_commits_the_rest_and_keeps_the_state_for_the_next_run() {
    each_sink(|spec| {
        let store = open(spec);
        let task = store.task("{}").unwrap();
        task.checkpoint("since May").unwrap();
        emit(&task, "pulls", &[json!({"id": 1})]);
        task.finish().unwrap();
        task.finish().unwrap();
        task.abandon();
        assert!(
            task.emit("pulls", &rows(&[json!({"id": 2})])).unwrap_err().to_string().contains("has finished")
        );
        assert_eq!(task.committed_counts()["pulls"], 1);
        drop((task, store));
        let store = open(spec);
        assert_eq!(store.totals().unwrap()["pulls"], 1);
        assert_eq!(store.task("{}").unwrap().resume().as_deref(), Some("since May"));
    });
}

#[test]
fn what_an_abandoned_task_staged_is_gone() {
    each_sink(|spec| {
        let store = open(spec);
        let task = store.task("{}").unwrap();
        emit(&task, "pulls", &[json!({"id": 1})]);
        task.checkpoint("one").unwrap();
        emit(&task, "pulls", &[json!({"id": 2})]);
        task.abandon();
        assert_eq!(task.counts()["pulls"], 1);
        assert!(task.checkpoint("two").unwrap_err().to_string().contains("abandoned"));
        assert!(task.finish().is_err());
        assert_eq!(task.resume().as_deref(), Some("one"));
        drop(task);
        let again = store.task("{}").unwrap();
        assert_eq!(again.resume().as_deref(), Some("one"));
        assert_eq!(store.totals().unwrap()["pulls"], 1);
    });
}

#[test]
fn of_one_key_the_last_row_wins_within_a_batch_later_and_between_tasks() {
    each_sink(|spec| {
        let store = open(spec);
        let (first, second) = (store.task("1").unwrap(), store.task("2").unwrap());
        emit(&first, "pulls", &[json!({"id": 1, "title": "a"}), json!({"id": 1, "title": "b"})]);
        emit(&second, "pulls", &[json!({"id": 1, "title": "c", "draft": true})]);
        second.checkpoint("").unwrap();
        first.checkpoint("").unwrap();
        assert_eq!(
            live(&store, "pulls")["[1]"],
            json!({"id": 1, "title": "b"}),
            "nothing of `c` is left over"
        );
        assert_eq!(first.counts()["pulls"], 2, "rows handed in");
        assert_eq!(store.totals().unwrap()["pulls"], 1, "live rows");
        emit(&second, "pulls", &[json!({"id": 1, "title": null})]);
        second.finish().unwrap();
        assert_eq!(live(&store, "pulls")["[1]"], json!({"id": 1, "title": null}));
    });
}

#[test]
fn replace_makes_a_scope_exactly_what_it_is_given() {
    each_sink(|spec| {
        let store = open(spec);
        let task = store.task("{}").unwrap();
        emit(&task, "comments", &[comment(1, "a"), comment(1, "b"), comment(2, "a"), comment(3, "z")]);
        task.checkpoint("").unwrap();
        emit(&task, "comments", &[comment(1, "c")]);
        task.replace("comments", r#"{"pull": 1}"#, &rows(&[comment(1, "b"), comment(1, "d")])).unwrap();
        emit(&task, "comments", &[comment(1, "e")]);
        task.replace("comments", r#"{"pull": 3}"#, &[]).unwrap();
        assert_eq!(store.totals().unwrap()["comments"], 4, "not before the checkpoint");
        task.checkpoint("").unwrap();
        let keys: Vec<_> = live(&store, "comments").into_keys().collect();
        assert_eq!(keys, [r#"[1,"b"]"#, r#"[1,"d"]"#, r#"[1,"e"]"#, r#"[2,"a"]"#]);
        assert_eq!(task.counts()["comments"], 8);
        drop((task, store));

        let store = open(spec);
        let task = store.task("{}").unwrap();
        task.replace("comments", r#"{"pull": 1, "author": null}"#, &[]).unwrap();
        task.checkpoint("").unwrap();
        assert_eq!(live(&store, "comments").into_keys().collect::<Vec<_>>(), [r#"[2,"a"]"#]);
        task.replace("comments", "{}", &rows(&[comment(9, "only")])).unwrap();
        task.finish().unwrap();
        assert_eq!(live(&store, "comments").into_keys().collect::<Vec<_>>(), [r#"[9,"only"]"#]);
        assert_eq!(store.totals().unwrap()["comments"], 1);
    });
}

#[test]
fn a_scope_finds_every_kind_of_value() {
    each_sink(|spec| {
        let store = open(spec);
        let task = store.task("{}").unwrap();
        let row = json!({"id": 1, "title": "é\u{0}🌱\"'", "merged_at": "2024-05-01T14:00:00+02:00", "score": 0.1, "draft": true});
        for scope in [
            r#"{"id": 1}"#,
            r#"{"title": "é\u0000🌱\"'"}"#,
            r#"{"merged_at": "2024-05-01T12:00:00Z"}"#,
            r#"{"score": 1e-1}"#,
            r#"{"draft": true}"#,
            r#"{"draft": true, "score": 0.1, "id": 1.0}"#,
        ] {
            emit(&task, "pulls", &[row.clone(), json!({"id": 2})]);
            task.replace("pulls", scope, &[]).unwrap();
            task.checkpoint("").unwrap();
            assert_eq!(live(&store, "pulls").into_keys().collect::<Vec<_>>(), ["[2]"], "{scope}");
        }
        task.replace("pulls", r#"{"title": null, "draft": null}"#, &[]).unwrap();
        task.checkpoint("").unwrap();
        assert_eq!(store.totals().unwrap()["pulls"], 0);
    });
}

#[test]
fn a_row_outside_its_scope_is_refused() {
    each_sink(|spec| {
        let store = open(spec);
        let task = store.task("{}").unwrap();
        let error = task
            .replace("comments", r#"{"pull": 1}"#, &rows(&[comment(1, "a"), comment(2, "a")]))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"invalid row: stream `comments`, row pull=2, name="a", property `pull`: it is outside the scope of replace, which wants 1"#
        );
        assert_eq!(task.counts()["comments"], 0, "nothing of the call was accepted");
    });
}

#[test]
fn both_sinks_give_one_digest_for_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let [sqlite, jsonl] = specs(folder.path()).map(|spec| {
        let store = open(&spec);
        let task = store.task("{}").unwrap();
        let empty = store.digest("pulls").unwrap();
        emit(
            &task,
            "pulls",
            &[json!({"id": 10, "title": "x\u{0}\u{1F331}"}), json!({"id": 9}), json!({"id": 1})],
        );
        task.checkpoint("").unwrap();
        task.replace("pulls", r#"{"id": 9}"#, &[]).unwrap();
        emit(&task, "pulls", &[json!({"score": 2.0, "id": -7, "labels": [{"b": 1, "a": 0.1}]})]);
        task.finish().unwrap();
        let digest = store.digest("pulls").unwrap();
        assert_ne!(digest, empty);
        drop((task, store));
        assert_eq!(open(&spec).digest("pulls").unwrap(), digest, "reopening changes nothing");
        digest
    });
    assert_eq!(sqlite, jsonl);
    assert_eq!(sqlite.len(), 64);

    // The same rows, written differently and in another order.
    let other = tempfile::tempdir().unwrap();
    let [spec, _] = specs(other.path());
    let store = open(&spec);
    let task = store.task("{}").unwrap();
    let written = [
        r#"{ "labels":[{"a":0.10,"b":1}],"id":-7,"score":2 }"#,
        r#"{"id":1}"#,
        r#"{"title":"x\u0000\ud83c\udf31","id":10}"#,
    ];
    task.emit("pulls", &written.map(str::to_owned)).unwrap();
    task.finish().unwrap();
    assert_eq!(store.digest("pulls").unwrap(), sqlite);
    assert!(matches!(store.digest("pull"), Err(Error::UnknownStream(_))));
}

#[test]
fn tasks_work_side_by_side_and_lose_nothing() {
    each_sink(|spec| {
        let store = open(spec);
        std::thread::scope(|scope| {
            for nth in 0..4_i64 {
                let task = store.task(&nth.to_string()).unwrap();
                let emitter = task.clone();
                scope.spawn(move || {
                    for i in 0..50 {
                        emit(&emitter, "pulls", &[json!({"id": nth * 1000 + i})]);
                    }
                });
                // Checkpoints while the other thread emits: each row is in some batch.
                scope.spawn(move || {
                    for i in 0..5 {
                        task.checkpoint(&i.to_string()).unwrap();
                    }
                    while task.counts()["pulls"] < 50 {
                        std::thread::yield_now();
                    }
                    task.finish().unwrap();
                });
            }
        });
        assert_eq!(store.totals().unwrap()["pulls"], 200);
    });
}

#[test]
fn one_key_is_one_running_task() {
    each_sink(|spec| {
        let store = open(spec);
        let task = store.task("{}").unwrap();
        assert!(store.task("{}").unwrap_err().to_string().contains("already running"));
        drop(task);
        store.task("{}").unwrap();
    });
}
