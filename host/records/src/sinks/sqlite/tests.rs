//! What a user's own SQL finds, and what is refused of a database that is not as we left it.

use std::fs;

use serde_json::json;

use super::*;
use crate::{SinkSpec, Store, Task};

fn stream() -> Stream {
    let schema = r#"{
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "group": {"type": ["string", "null"]},
            "at": {"type": "string", "format": "date-time"},
            "score": {"type": "number"},
            "draft": {"type": "boolean"},
            "labels": {"type": "array"}
        },
        "required": ["id"]
    }"#;
    Stream::new("select", schema, vec!["id".to_owned()]).unwrap()
}

/// What somebody did to a destination, by what the user is told of it.
type Damage = (&'static str, fn(&Place));

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("rows.db")
    }

    fn open(&self) -> Result<Store, OpenError> {
        Store::open(&SinkSpec::Sqlite { path: self.path() }, "job", vec![stream()], false)
    }

    fn sql(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    fn written(self) -> Place {
        let store = self.open().unwrap();
        let task = store.task("{}").unwrap();
        let row = json!({"id": 7, "group": "naïve\u{0}🌱", "at": "2024-05-01T14:30:00+02:00", "score": 2, "draft": true,
            "labels": ["a", {"b": null}]});
        task.emit("select", &[row.to_string()]).unwrap();
        task.emit("select", &[json!({"id": 8, "at": "2024-05-01T12:30:00.25Z"}).to_string()]).unwrap();
        task.checkpoint("here").unwrap();
        drop((task, store));
        self
    }
}

#[test]
fn columns_are_typed_and_the_row_stands_beside_them() {
    let place = Place::new().written();
    let sql = place.sql();
    let text = |query: &str| sql.query_row(query, [], |r| r.get::<_, String>(0)).unwrap();
    let types = "SELECT group_concat(name || ' ' || type, ', ') FROM pragma_table_info('select')";
    assert_eq!(
        text(types),
        "id INTEGER, group TEXT, at TEXT, score REAL, draft BOOLEAN, labels TEXT, _json TEXT"
    );
    assert_eq!(text(r#"SELECT "at" FROM "select" WHERE id = 7"#), "2024-05-01T12:30:00Z");
    assert_eq!(text(r#"SELECT "at" FROM "select" WHERE id = 8"#), "2024-05-01T12:30:00.250000Z");
    assert_eq!(text(r#"SELECT datetime("at", '+1 day') FROM "select" WHERE id = 8"#), "2024-05-02 12:30:00");
    assert_eq!(text(r#"SELECT labels ->> '$[0]' FROM "select" WHERE id = 7"#), "a");
    assert_eq!(
        text(r#"SELECT typeof(score) || typeof(draft) || draft FROM "select" WHERE id = 7"#),
        "realinteger1"
    );
    assert_eq!(text(r#"SELECT "group" FROM "select" WHERE id = 7"#), "naïve\0🌱");
    assert_eq!(text(r#"SELECT _json ->> '$.labels[0]' FROM "select" WHERE id = 7"#), "a");
    assert_eq!(text("PRAGMA journal_mode"), "wal");
    assert_eq!(text(r#"SELECT typeof("group") || typeof(score) FROM "select" WHERE id = 8"#), "nullnull");
}

#[test]
fn an_index_serves_a_scope_and_none_is_made_where_the_key_serves() {
    let place = Place::new().written();
    let store = place.open().unwrap();
    let task = store.task("{}").unwrap();
    task.replace("select", r#"{"id": 8}"#, &[]).unwrap();
    task.replace("select", r#"{"group": "g", "draft": null}"#, &[]).unwrap();
    task.finish().unwrap();
    let sql = place.sql();
    let names =
        "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'index' AND name LIKE '%seedbed.%'";
    let names: String = sql.query_row(names, [], |r| r.get(0)).unwrap();
    assert_eq!(names, "_seedbed.select.group.draft");
    let plan: String = sql
        .query_row(
            r#"EXPLAIN QUERY PLAN DELETE FROM "select" WHERE "group" IS ?1 AND "draft" IS ?2"#,
            [Some("g"), None],
            |r| r.get(3),
        )
        .unwrap();
    assert!(plan.contains("USING INDEX _seedbed.select.group.draft"), "{plan}");
}

#[test]
fn what_the_user_added_stays() {
    let place = Place::new().written();
    place
        .sql()
        .execute_batch(
            r#"ALTER TABLE "select" ADD COLUMN note TEXT; UPDATE "select" SET note = 'mine' WHERE id = 7;
               CREATE TABLE mine (x); CREATE VIEW v AS SELECT id FROM "select"; CREATE INDEX i ON "select" (score);"#,
        )
        .unwrap();
    let store = place.open().unwrap();
    let task = store.task("{}").unwrap();
    task.emit("select", &[json!({"id": 7, "at": "2024-05-01T00:00:00Z"}).to_string()]).unwrap();
    task.finish().unwrap();
    drop((task, store));
    let note: String =
        place.sql().query_row(r#"SELECT note FROM "select" WHERE id = 7"#, [], |r| r.get(0)).unwrap();
    assert_eq!(note, "mine");
}

#[test]
fn a_database_that_is_not_ours_is_refused_and_left_as_it_is() {
    for (made, why) in [
        ("CREATE TABLE users (x)", "seedbed did not make"),
        (r#"CREATE TABLE "Select" (x)"#, "seedbed did not make"),
        ("PRAGMA user_version = 7", "seedbed did not make"),
        ("PRAGMA application_id = 5", "seedbed did not make"),
    ] {
        let place = Place::new();
        place.sql().execute_batch(made).unwrap();
        let before = fs::read(place.path()).unwrap();
        for fresh in [false, true] {
            let error = Store::open(&SinkSpec::Sqlite { path: place.path() }, "job", vec![stream()], fresh)
                .map(|_| ())
                .unwrap_err();
            assert!(
                matches!(&error, OpenError::OtherSchema { .. }) && error.to_string().contains(why),
                "{made}: {error}"
            );
        }
        assert_eq!(fs::read(place.path()).unwrap(), before, "{made}");
    }
}

#[test]
fn a_table_of_the_users_own_in_our_database_is_refused() {
    let place = Place::new();
    drop(Store::open(&SinkSpec::Sqlite { path: place.path() }, "job", vec![], false).unwrap());
    for made in [r#"CREATE TABLE "select" (id INTEGER PRIMARY KEY)"#, r#"CREATE VIEW "SELECT" AS SELECT 1"#] {
        place.sql().execute_batch(made).unwrap();
        let error = place.open().map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("`select` that seedbed did not make"), "{error}");
        place
            .sql()
            .execute_batch(if made.contains("VIEW") {
                r#"DROP VIEW "SELECT""#
            } else {
                r#"DROP TABLE "select""#
            })
            .unwrap();
    }
}

#[test]
fn a_newer_layout_is_told() {
    let place = Place::new().written();
    place.sql().execute_batch("PRAGMA user_version = 2").unwrap();
    let error = place.open().map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("its layout is 2, this seedbed knows 1"), "{error}");
}

#[test]
fn damage_is_told_before_the_run() {
    let damage: [Damage; 5] = [
        ("not a database", |p| fs::write(p.path(), "id,title\n1,hello\n".repeat(100)).unwrap()),
        ("malformed", |p| {
            let file = fs::OpenOptions::new().write(true).open(p.path()).unwrap();
            file.set_len(file.metadata().unwrap().len() - 4096).unwrap();
        }),
        ("`select` is gone", |p| p.sql().execute_batch(r#"DROP TABLE "select""#).unwrap()),
        ("`select.score` is gone", |p| {
            p.sql().execute_batch(r#"ALTER TABLE "select" DROP COLUMN score"#).unwrap()
        }),
        ("_seedbed_streams", |p| p.sql().execute_batch("DROP TABLE _seedbed_streams").unwrap()),
    ];
    for (why, damage) in damage {
        let place = Place::new().written();
        damage(&place);
        let error = place.open().map(|_| ()).unwrap_err();
        assert!(matches!(error, OpenError::Damaged { .. }), "{why}: {error}");
        assert!(error.to_string().contains("rows.db") && error.to_string().contains(why), "{why}: {error}");
    }
}

#[test]
fn readers_may_look_while_a_run_writes() {
    let place = Place::new().written();
    let reader = place.sql();
    reader.execute_batch(r#"BEGIN; SELECT * FROM "select";"#).unwrap();
    let count = || reader.query_row(r#"SELECT count(*) FROM "select""#, [], |r| r.get::<_, i64>(0)).unwrap();
    assert_eq!(count(), 2);
    let store = place.open().unwrap();
    let task = store.task("{}").unwrap();
    task.emit("select", &[json!({"id": 9}).to_string()]).unwrap();
    task.checkpoint("more").unwrap();
    assert_eq!(count(), 2, "what it began to read");
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(count(), 3);
}

fn big(task: &Task, ids: std::ops::Range<i64>) -> Result<(), Error> {
    let rows: Vec<_> = ids.map(|id| json!({"id": id, "group": "x".repeat(4_000)}).to_string()).collect();
    task.emit("select", &rows)
}

#[test]
fn a_full_disk_ends_the_task_and_loses_nothing_that_was_committed() {
    let place = Place::new();
    let sink = Sqlite::open(&place.path(), "job", &[stream()], false).unwrap();
    sink.connection.execute_batch("PRAGMA max_page_count = 100").unwrap();
    let store = Store::over_for_tests(Box::new(sink), vec![stream()], place.folder.path());
    let (task, small) = (store.task("big").unwrap(), store.task("small").unwrap());
    big(&task, 0..10).unwrap();
    task.checkpoint("ten").unwrap();
    big(&task, 10..500).unwrap();
    let error = task.checkpoint("all").unwrap_err();
    assert!(matches!(&error, Error::Failed(m) if m.contains("full") && m.contains("rows.db")), "{error}");
    assert_eq!(task.counts()["select"], 10);
    assert_eq!(task.resume().as_deref(), Some("ten"));
    for later in [big(&task, 10..11), task.checkpoint("x"), task.finish()] {
        assert!(later.unwrap_err().to_string().contains("run again to go on from the last checkpoint"));
    }
    big(&small, 1000..1001).unwrap();
    small.checkpoint("fits").unwrap();
    drop((task, small, store));
    let store = place.open().unwrap();
    let task = store.task("big").unwrap();
    assert_eq!(task.resume().as_deref(), Some("ten"));
    assert_eq!(store.totals().unwrap()["select"], 11);
    big(&task, 10..500).unwrap();
    task.finish().unwrap();
    assert_eq!(store.totals().unwrap()["select"], 501);
}
