//! The program: what a user types.

#![allow(clippy::expect_used, reason = "a test that can't go on says why and stops")]

use std::process::{Command, Output};

fn github_sim(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_github-sim"))
        .args(arguments)
        .env("GITHUB_TOKEN", "ghp_a_real_one")
        .env("GH_HOST", "github.example")
        .output()
        .expect("it runs")
}

#[test]
fn it_runs_a_command_with_its_own_address_and_tokens_and_leaves_with_its_code() {
    let script = r#"echo "$GITHUB_API_URL $GITHUB_SEEDING_TOKENS [$GITHUB_TOKEN$GH_HOST]"; exit 7"#;
    let ran = github_sim(&["--tokens", "2", "--repo", "octo/demo", "--prs", "3", "--", "sh", "-c", script]);
    let out = String::from_utf8_lossy(&ran.stdout);
    let words: Vec<&str> = out.split_whitespace().collect();
    assert_eq!(ran.status.code(), Some(7));
    assert!(words[0].starts_with("http://127.0.0.1:"), "{out}");
    assert_eq!(words[1].split(',').filter(|t| t.starts_with("ghp_") && t.len() == 40).count(), 2, "{out}");
    assert_eq!(words[2], "[]", "no other GitHub variable reaches the command");
    assert!(String::from_utf8_lossy(&ran.stderr).contains("github-sim: 0 requests"));
}

#[test]
fn it_writes_the_ledger_and_the_truth() {
    let folder = std::env::temp_dir().join(format!("github-sim-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let (ledger, truth) = (folder.join("ledger.json"), folder.join("truth.json"));
    let arguments = ["--repo", "octo/demo", "--prs", "3", "--now", "2026-02-01T12:00:00Z", "--ledger"];
    let paths = [ledger.to_str().expect("UTF-8"), "--truth", truth.to_str().expect("UTF-8"), "--", "true"];
    assert!(github_sim(&[&arguments[..], &paths[..]].concat()).status.success());
    let read = |path| -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(path).expect("written")).expect("JSON")
    };
    assert_eq!(read(&ledger)["total"], 0);
    assert_eq!(read(&truth)["pull_requests"].as_array().map(Vec::len), Some(3));
    std::fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn mistakes_on_the_command_line_are_told() {
    for (arguments, told) in [
        (vec!["--repo", "nonsense", "--", "true"], "no OWNER/NAME"),
        (vec!["--now", "yesterday", "--", "true"], "is no time"),
        (vec!["--", "/no/such/program"], "cannot run /no/such/program"),
    ] {
        let ran = github_sim(&arguments);
        assert_eq!(ran.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&ran.stderr).contains(told), "{ran:?}");
    }
}
