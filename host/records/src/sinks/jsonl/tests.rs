//! What a reader of the logs finds, and what happens to a folder that is not as we left it.

use std::io::Write as _;

use serde_json::json;

use super::*;
use crate::{SinkSpec, Store};

fn stream() -> Stream {
    let schema = json!({
        "properties": {"pull": {"type": "integer"}, "at": {"type": "string", "format": "date-time"}, "body": {"type": "string"}},
    });
    Stream::new("notes", &schema.to_string(), vec!["pull".to_owned(), "at".to_owned()]).unwrap()
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
        self.folder.path().join("logs")
    }

    fn log(&self) -> PathBuf {
        self.path().join("notes.jsonl")
    }

    fn open_with(&self, fresh: bool) -> Result<Store, OpenError> {
        Store::open(&SinkSpec::Jsonl { path: self.path() }, "job", vec![stream()], fresh)
    }

    fn open(&self) -> Store {
        self.open_with(false).unwrap()
    }

    fn refused(&self) -> String {
        self.open_with(false).map(|_| ()).unwrap_err().to_string()
    }

    fn written(self) -> Place {
        let store = self.open();
        let task = store.task("{}").unwrap();
        task.emit("notes", &[note(1, "12:00:00Z"), note(1, "12:00:01Z"), note(2, "12:00:00Z")]).unwrap();
        task.checkpoint("three").unwrap();
        drop((task, store));
        self
    }

    fn append(&self, text: &str) {
        fs::OpenOptions::new().append(true).open(self.log()).unwrap().write_all(text.as_bytes()).unwrap();
    }
}

fn note(pull: i64, time: &str) -> String {
    format!(r#"{{"pull":{pull},"at":"2024-05-01T{time}","body":"a\u0000🌱"}}"#)
}

#[test]
fn a_log_holds_rows_as_emitted_and_tombstones() {
    let place = Place::new().written();
    let before = fs::read_to_string(place.log()).unwrap();
    assert_eq!(
        before,
        format!("{}\n{}\n{}\n", note(1, "12:00:00Z"), note(1, "12:00:01Z"), note(2, "12:00:00Z"))
    );
    let store = place.open();
    let task = store.task("{}").unwrap();
    // The same moment, written differently, is the same key.
    task.replace("notes", r#"{"pull": 1}"#, &[note(1, "14:00:00+02:00")]).unwrap();
    task.finish().unwrap();
    let after = fs::read_to_string(place.log()).unwrap();
    let appended = after.strip_prefix(&before).unwrap();
    assert_eq!(
        appended,
        format!(
            "{}\n{}\n",
            r#"{"_deleted":true,"at":"2024-05-01T12:00:01Z","pull":1}"#,
            note(1, "14:00:00+02:00")
        )
    );
    assert_eq!(store.totals().unwrap()["notes"], 2);
}

#[test]
fn a_torn_tail_is_cut() {
    let half = note(3, "12:00:00Z");
    for tail in [&half[..20], &format!("{half}\n"), &format!("{half}\n{}", &half[..5]), "\u{0}\u{0}\u{0}"] {
        let place = Place::new().written();
        let before = fs::read(place.log()).unwrap();
        place.append(tail);
        fs::write(place.path().join("_seedbed.json.new"), "{\"layo").unwrap();
        let store = place.open();
        assert_eq!(fs::read(place.log()).unwrap(), before);
        let task = store.task("{}").unwrap();
        assert_eq!(task.resume().as_deref(), Some("three"));
        task.emit("notes", &[note(4, "12:00:00Z")]).unwrap();
        task.finish().unwrap();
        drop((task, store));
        assert_eq!(place.open().totals().unwrap()["notes"], 4);
    }
}

#[test]
fn starting_over_is_complete_whenever_it_is_cut_short() {
    let place = Place::new().written();
    drop(place.open_with(true).unwrap());
    // As if the crash came after the new commit and before the log was cut.
    place.append(&format!("{}\n", note(9, "12:00:00Z")));
    let store = place.open();
    assert_eq!(store.totals().unwrap()["notes"], 0);
    assert_eq!(fs::metadata(place.log()).unwrap().len(), 0);
    assert_eq!(store.task("{}").unwrap().resume(), None);
}

#[test]
fn damage_is_told_and_starting_over_is_the_way_out() {
    let damage: [Damage; 5] = [
        ("were committed", |p| {
            let file = fs::OpenOptions::new().write(true).open(p.log()).unwrap();
            file.set_len(10).unwrap();
        }),
        ("were committed", |p| fs::remove_file(p.log()).unwrap()),
        ("does not end with a line", |p| {
            let text = fs::read_to_string(p.log()).unwrap().replace('\n', " ");
            fs::write(p.log(), text).unwrap();
        }),
        ("_seedbed.json is damaged", |p| {
            fs::write(p.path().join("_seedbed.json"), "{\"layout\":1,").unwrap()
        }),
        ("its layout is 2", |p| fs::write(p.path().join("_seedbed.json"), "{\"layout\":2}").unwrap()),
    ];
    for (why, damage) in damage {
        let place = Place::new().written();
        damage(&place);
        let error = place.refused();
        assert!(error.contains(why), "{error}");
        if why.contains("committed") || why.contains("line") {
            assert!(error.contains("notes.jsonl") && error.contains("--fresh"), "{error}");
            assert_eq!(place.open_with(true).unwrap().totals().unwrap()["notes"], 0);
        }
    }
}

#[test]
fn a_file_of_the_users_own_is_refused_and_left_as_it_is() {
    for fresh in [false, true] {
        let place = Place::new();
        fs::create_dir(place.path()).unwrap();
        fs::write(place.log(), "{\"mine\":1}\n").unwrap();
        let error = place.open_with(fresh).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("notes.jsonl that seedbed did not make"), "{error}");
        assert_eq!(fs::read_to_string(place.log()).unwrap(), "{\"mine\":1}\n");
    }
}

#[test]
fn a_line_that_somebody_changed_is_told_with_its_number() {
    let place = Place::new().written();
    let text = fs::read_to_string(place.log()).unwrap();
    fs::write(place.log(), text.replacen("\"pull\":2", "\"pull\":[", 1)).unwrap();
    let store = place.open();
    let error = store.digest("notes").unwrap_err().to_string();
    assert!(error.contains("notes.jsonl, line 3"), "{error}");
}

#[test]
fn a_commit_that_fails_is_undone_and_others_go_on() {
    let place = Place::new().written();
    let store = place.open();
    let task = store.task("{}").unwrap();
    task.replace("notes", r#"{"pull": 1}"#, &[]).unwrap();
    // In the way of the new commit file.
    fs::create_dir(place.path().join("_seedbed.json.new")).unwrap();
    let before = fs::read(place.log()).unwrap();
    let error = task.checkpoint("fails").unwrap_err().to_string();
    assert!(error.contains("logs"), "{error}");
    assert_eq!(fs::read(place.log()).unwrap(), before, "the disk has its space back");
    assert_eq!(task.resume().as_deref(), Some("three"));
    fs::remove_dir(place.path().join("_seedbed.json.new")).unwrap();
    let other = store.task("other").unwrap();
    other.replace("notes", r#"{"pull": 2}"#, &[note(2, "13:00:00Z")]).unwrap();
    other.finish().unwrap();
    assert_eq!(store.totals().unwrap()["notes"], 3);
    drop((task, other, store));
    let store = place.open();
    let task = store.task("{}").unwrap();
    assert_eq!(task.resume().as_deref(), Some("three"));
    task.replace("notes", r#"{"pull": 1}"#, &[]).unwrap();
    task.finish().unwrap();
    assert_eq!(store.totals().unwrap()["notes"], 1);
}

#[test]
fn a_log_that_shrinks_under_a_run_is_noticed() {
    let place = Place::new().written();
    let store = place.open();
    let task = store.task("{}").unwrap();
    fs::OpenOptions::new().write(true).open(place.log()).unwrap().set_len(10).unwrap();
    task.emit("notes", &[note(5, "12:00:00Z")]).unwrap();
    let error = task.checkpoint("four").unwrap_err().to_string();
    assert!(error.contains("shorter than what was committed"), "{error}");
}
