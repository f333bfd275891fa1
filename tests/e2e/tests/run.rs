//! `host run`, from a manifest to a database: every row that GitHub holds, at the price that was promised.
#![allow(clippy::unwrap_used, clippy::panic, reason = "what serves a test may fail as it does")]

use github_sim::{Config, OwnerConfig, RepoConfig, Sim};
use seedbed_tests::program::{Desk, repository};
use seedbed_tests::rows::{keys_in, keys_of, same, total};

const REPO: &str = "antiwork/gumroad";

/// A repository of `pull_requests`, without secondary limits: these tests are about rows and quotas, unpaced.
fn small(pull_requests: usize) -> Config {
    let repositories = vec![RepoConfig { beyond_commit_cap: false, ..RepoConfig::new(REPO, pull_requests) }];
    Config { repositories, ..Config::default() }.without_secondary_limits()
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_brings_every_row_of_the_main_job_for_150_requests() {
    let sim = Sim::start(Config::default().without_secondary_limits()).await;
    let desk = Desk::at(&sim);
    desk.job(REPO, "max_prs = 1000");
    let run = desk.finish(desk.run()).expect_code(0);

    same(&keys_in(&desk.path("out/rows.db")), &keys_of(&sim));
    let ledger = sim.ledger();
    assert!(ledger.total <= 150, "{} requests", ledger.total);
    assert_eq!((ledger.offences(), ledger.identical_repeated), (0, 0), "{ledger:?}");
    for part in ["rows: complete", "pull_requests", "919", "graphql", "0 refused"] {
        assert!(run.stdout.contains(part), "the table lacks {part:?}:\n{}", run.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rest_brings_every_row_of_the_main_job() {
    // A pull request beyond REST's cap of 250 commits can't be whole in REST: another test has it.
    let sim = Sim::start(small(919)).await;
    let desk = Desk::at(&sim);
    desk.job(REPO, "max_prs = 1000\napi = \"rest\"");
    desk.finish(desk.run()).expect_code(0);
    same(&keys_in(&desk.path("out/rows.db")), &keys_of(&sim));
    assert_eq!(sim.ledger().offences(), 0, "{:?}", sim.ledger());
}

#[tokio::test(flavor = "multi_thread")]
async fn rest_ends_complete_when_two_of_three_credentials_run_out_half_way() {
    let few = || OwnerConfig { core_remaining: Some(200), ..OwnerConfig::default() };
    let owners = vec![few(), few(), OwnerConfig::default()];
    let sim = Sim::start(Config { owners, ..small(150) }).await;
    let desk = Desk::at(&sim);
    desk.job(REPO, "api = \"rest\"");
    desk.finish(desk.run()).expect_code(0);

    same(&keys_in(&desk.path("out/rows.db")), &keys_of(&sim));
    let (ledger, tokens) = (sim.ledger(), sim.tokens());
    assert_eq!(ledger.sent_although_exhausted, 0, "{ledger:?}");
    assert!(tokens.iter().all(|token| ledger.requests(token) > 0), "all three were used: {ledger:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_all_credentials_run_out_the_next_run_goes_on() {
    for api in ["graphql", "rest"] {
        let few =
            OwnerConfig { core_remaining: Some(120), graphql_remaining: Some(55), ..OwnerConfig::default() };
        let sim = Sim::start(Config { owners: vec![few; 3], ..small(150) }).await;
        let desk = Desk::at(&sim);
        desk.job(REPO, &format!("api = \"{api}\""));
        let first = desk.finish(desk.run()).expect_code(75);
        assert!(first.stdout.contains("run it again after"), "{}", first.stdout);
        let kept = total(&keys_in(&desk.path("out/rows.db")));
        let all = keys_of(&sim);
        assert!(
            kept > 0 && kept < total(&all),
            "{api}: what was fetched is there: {kept} of {}",
            total(&all)
        );
        assert_eq!(sim.ledger().sent_although_exhausted, 0, "{:?}", sim.ledger());

        for token in sim.tokens() {
            sim.set_remaining(&token, "core", 5_000);
            sim.set_remaining(&token, "graphql", 5_000);
        }
        let before = sim.ledger().total;
        desk.finish(desk.run()).expect_code(0);
        same(&keys_in(&desk.path("out/rows.db")), &all);
        let (second, fresh) = (sim.ledger().total - before, cost_of_one_run(api).await);
        assert!(
            second < fresh,
            "{api}: the second run went on instead of starting over: {second} of {fresh}"
        );
    }
}

async fn cost_of_one_run(api: &str) -> u64 {
    let sim = Sim::start(small(150)).await;
    let desk = Desk::at(&sim);
    desk.job(REPO, &format!("api = \"{api}\""));
    desk.finish(desk.run()).expect_code(0);
    sim.ledger().total
}

#[tokio::test(flavor = "multi_thread")]
async fn running_out_is_a_failure_where_the_manifest_says_so() {
    let few = OwnerConfig { graphql_remaining: Some(52), ..OwnerConfig::default() };
    let sim = Sim::start(Config { owners: vec![few], ..small(120) }).await;
    let desk = Desk::at(&sim);
    desk.job(REPO, "");
    let mut run = desk.run();
    run.args(["--on-exhausted", "fail"]);
    let run = desk.finish(run).expect_code(1);
    assert!(run.stdout.contains("rows: failed"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_jobs_share_one_pool_and_the_worst_outcome_counts() {
    let config = small(60);
    let repositories = vec![config.repositories[0].clone(), RepoConfig::new("polarsource/polar", 20)];
    let sim = Sim::start(Config { repositories, ..config }).await;
    let desk = Desk::at(&sim);
    let manifest = |repo| seedbed_tests::program::manifest(repo, "");
    let second =
        manifest("polarsource/polar").replace("rows.db", "polar.db").replace("\"rows\"", "\"polar\"");
    desk.put("job.toml", manifest(REPO));
    desk.put("polar.toml", second);
    // Not there: that job misses everything and says so, the other is complete.
    desk.put(
        "gone.toml",
        manifest("antiwork/gone").replace("rows.db", "gone.db").replace("\"rows\"", "\"gone\""),
    );

    let mut both = desk.run();
    both.arg("polar.toml");
    let run = desk.finish(both).expect_code(0);
    assert!(
        run.stdout.contains("rows: complete") && run.stdout.contains("polar: complete"),
        "{}",
        run.stdout
    );

    let mut all = desk.run();
    all.args(["gone.toml", "--fresh"]);
    let run = desk.finish(all);
    assert!(matches!(run.code, 1 | 75), "{run:?}");
    assert!(
        run.stdout.contains("rows: complete") && run.stdout.contains("missing in gone"),
        "{}",
        run.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_lines_for_people_or_json_for_programs() {
    let sim = Sim::start(small(30)).await;
    let desk = Desk::at(&sim);
    desk.job(REPO, "");
    let mut plain = desk.run();
    plain.args(["--progress", "plain"]);
    let plain = desk.finish(plain).expect_code(0);
    assert!(plain.stderr.contains("1 of 1 task done"), "{}", plain.stderr);
    assert!(!plain.stderr.contains('\u{1b}'), "no colours into a pipe");

    let mut json = desk.run();
    json.args(["--progress", "json"]);
    let json = desk.finish(json).expect_code(0);
    let last: serde_json::Value = serde_json::from_str(json.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(last["tasks"]["done"], 1, "{last}");

    let mut quiet = desk.run();
    quiet.arg("--quiet");
    let quiet = desk.finish(quiet).expect_code(0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn check_and_tokens_tell_what_there_is_without_spending_quota() {
    let sim = Sim::start(small(10)).await;
    let desk = Desk::at(&sim);
    desk.job(REPO, "");
    let mut check = desk.host();
    check.args(["check", "job.toml"]);
    let check = desk.finish(check).expect_code(0);
    for part in
        ["pull_requests (id)", "may read     antiwork/gumroad", "256 MiB", "seedbed:job/github", "ghp_…"]
    {
        assert!(check.stdout.contains(part), "the plan lacks {part:?}:\n{}", check.stdout);
    }
    assert_eq!(sim.ledger().total, 0, "a check asks GitHub nothing");

    let mut tokens = desk.host();
    tokens.args(["tokens", "--json"]);
    let tokens = desk.finish(tokens).expect_code(0);
    let owners: serde_json::Value = serde_json::from_str(&tokens.stdout).unwrap();
    assert_eq!(owners.as_array().map(Vec::len), Some(3));
    assert_eq!(owners[0]["windows"]["core"]["limit"], 5_000, "{owners:#}");
    assert!(sim.ledger().points_spent.values().all(|points| *points == 0), "{:?}", sim.ledger());
}

#[test]
fn every_job_that_ships_is_right() {
    let desk = Desk::offline();
    let jobs = std::fs::read_dir(repository().join("jobs")).unwrap().map(|entry| entry.unwrap().path());
    let jobs: Vec<_> = jobs.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    assert!(jobs.len() >= 4, "{jobs:?}");
    let mut check = desk.host();
    check.arg("check").args(&jobs);
    desk.finish(check).expect_code(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tasks_of_a_job_share_its_budget() {
    let config = small(60);
    let repositories = vec![config.repositories[0].clone(), RepoConfig::new("antiwork/helper", 60)];
    let sim = Sim::start(Config { repositories, ..config }).await;
    let desk = Desk::at(&sim);
    let manifest = seedbed_tests::program::manifest(REPO, "api = \"rest\"");
    let manifest = manifest.replace("[\"antiwork/gumroad\"]", "[\"antiwork/gumroad\", \"antiwork/helper\"]");
    desk.put("job.toml", manifest.replace("[github]\n", "[github]\nmax_requests = 50\n"));
    let run = desk.finish(desk.run()).expect_code(75);
    assert_eq!(sim.ledger().total, 50, "both tasks together");
    assert!(run.stdout.contains("missing in rows"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_can_go_to_json_lines_as_well() {
    let sim = Sim::start(small(20)).await;
    let desk = Desk::at(&sim);
    let manifest = seedbed_tests::program::manifest(REPO, "");
    desk.put("job.toml", manifest.replace("sqlite", "jsonl").replace("rows.db", "rows"));
    desk.finish(desk.run()).expect_code(0);
    let lines = std::fs::read_to_string(desk.path("out/rows/pull_requests.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 20);
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first["repository"], REPO, "{first:#}");
}
