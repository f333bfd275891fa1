//! What a task may not hand over, and that a refused call leaves no trace.

use super::*;

#[test]
fn each_limit_says_which_and_how_much() {
    each_sink(|spec| {
        let store = open(spec);
        let limits = RowLimits { max_row_bytes: 40, max_rows: 3, max_bytes: 100, max_state_bytes: 4 };
        let task = store.task_with_limits("{}", limits).unwrap();
        let limit = |result: Result<(), Error>| match result {
            Err(Error::Limit(message)) => message,
            other => panic!("{other:?}"),
        };
        let long = json!({"id": 1, "title": "x".repeat(40)});
        assert_eq!(
            limit(task.emit("pulls", &rows(&[long]))),
            "stream `pulls`: a row of 59 bytes; at most 40 are allowed"
        );
        assert_eq!(limit(task.checkpoint("12345")), "a state of 5 bytes; at most 4 are allowed");
        let scope = format!(r#"{{"title": "{}"}}"#, "x".repeat(40));
        assert!(limit(task.replace("pulls", &scope, &[])).contains("at most 40"));
        let row = |id: i64| json!({"id": id, "title": "0123456789012345"});
        assert_eq!(
            limit(task.emit("pulls", &rows(&[row(1), row(2), row(3)]))),
            "105 bytes of rows; a task may emit 100"
        );
        emit(&task, "pulls", &[json!({"id": 1}), json!({"id": 2})]);
        task.checkpoint("1").unwrap();
        assert_eq!(
            limit(task.emit("pulls", &rows(&[json!({"id": 3}), json!({"id": 4})]))),
            "4 rows; a task may emit 3"
        );
        emit(&task, "pulls", &[json!({"id": 3})]);
        task.finish().unwrap();
        assert_eq!(store.totals().unwrap()["pulls"], 3, "refused calls left nothing, and the task went on");
    });
}

#[test]
fn a_call_with_one_bad_row_accepts_none() {
    each_sink(|spec| {
        let store = open(spec);
        let task = store.task("{}").unwrap();
        for bad in [
            r#"{"id": 18446744073709551615}"#,
            r#"{"id": 9223372036854775808}"#,
            r#"{"id": 1.5}"#,
            r#"{"id": null}"#,
            r#"{"title": "no key"}"#,
            r#"{"id": 1, "merged_at": "tomorrow"}"#,
            r#"{"id": 1, "score": 1e999}"#,
            r#"{"id": 1, "_deleted": true}"#,
            r#"{"id": 1, "id": 2}"#,
            "null",
            "",
            "{\"id\": 1",
        ] {
            let call = [r#"{"id": 5}"#.to_owned(), bad.to_owned()];
            match task.emit("pulls", &call) {
                Err(Error::InvalidRow(message)) => assert!(message.contains("stream `pulls`"), "{message}"),
                other => panic!("{bad}: {other:?}"),
            }
        }
        assert!(
            matches!(task.emit("nobody", &[]), Err(Error::UnknownStream(m)) if m.contains("pulls, comments"))
        );
        task.finish().unwrap();
        assert_eq!(store.totals().unwrap()["pulls"], 0);
    });
}

#[test]
fn extreme_but_valid_rows_come_back_as_they_were() {
    each_sink(|spec| {
        let store = open(spec);
        let task = store.task("{}").unwrap();
        let extreme = [
            json!({"id": i64::MAX, "title": "", "score": f64::MAX}),
            json!({"id": i64::MIN, "title": "a\u{0}b\u{2028}\u{1F1FA}\u{1F1F8}\\\"\n", "score": 5e-324}),
            json!({"id": 0, "merged_at": "9999-12-30T21:59:59.999999Z", "score": -0.1, "labels": [u64::MAX, 0.1]}),
            json!({"id": 1, "merged_at": "0001-01-01T00:00:00Z", "labels": [[[[]]], {"": {}}], "extra": {"not": "declared"}}),
        ];
        emit(&task, "pulls", &extreme);
        task.emit("pulls", &["\r\n{\n  \"id\": 2,\r\n  \"title\": \"spread over lines\"\n}\n".to_owned()])
            .unwrap();
        task.finish().unwrap();
        drop((task, store));
        let store = open(spec);
        let live = live(&store, "pulls");
        for row in &extreme {
            assert_eq!(&live[&format!("[{}]", row["id"])], row);
        }
        assert_eq!(live["[2]"]["title"], "spread over lines");
    });
}
