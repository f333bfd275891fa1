//! What a user can get wrong: each time one clear message, with file and line where there is one, exit 2, at once.
#![allow(clippy::unwrap_used, clippy::panic, reason = "what serves a test may fail as it does")]

use std::sync::Once;
use std::time::Duration;

use seedbed_tests::program::{Desk, Finished, manifest};

const REPO: &str = "antiwork/gumroad";

/// A desk whose host has compiled the plugin before: "within a second" is said of what is built and compiled.
fn desk() -> Desk {
    static COMPILED: Once = Once::new();
    let desk = Desk::offline();
    COMPILED.call_once(|| {
        desk.put("job.toml", job());
        let mut check = desk.host();
        check.args(["check", "job.toml"]);
        desk.finish(check).expect_code(0);
        std::fs::remove_file(desk.path("job.toml")).unwrap();
    });
    desk
}

fn job() -> String {
    manifest(REPO, "max_prs = 10")
}

/// A job that is right but for one thing: `from` is `to`.
fn with(desk: &Desk, from: &str, to: &str) -> Finished {
    assert!(job().contains(from), "{from}");
    desk.put("job.toml", job().replace(from, to));
    refused(desk.finish(desk.run()))
}

/// One message, exit 2, within a second, nothing on stdout.
#[track_caller]
fn refused(run: Finished) -> Finished {
    let run = run.expect_code(2);
    assert_eq!(run.stderr.matches('×').count(), 1, "one message:\n{}", run.stderr);
    assert_eq!(run.stdout, "");
    assert!(run.took < Duration::from_secs(1), "{:?}", run.took);
    run
}

#[track_caller]
fn tells(run: &Finished, parts: &[&str]) {
    for part in parts {
        assert!(run.stderr.contains(part), "it does not tell {part:?}:\n{}", run.stderr);
    }
}

/// `job.toml:LINE` of the first line that contains `text`.
fn line(text: &str, desk: &Desk) -> String {
    let manifest = std::fs::read_to_string(desk.path("job.toml")).unwrap();
    let line = manifest.lines().position(|line| line.contains(text)).unwrap() + 1;
    format!("job.toml:{line}:")
}

#[test]
fn an_unknown_key() {
    let desk = desk();
    let run = with(&desk, "read =", "raed =");
    tells(&run, &["unknown key `raed` in [github]", "did you mean `read`?", &line("raed", &desk)]);
}

#[test]
fn a_mistake_in_the_manifest_comes_before_one_in_the_surroundings() {
    let desk = desk();
    desk.put("job.toml", job().replace("read =", "raed ="));
    let mut run = desk.run();
    run.env("GITHUB_API_URL", "http://example.org");
    tells(&refused(desk.finish(run)), &["unknown key `raed`"]);
}

#[test]
fn no_manifest() {
    let desk = desk();
    let run = refused(desk.finish(desk.run()));
    tells(&run, &["can't read the manifest job.toml", "No such file"]);
}

#[test]
fn a_plugin_that_is_not_there() {
    let desk = desk();
    let run = with(&desk, "pull-requests.wasm", "pull-requets.wasm");
    tells(&run, &["does not exist", "pull-requets.wasm", &line("plugin", &desk)]);
}

#[test]
fn a_plugin_that_is_not_built() {
    let desk = desk();
    desk.put("fresh/Cargo.toml", "");
    desk.put("job.toml", job().replace(&format!("{:?}", seedbed_tests::program::plugin()), "\"fresh\""));
    let run = refused(desk.finish(desk.run()));
    tells(&run, &["is not built yet", "host build fresh", &line("plugin", &desk)]);
}

#[test]
fn what_is_no_component() {
    let desk = desk();
    let module = b"\0asm\x01\0\0\0";
    let cut = std::fs::read(seedbed_tests::program::plugin()).unwrap();
    let files: [(&str, &[u8]); 4] = [
        ("text.wasm", b"hello"),
        ("empty.wasm", b""),
        ("module.wasm", module),
        ("cut.wasm", &cut[..cut.len() / 2]),
    ];
    for (name, content) in files {
        desk.put(name, content);
        desk.put(
            "job.toml",
            job().replace(&format!("{:?}", seedbed_tests::program::plugin()), &format!("{name:?}")),
        );
        let run = refused(desk.finish(desk.run()));
        tells(&run, &["can't use the plugin", name, &line("plugin", &desk)]);
    }
}

#[test]
fn a_component_that_wants_more_than_the_host_offers() {
    let desk = desk();
    desk.put("greedy.wasm", component_importing("open-socket"));
    desk.put(
        "job.toml",
        job().replace(&format!("{:?}", seedbed_tests::program::plugin()), "\"greedy.wasm\""),
    );
    let run = refused(desk.finish(desk.run()));
    tells(&run, &["can't use the plugin", "open-socket", &line("plugin", &desk)]);
}

/// The smallest component that imports a function of this name, byte by byte.
fn component_importing(name: &str) -> Vec<u8> {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    // Section 7, types: one function without parameters and results.
    bytes.extend([7, 5, 1, 0x40, 0, 1, 0]);
    // Section 10, imports: a function of type 0.
    let length = u8::try_from(name.len()).unwrap();
    bytes.extend([10, length + 5, 1, 0, length]);
    bytes.extend(name.as_bytes());
    bytes.extend([1, 0]);
    bytes
}

#[test]
fn a_parameter_of_the_wrong_type() {
    let desk = desk();
    let run = with(&desk, "max_prs = 10", "max_prs = \"ten\"");
    tells(&run, &["max_prs", "\"ten\"", "integer", &line("max_prs", &desk)]);
}

#[test]
fn a_parameter_that_the_plugin_does_not_have() {
    let desk = desk();
    let run = with(&desk, "max_prs = 10", "max_pr = 10");
    tells(&run, &["no parameter `max_pr`", "did you mean `max_prs`?", &line("max_pr ", &desk)]);
}

#[test]
fn a_parameter_of_the_wrong_type_on_the_command_line() {
    let desk = desk();
    desk.put("job.toml", job());
    let mut run = desk.run();
    run.args(["--param", "max_prs=ten"]);
    tells(&refused(desk.finish(run)), &["--param max_prs=ten", "integer"]);
}

#[test]
fn a_grant_that_is_no_owner_and_name() {
    let desk = desk();
    let run = with(&desk, "read = [\"antiwork/gumroad\"]", "read = [\"gumroad\"]");
    tells(&run, &["gumroad", "owner/name", &line("read =", &desk)]);
}

#[test]
fn a_bad_address_of_github() {
    let desk = desk();
    desk.put("job.toml", job());
    for (address, told) in [
        ("api.github.com", "GITHUB_API_URL"),
        ("ftp://example.org", "GITHUB_API_URL"),
        ("http://ghe.example.org/api/v3", "https"),
    ] {
        let mut run = desk.run();
        run.env("GITHUB_API_URL", address);
        tells(&refused(desk.finish(run)), &["GITHUB_API_URL", told]);
    }
}

#[test]
fn a_sink_that_can_not_be_written() {
    let desk = desk();
    desk.put("file", "");
    let run = with(&desk, "out/rows.db", "file/rows.db");
    tells(&run, &["file/rows.db", &line("path =", &desk)]);
}

#[test]
fn two_jobs_with_one_sink() {
    let desk = desk();
    desk.put("job.toml", job());
    desk.put("other.toml", job().replace("\"rows\"", "\"other\""));
    let mut run = desk.run();
    run.arg("other.toml");
    tells(&refused(desk.finish(run)), &["`rows` and `other` have the same sink", "other.toml:"]);
}

#[test]
fn a_command_line_that_makes_no_sense() {
    let desk = desk();
    desk.put("job.toml", job());
    for wrong in
        [&["run"][..], &["run", "job.toml", "--param", "x"], &["run", "job.toml", "--now", "soon"], &["rnu"]]
    {
        let mut command = desk.host();
        command.args(wrong);
        let run = desk.finish(command).expect_code(2);
        assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    }
}
