//! Guests of languages with a libc: WASI is there, and leads nowhere.

use seedbed_runtime::{Ended, Failure, Level, Limits, Outcome, Plugin};

use crate::{doors::Seen, guest};

fn plugin() -> Plugin {
    guest::SANDBOXES.load_bytes(&guest::component("wasi-guest")).unwrap()
}

async fn run(params: &str, seen: &Seen) -> Ended {
    plugin().run(params.to_owned(), seen.doors(), Limits::default()).await
}

#[tokio::test]
async fn there_is_no_environment_no_file_and_no_network() {
    let seen = Seen::default();
    assert_eq!(run("look", &seen).await.result, Ok(Outcome::Complete));
    let log = seen.log();
    assert_eq!(log[..3], ["environment []", "arguments []", "folders 0"]);
    assert!(log[3].contains("access-denied"), "{log:?}");
    assert_eq!(log[4..], ["clock 1700000000", "clock 1700000000"]);
}

#[tokio::test]
async fn a_task_draws_the_same_numbers_every_time_and_no_other_task_does() {
    let draw = async |plugin: &Plugin, clock| {
        let seen = Seen::default();
        let doors = seedbed_runtime::Doors { clock, ..seen.doors() };
        plugin.run("draw".to_owned(), doors, Limits::default()).await.result.unwrap();
        seen.log()
    };
    let plugin = plugin();
    let first = draw(&plugin, 1).await;
    assert_eq!(draw(&plugin, 1).await, first);
    assert_ne!(draw(&plugin, 2).await, first);
}

#[tokio::test]
async fn what_a_guest_prints_is_logged_line_by_line() {
    let seen = Seen::default();
    assert_eq!(run("print", &seen).await.result, Ok(Outcome::Complete));
    let mut lines = seen.lines.lock().unwrap().clone();
    lines.sort();
    let expected = [
        (Level::Info, "and [2Jmore"),
        (Level::Info, "to standard output"),
        (Level::Warn, "to standard error"),
    ];
    assert_eq!(lines, expected.map(|(level, line)| (level, line.to_owned())));
}

#[tokio::test]
async fn a_guest_can_wait_by_its_clock_and_is_not_charged() {
    let seen = Seen::default();
    let ended = run("wait", &seen).await;
    assert_eq!(ended.result, Ok(Outcome::Complete));
    assert_eq!(seen.log(), ["true true"]);
    assert!(ended.guest_cpu.as_millis() < 15, "{ended:?}");
}

#[tokio::test]
async fn exiting_is_no_way_to_end_a_job() {
    let failure = run("exit", &Seen::default()).await.result.unwrap_err();
    let Failure::Trap(told) = &failure else { panic!("{failure:?}") };
    assert!(told.starts_with("it called exit(1); a job ends by returning from `run`"), "{told}");
}
