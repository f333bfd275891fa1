//! No token anywhere: not in any output, log, receipt, database or file that a run leaves behind.
//!
//! [`Desk`] searches every output by itself; these tests go where tokens would most likely slip out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "what serves a test may fail as it does")]

use github_sim::{Config, Faults, RepoConfig, Sim};
use seedbed_tests::program::Desk;

const REPO: &str = "antiwork/gumroad";

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_everything_holds_no_token() {
    for api in ["graphql", "rest"] {
        let config = Config {
            repositories: vec![RepoConfig {
                renamed_from: Some("antiwork/old".to_owned()),
                ..RepoConfig::new(REPO, 40)
            }],
            faults: Faults::mixed(0.03),
            ..Config::default()
        };
        let sim = Sim::start(config.without_secondary_limits()).await;
        let tokens = sim.tokens();
        // A token that GitHub refuses is what an error is most tempted to name.
        sim.revoke(&tokens[0]);
        let desk = Desk::at(&sim);
        desk.job("antiwork/old", &format!("api = \"{api}\""));
        let mut run = desk.run();
        run.args(["--log", "trace", "--receipt", "receipt.json"]);
        let run = desk.finish(run);
        assert!(matches!(run.code, 0 | 75), "{}", run.stdout);
        assert!(run.stderr.contains("asked GitHub"), "the log was really on:\n{}", run.stderr);
        // Not a part of one either: what is behind the prefix, but for the last four letters.
        let secrets: Vec<String> = tokens.iter().map(|token| token[4..token.len() - 4].to_owned()).collect();
        for secret in &secrets {
            assert!(!run.stderr.contains(secret) && !run.stdout.contains(secret));
        }
        assert_eq!(desk.files_that_hold(&secrets), Vec::<std::path::PathBuf>::new());
        let receipt = std::fs::read_to_string(desk.path("receipt.json")).unwrap();
        assert!(receipt.contains(&format!("ghp_…{}", &tokens[1][tokens[1].len() - 4..])), "{receipt}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_makes_no_sense_is_told_without_repeating_it() {
    let desk = Desk::offline();
    desk.job(REPO, "");
    let secret = "ghp_thisIsSecretéandNotAscii";
    for (name, value) in
        [("GITHUB_SEEDING_TOKENS", format!("ghp_ok,{secret}")), ("GITHUB_TOKEN", secret.to_owned())]
    {
        let mut run = desk.run();
        run.env(name, &value);
        let run = desk.finish(run).expect_code(2);
        assert!(run.stderr.contains(name), "{}", run.stderr);
        assert!(!run.stderr.contains("thisIsSecret"), "{}", run.stderr);
    }
    desk.put("tokens.txt", format!("# ours\nghp_fine\n{secret}\n"));
    let mut run = desk.run();
    run.args(["--tokens-file", "tokens.txt"]);
    let run = desk.finish(run).expect_code(2);
    assert!(run.stderr.contains("tokens.txt") && run.stderr.contains('3'), "{}", run.stderr);
    assert!(!run.stderr.contains("thisIsSecret"), "{}", run.stderr);
}
