//! Opening: what is refused, what is kept, what starting over drops.

use super::*;

fn refused(spec: &SinkSpec, streams: Vec<Stream>) -> OpenError {
    Store::open(spec, "gumroad", streams, false).map(|_| ()).unwrap_err()
}

#[test]
fn a_second_run_is_refused_while_the_first_has_the_store_or_a_task() {
    each_sink(|spec| {
        let store = open(spec);
        let task = store.task("{}").unwrap();
        drop(store);
        let error = refused(spec, vec![pulls()]);
        assert!(
            matches!(error, OpenError::Locked { pid: Some(pid), .. } if pid == std::process::id()),
            "{error}"
        );
        drop(task);
        open(spec);
        let folder = spec.path().parent().unwrap();
        let left: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".lock")), "{left:?}");
    });
}

#[test]
fn two_ways_of_writing_a_path_are_one_lock() {
    each_sink(|spec| {
        let _store = open(spec);
        let (folder, name) = (spec.path().parent().unwrap(), spec.path().file_name().unwrap());
        let path = folder.join("../out").join(name);
        let other = match spec {
            SinkSpec::Sqlite { .. } => SinkSpec::Sqlite { path },
            SinkSpec::Jsonl { .. } => SinkSpec::Jsonl { path },
        };
        assert!(matches!(refused(&other, vec![]), OpenError::Locked { .. }));
    });
}

#[test]
fn a_place_that_cant_be_written_is_told_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("out"), "a file").unwrap();
    for spec in specs(folder.path()) {
        let error = refused(&spec, vec![pulls()]);
        assert!(
            matches!(&error, OpenError::Unwritable { .. }) && error.to_string().contains("/out"),
            "{error}"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let [SinkSpec::Sqlite { path: database }, SinkSpec::Jsonl { path: logs }] = specs(folder.path()) else {
        panic!()
    };
    fs::create_dir_all(&database).unwrap();
    fs::write(&logs, "").unwrap();
    for (spec, why) in
        [(SinkSpec::Sqlite { path: database }, "is a folder"), (SinkSpec::Jsonl { path: logs }, "is a file")]
    {
        let error = refused(&spec, vec![pulls()]);
        assert!(matches!(&error, OpenError::Unwritable { .. }) && error.to_string().contains(why), "{error}");
    }
    let error = refused(&SinkSpec::Sqlite { path: "/proc/rows.db".into() }, vec![pulls()]);
    assert!(matches!(error, OpenError::Unwritable { .. }), "{error}");
}

#[test]
fn rows_of_another_shape_are_refused_and_left_alone() {
    each_sink(|spec| {
        let store = open(spec);
        let task = store.task("{}").unwrap();
        emit(&task, "pulls", &[json!({"id": 1})]);
        task.checkpoint("kept").unwrap();
        drop((task, store));
        let of = |id: &str, key: &[&str]| {
            stream("pulls", &json!({"properties": {"id": {"type": id}, "title": {"type": "string"}}}), key)
        };
        for (other, why) in [
            (of("integer", &["id", "title"]), "`pulls` has the primary key (id) there, (id, title) here"),
            (of("string", &["id"]), "`pulls.id` is Integer there, Text here"),
            (
                stream("pulls", &json!({"properties": {"id": {"type": "integer"}, "Title": true}}), &["id"]),
                "only in case",
            ),
            (stream("Pulls", &json!({"properties": {"id": {"type": "integer"}}}), &["id"]), "only in case"),
        ] {
            let error = refused(spec, vec![other]);
            assert!(
                matches!(&error, OpenError::OtherSchema { help, .. } if help.contains("--fresh")),
                "{error}"
            );
            assert!(error.to_string().contains(why), "{error}");
        }
        let store = open(spec);
        assert_eq!(store.totals().unwrap()["pulls"], 1);
        assert_eq!(store.task("{}").unwrap().resume().as_deref(), Some("kept"));
        drop(store);
        let other = Store::open(spec, "gumroad", vec![of("string", &["id"])], true).unwrap();
        assert_eq!(other.totals().unwrap()["pulls"], 0, "--fresh is the way out that the message names");
        assert_eq!(other.task("{}").unwrap().resume(), None);
    });
}

#[test]
fn two_streams_that_differ_in_case_are_refused() {
    each_sink(|spec| {
        let a = stream("users", &json!({"properties": {"id": {"type": "integer"}}}), &["id"]);
        let b = stream("Users", &json!({"properties": {"id": {"type": "integer"}}}), &["id"]);
        assert!(refused(spec, vec![a, b]).to_string().contains("only in case"));
        assert!(!spec.path().exists());
    });
}

#[test]
fn starting_over_drops_rows_and_states() {
    each_sink(|spec| {
        let store = open(spec);
        let task = store.task("{}").unwrap();
        emit(&task, "pulls", &[json!({"id": 1})]);
        emit(&task, "comments", &[comment(1, "a")]);
        task.checkpoint("half-way").unwrap();
        drop((task, store));
        // Another job in the same place shares its fate: no state without its rows.
        let other = Store::open(spec, "polar", vec![pulls()], false).unwrap();
        let task = other.task("{}").unwrap();
        assert_eq!(task.resume(), None, "states are each job's own");
        task.checkpoint("polar's").unwrap();
        drop((task, other));
        let fresh = Store::open(spec, "gumroad", vec![pulls()], true).unwrap();
        assert_eq!(fresh.totals().unwrap()["pulls"], 0);
        drop(fresh);
        let store = open(spec);
        assert_eq!(
            store.totals().unwrap(),
            BTreeMap::from([("pulls".to_owned(), 0), ("comments".to_owned(), 0)])
        );
        assert_eq!(store.task("{}").unwrap().resume(), None);
        drop(store);
        assert_eq!(
            Store::open(spec, "polar", vec![pulls()], false).unwrap().task("{}").unwrap().resume(),
            None
        );
    });
}

#[test]
fn a_schema_may_gain_and_lose_fields() {
    each_sink(|spec| {
        let of = |fields: &[&str]| {
            let properties: serde_json::Map<_, _> = fields
                .iter()
                .map(|f| ((*f).to_owned(), json!({"type": if *f == "id" {"integer"} else {"string"}})))
                .collect();
            vec![stream("pulls", &json!({"properties": properties}), &["id"])]
        };
        let write = |fields: &[&str], row: Value| {
            let store = Store::open(spec, "gumroad", of(fields), false).unwrap();
            let task = store.task("{}").unwrap();
            emit(&task, "pulls", &[row]);
            task.finish().unwrap();
            drop(task);
            live(&store, "pulls")
        };
        write(&["id", "old"], json!({"id": 1, "old": "x"}));
        write(&["id", "new", "old"], json!({"id": 2, "old": "y", "new": "z"}));
        let rows = write(&["id", "new"], json!({"id": 1, "new": "w"}));
        assert_eq!(rows["[1]"], json!({"id": 1, "new": "w"}));
        assert_eq!(rows["[2]"], json!({"id": 2, "old": "y", "new": "z"}));
        if let SinkSpec::Sqlite { path } = spec {
            let database = rusqlite::Connection::open(path).unwrap();
            let all: Vec<(i64, Option<String>, Option<String>)> = database
                .prepare("SELECT id, old, new FROM pulls ORDER BY id")
                .unwrap()
                .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            let text = |t: &str| Some(t.to_owned());
            assert_eq!(
                all,
                [(1, None, text("w")), (2, text("y"), text("z"))],
                "a lost field leaves no stale value"
            );
        }
    });
}
