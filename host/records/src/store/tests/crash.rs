//! A run that is killed: what is there is its last checkpoint, rows and state agreeing.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::*;

const PLACE: &str = "SEEDBED_RECORDS_CRASH_TEST";

/// The run that gets killed: after its n-th checkpoint the state is n, pull n has n % 7 comments, and pull n - 1 has
/// one less than it had.
fn endless_run(spec: &SinkSpec) {
    let store = open(spec);
    let task = store.task("{}").unwrap();
    let mut n: i64 = task.resume().map_or(0, |s| s.parse().unwrap());
    loop {
        n += 1;
        emit(&task, "pulls", &[json!({"id": n, "title": "x".repeat(3_000)})]);
        emit(&task, "comments", &(0..n % 7).map(|c| comment(n, &c.to_string())).collect::<Vec<_>>());
        let kept: Vec<_> = (1..(n - 1) % 7).map(|c| comment(n - 1, &c.to_string())).collect();
        task.replace("comments", &json!({"pull": n - 1}).to_string(), &rows(&kept)).unwrap();
        task.checkpoint(&n.to_string()).unwrap();
    }
}

fn expected(n: i64) -> Vec<String> {
    let mut keys: Vec<_> =
        (1..=n).flat_map(|p| (i64::from(p < n)..p % 7).map(move |c| format!(r#"[{p},"{c}"]"#))).collect();
    keys.sort();
    keys
}

#[test]
#[ignore = "started, and killed, by the test below"]
fn child() {
    if let Ok(place) = std::env::var(PLACE) {
        let (kind, folder) = place.split_once(':').unwrap();
        let [sqlite, jsonl] = specs(Path::new(folder));
        endless_run(if kind == "sqlite" { &sqlite } else { &jsonl });
    }
}

fn start(place: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::tests::crash::child", "--ignored"])
        .env(PLACE, place)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn after_kill_9_at_any_moment_rows_and_state_are_those_of_one_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, spec) in ["sqlite", "jsonl"].into_iter().zip(specs(folder.path())) {
        let mut reached = 0;
        // More kills, and later ones, only on a machine too slow to get anywhere in twelve.
        for kill in 0..60_u64 {
            if kill >= 12 && reached > 0 {
                break;
            }
            let mut child = start(&format!("{kind}:{}", folder.path().display()));
            // From before the first checkpoint to some dozens of them, at no particular moment of a commit.
            let end = Instant::now() + Duration::from_micros(4_000 + kill * 7_919 % 60_000 * (1 + kill / 12));
            while Instant::now() < end {
                std::thread::sleep(Duration::from_micros(100));
            }
            child.kill().unwrap();
            child.wait().unwrap();
            let store = open(&spec);
            let n: i64 = store.task("{}").unwrap().resume().map_or(0, |s| s.parse().unwrap());
            assert!(n >= reached, "{kind}: from {reached} back to {n}");
            assert_eq!(store.totals().unwrap()["pulls"], n.cast_unsigned(), "{kind}");
            assert_eq!(
                live(&store, "comments").into_keys().collect::<Vec<_>>(),
                expected(n),
                "{kind} after {n}"
            );
            reached = n;
        }
        assert!(reached > 0, "{kind}: no run got anywhere");
    }
}

/// `mkdir /tmp/small && mount -t tmpfs -o size=2m small /tmp/small`, then run with `SEEDBED_SMALL_DISK=/tmp/small`.
#[test]
#[ignore = "needs a small disk of its own, see its comment"]
fn a_full_disk_ends_the_task_and_room_lets_the_next_run_go_on() {
    let disk = std::env::var("SEEDBED_SMALL_DISK").unwrap();
    for spec in specs(Path::new(&disk)) {
        let store = open(&spec);
        let task = store.task("{}").unwrap();
        let page = |n: i64| {
            (0..20).map(|i| json!({"id": n * 20 + i, "title": "x".repeat(1_000)})).collect::<Vec<_>>()
        };
        let mut pages = 0;
        let error = loop {
            let done =
                task.emit("pulls", &rows(&page(pages))).and_then(|()| task.checkpoint(&pages.to_string()));
            match done {
                Ok(()) => pages += 1,
                Err(error) => break error.to_string(),
            }
        };
        assert!(pages > 5 && (error.contains("full") || error.contains("No space")), "{pages}: {error}");
        assert!(task.finish().is_err());
        assert_eq!(store.totals().unwrap()["pulls"], pages.cast_unsigned() * 20);
        drop((task, store));
        // The next run finds room: the same files on another disk.
        let roomy = tempfile::tempdir().unwrap();
        snapshot(Path::new(&disk), roomy.path());
        fs::remove_dir_all(Path::new(&disk).join("out")).unwrap();
        let name = spec.path().file_name();
        let store = open(specs(roomy.path()).iter().find(|s| s.path().file_name() == name).unwrap());
        let task = store.task("{}").unwrap();
        assert_eq!(task.resume(), Some((pages - 1).to_string()));
        emit(&task, "pulls", &page(pages));
        task.finish().unwrap();
        assert_eq!(live(&store, "pulls").len(), usize::try_from(pages + 1).unwrap() * 20);
    }
}

/// Copies the folder as it is now, as a power cut would leave it.
fn snapshot(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => snapshot(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

#[test]
fn a_copy_taken_between_two_checkpoints_opens_at_the_first() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (spec, copy) in specs(here.path()).iter().zip(specs(there.path())) {
        let store = open(spec);
        let task = store.task("{}").unwrap();
        emit(&task, "pulls", &[json!({"id": 1})]);
        task.checkpoint("1").unwrap();
        // Much, so that it is staged on disk.
        emit(
            &task,
            "pulls",
            &(2..300).map(|id| json!({"id": id, "title": "x".repeat(2_000)})).collect::<Vec<_>>(),
        );
        snapshot(here.path(), there.path());
        task.checkpoint("2").unwrap();
        let copied = open(&copy);
        assert_eq!(copied.totals().unwrap()["pulls"], 1);
        assert_eq!(copied.task("{}").unwrap().resume().as_deref(), Some("1"));
        assert_eq!(store.totals().unwrap()["pulls"], 299);
        drop((task, store, copied));
        snapshot(here.path(), there.path());
        assert_eq!(open(&copy).task("{}").unwrap().resume().as_deref(), Some("2"));
    }
}
