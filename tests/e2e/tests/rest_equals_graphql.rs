//! The plugin `pull-requests` by REST and by GraphQL: the same rows, whatever GitHub holds and whatever goes wrong. It runs
//! natively here, over the real client.
#![expect(clippy::unwrap_used, reason = "what the tests share may unwrap too")]

use std::collections::BTreeMap;
use std::rc::Rc;

use github_sim::{BrokenField, Config, OwnerConfig, RepoConfig, Sim};
use pull_requests::Params;
use seedbed_sdk::{Outcome, RecordsError};
use seedbed_tests::native::{Native, Shelf};
use serde_json::{Value, json};

const REPO: &str = "antiwork/gumroad";
const APIS: [&str; 2] = ["rest", "graphql"];

type Rows = BTreeMap<String, BTreeMap<String, Value>>;

fn repo(full_name: &str, pull_requests: usize) -> RepoConfig {
    RepoConfig { beyond_commit_cap: false, ..RepoConfig::new(full_name, pull_requests) }
}

fn config(repository: RepoConfig) -> Config {
    Config { repositories: vec![repository], ..Config::default() }.without_secondary_limits()
}

fn params(api: &str, more: Value) -> Params {
    let mut params = json!({ "repo": REPO, "api": api, "commit_stats": true });
    params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(params).unwrap()
}

fn shelf() -> Shelf {
    Shelf::of(&pull_requests::description())
}

fn native(sim: &Sim, shelf: &Shelf) -> Native {
    Native::new(sim, REPO, shelf, Config::default().now)
}

/// One run to its end.
async fn run(sim: &Sim, shelf: &Shelf, params: Params) -> Outcome {
    let host = native(sim, shelf);
    let outcome = pull_requests::run(&host, params).await.unwrap();
    host.finish();
    outcome
}

/// Compares stream by stream, and names a few rows that differ.
#[track_caller]
fn same(found: &Rows, expected: &Rows, of: &str) {
    for (stream, expected) in expected {
        let found = &found[stream];
        let differing = expected.iter().filter(|(key, row)| found.get(*key) != Some(row)).take(2);
        let differing: Vec<_> =
            differing.map(|(key, row)| format!("{row}\n  is {:?}", found.get(key))).collect();
        let invented: Vec<_> = found.iter().filter(|(key, _)| !expected.contains_key(*key)).take(2).collect();
        assert!(
            differing.is_empty() && invented.is_empty(),
            "{of}: {stream}: {} rows of {}\n{}\ninvented: {invented:?}",
            found.len(),
            expected.len(),
            differing.join("\n")
        );
    }
}

fn truth(sim: &Sim, shelf: &Shelf) -> Rows {
    shelf.keyed(&sim.truth())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_apis_give_every_row_of_every_stream() {
    let sim = Sim::start(config(repo(REPO, 250))).await;
    let mut results = Vec::new();
    for api in APIS {
        let shelf = shelf();
        assert_eq!(run(&sim, &shelf, params(api, json!({}))).await, Outcome::Complete, "{api}");
        same(&shelf.rows(), &truth(&sim, &shelf), api);
        assert!(shelf.rows().values().all(|rows| !rows.is_empty()));
        results.push(shelf.rows());
    }
    assert_eq!(results[0], results[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn by_graphql_the_main_job_takes_few_requests_and_points() {
    let sim = Sim::start(Config::default().without_secondary_limits()).await;
    let shelf = shelf();
    let outcome = run(&sim, &shelf, params("graphql", json!({ "max_prs": 1000, "days_back": 90 }))).await;
    assert_eq!(outcome, Outcome::Complete);
    same(&shelf.rows(), &truth(&sim, &shelf), "graphql");
    let ledger = sim.ledger();
    assert!(ledger.total <= 110, "{} requests", ledger.total);
    assert_eq!(ledger.identical_repeated, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rest_cuts_off_is_a_gap_and_graphql_has_it() {
    let sim = Sim::start(config(RepoConfig { beyond_commit_cap: true, ..repo(REPO, 40) })).await;
    let (by_rest, by_graphql) = (shelf(), shelf());
    let Outcome::Partial(gaps) = run(&sim, &by_rest, params("rest", json!({}))).await else {
        panic!("complete")
    };
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert!(gaps[0].what.starts_with("commits of #"), "{gaps:?}");
    assert!(gaps[0].reason.contains("250"), "{gaps:?}");

    assert_eq!(run(&sim, &by_graphql, params("graphql", json!({}))).await, Outcome::Complete);
    same(&by_graphql.rows(), &truth(&sim, &by_graphql), "graphql");
    // The first 250 are there, and so is everything else.
    let (mut rest, mut all) = (by_rest.rows(), by_graphql.rows());
    let (few, many) = (rest.remove("commits").unwrap(), all.remove("commits").unwrap());
    assert!(few.len() < many.len() && few.iter().all(|(key, row)| many.get(key) == Some(row)));
    rest.remove("users");
    all.remove("users");
    same(&rest, &all, "rest");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_repository_is_read_by_its_old_name_and_called_by_its_new_one() {
    let renamed = RepoConfig { renamed_from: Some(REPO.to_owned()), ..repo("antiwork/gumroad-new", 20) };
    let sim = Sim::start(config(renamed)).await;
    for api in APIS {
        let shelf = shelf();
        assert_eq!(run(&sim, &shelf, params(api, json!({}))).await, Outcome::Complete, "{api}");
        same(&shelf.rows(), &truth(&sim, &shelf), api);
        assert!(
            shelf.rows()["pull_requests"].values().all(|row| row["repository"] == "antiwork/gumroad-new")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_repository_is_one_row_and_a_missing_one_is_named() {
    let sim = Sim::start(config(RepoConfig { empty: true, ..repo(REPO, 0) })).await;
    for api in APIS {
        let shelf = shelf();
        assert_eq!(run(&sim, &shelf, params(api, json!({}))).await, Outcome::Complete, "{api}");
        same(&shelf.rows(), &truth(&sim, &shelf), api);
        assert_eq!(shelf.rows()["repositories"].len(), 1);

        let host = Native::new(&sim, "antiwork/nothing", &shelf, 0);
        let missing = params(api, json!({ "repo": "antiwork/nothing" }));
        let error = pull_requests::run(&host, missing).await.unwrap_err();
        assert!(error.contains("antiwork/nothing is not there"), "{api}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn days_and_number_bound_what_is_read_alike() {
    let sim = Sim::start(config(repo(REPO, 60))).await;
    let mut results = Vec::new();
    for bound in [json!({ "days_back": 20 }), json!({ "max_prs": 7 })] {
        for api in APIS {
            let shelf = shelf();
            assert_eq!(run(&sim, &shelf, params(api, bound.clone())).await, Outcome::Complete);
            results.push(shelf.rows());
        }
    }
    assert_eq!(results[0], results[1]);
    assert_eq!(results[2], results[3]);
    assert_eq!(results[2]["pull_requests"].len(), 7);
    let horizon = seedbed_sdk::Time::from_unix(Config::default().now - 20 * 86_400);
    let young = |row: &&Value| row["updated_at"].as_str().unwrap() >= horizon.as_str();
    let expected: Vec<Value> = sim.truth()["pull_requests"].iter().filter(young).cloned().collect();
    assert!(expected.len() > 7 && expected.len() < 60);
    assert_eq!(results[0]["pull_requests"].len(), expected.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_streams_that_are_wanted_are_read() {
    let sim = Sim::start(config(repo(REPO, 20))).await;
    for api in APIS {
        for stream in sim.truth().keys() {
            let shelf = shelf();
            let outcome = run(&sim, &shelf, params(api, json!({ "streams": [stream] }))).await;
            assert_eq!(outcome, Outcome::Complete, "{api} {stream}");
            let (rows, all) = (shelf.rows(), truth(&sim, &shelf));
            for (name, rows) in rows {
                match name.as_str() {
                    // Those who are named by a stream that is not read are not known.
                    "users" if stream == "users" => {
                        assert!(!rows.is_empty() && rows.len() <= all[&name].len())
                    }
                    _ if name == *stream => assert_eq!(rows, all[&name], "{api} {name}"),
                    _ => assert!(rows.is_empty(), "{api} {stream} gave {name}"),
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_quota_ends_the_run_is_partial_and_the_next_goes_on_although_pull_requests_moved() {
    // The client leaves the owner a reserve of 50.
    for (api, core, graphql) in [("rest", 300, 5_000), ("graphql", 5_000, 67)] {
        let owner = OwnerConfig {
            core_remaining: Some(core),
            graphql_remaining: Some(graphql),
            ..OwnerConfig::default()
        };
        let sim = Sim::start(Config { owners: vec![owner], ..config(repo(REPO, 120)) }).await;
        let shelf = shelf();
        let outcome = run(&sim, &shelf, params(api, json!({ "commit_stats": false }))).await;
        let Outcome::Partial(gaps) = outcome else { panic!("{api}: complete") };
        assert!(gaps.iter().any(|gap| gap.retry_at.is_some()), "{api}: {gaps:?}");
        let before = shelf.rows()["pull_requests"].len();
        assert!(before > 0 && before < 120, "{api}: {before} pull requests at the limit");

        // Meanwhile some that were read and some that were not move to the top.
        let numbers: Vec<u64> = sim.world().repositories[0].pulls.iter().map(|pull| pull.number).collect();
        sim.change(|world| {
            for number in numbers.iter().step_by(7) {
                world.retitle(REPO, *number, "moved").unwrap();
            }
            world.force_push(REPO, numbers[3]).unwrap();
            world.open_pull(REPO, "new").unwrap();
        });
        let token = &sim.tokens()[0];
        sim.set_remaining(token, "core", 5_000);
        sim.set_remaining(token, "graphql", 5_000);
        assert_eq!(
            run(&sim, &shelf, params(api, json!({ "commit_stats": false }))).await,
            Outcome::Complete,
            "{api}"
        );
        let mut expected = truth(&sim, &shelf);
        for row in expected.get_mut("commits").unwrap().values_mut() {
            (row["additions"], row["deletions"]) = (Value::Null, Value::Null);
        }
        same(&shelf.rows(), &expected, api);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_dies_anywhere_loses_nothing() {
    let sim = Rc::new(Sim::start(config(repo(REPO, 110))).await);
    for api in APIS {
        let shelf = shelf();
        // Every run comes one checkpoint further and dies before the next. What it staged since is dropped with it.
        let mut died = 0;
        loop {
            let most = shelf.checkpoints() + 1;
            let crash = move |checkpoints| {
                if checkpoints >= most { Err(RecordsError::Failed("crash".to_owned())) } else { Ok(()) }
            };
            let host = native(&sim, &shelf).before_checkpoint(crash);
            match pull_requests::run(&host, params(api, json!({}))).await {
                Err(error) => assert!(error.contains("crash"), "{error}"),
                Ok(outcome) => break assert_eq!(outcome, Outcome::Complete),
            }
            died += 1;
        }
        assert!(died >= 2, "{api} died {died} times");
        same(&shelf.rows(), &truth(&sim, &shelf), api);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moves_while_it_is_read_is_read_as_it_is_in_the_end() {
    for api in APIS {
        let sim = Rc::new(Sim::start(config(repo(REPO, 230))).await);
        let shelf = shelf();
        let world = Rc::clone(&sim);
        // At the first checkpoints people comment on pull requests that were read and on some that were not.
        let move_some = move |checkpoints: usize| {
            if checkpoints < 3 {
                world.change(|world| {
                    let numbers: Vec<u64> = world.repositories[0].pulls.iter().map(|p| p.number).collect();
                    for number in numbers.iter().skip(checkpoints).step_by(29) {
                        world.comment(REPO, *number, "in the middle of it").unwrap();
                    }
                });
            }
            Ok(())
        };
        let host = native(&sim, &shelf).before_checkpoint(move_some);
        assert_eq!(pull_requests::run(&host, params(api, json!({}))).await.unwrap(), Outcome::Complete);
        host.finish();
        same(&shelf.rows(), &truth(&sim, &shelf), api);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_reads_only_what_changed_and_what_may_have() {
    for api in APIS {
        let sim = Sim::start(config(repo(REPO, 120))).await;
        let shelf = shelf();
        run(&sim, &shelf, params(api, json!({}))).await;
        let number = sim.world().repositories[0].pulls[5].number;
        sim.change(|world| world.comment(REPO, number, "later").unwrap());
        let open = sim.world().repositories[0].pulls.iter().find(|pull| pull.open).unwrap().number;
        sim.change(|world| world.rerun_checks(REPO, open, "failure").unwrap());
        sim.restart_ledger();
        assert_eq!(run(&sim, &shelf, params(api, json!({}))).await, Outcome::Complete);
        same(&shelf.rows(), &truth(&sim, &shelf), api);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_that_take_too_long_are_asked_in_smaller_parts() {
    // Two pull requests in a query; then not even one, unless its lists are short.
    for most in [700, 110] {
        let sim = Sim::start(Config { graphql_timeout_nodes: Some(most), ..config(repo(REPO, 60)) }).await;
        let shelf = shelf();
        assert_eq!(run(&sim, &shelf, params("graphql", json!({}))).await, Outcome::Complete, "{most}");
        same(&shelf.rows(), &truth(&sim, &shelf), "graphql");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_github_leaves_out_is_a_gap_until_it_comes() {
    let mended = Sim::start(config(repo(REPO, 40))).await;
    let number = mended.world().repositories[0].pulls[11].number;
    let broken = vec![BrokenField::of_pull(number, "files")];
    let sim = Sim::start(Config { graphql_broken: broken, ..config(repo(REPO, 40)) }).await;
    let shelf = shelf();
    let host = native(&sim, &shelf);
    let outcome = pull_requests::run(&host, params("graphql", json!({}))).await.unwrap();
    host.finish();
    let Outcome::Partial(gaps) = outcome else { panic!("complete: {}", host.log()) };
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!(gaps[0].what, format!("pull request #{number}"));
    assert!(gaps[0].reason.contains("Resource limits"), "{gaps:?}");
    assert_eq!(shelf.rows()["pull_requests"].len(), 39, "all others are there");

    assert_eq!(run(&mended, &shelf, params("graphql", json!({}))).await, Outcome::Complete);
    same(&shelf.rows(), &truth(&mended, &shelf), "graphql");
}
