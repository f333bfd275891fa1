//! A generated world has everything that tests rely on, and is the same for the same seed.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::model::{PullRequest, ReviewState, Reviewer};
use crate::truth;

fn default_world() -> World {
    world(&Config::default())
}

fn pulls(world: &World) -> &[Arc<PullRequest>] {
    &world.repositories[0].pulls
}

#[test]
fn the_same_seed_gives_the_same_world_and_another_one_another() {
    let truth = |config: &Config| truth::rows(&world(config));
    let config = Config::default();
    assert_eq!(truth(&config), truth(&config));
    assert_ne!(truth(&config), truth(&Config { seed: 2, ..Config::default() }));
}

#[test]
fn a_repository_does_not_depend_on_which_others_are_served() {
    let mut config = Config::default();
    config.repositories.insert(0, RepoConfig::new("octo/other", 40));
    let both = world(&config);
    let alone = default_world();
    let ids = |r: &Repository| r.pulls.iter().map(|p| (p.id, p.head_sha.clone())).collect::<Vec<_>>();
    assert_eq!(ids(&both.repositories[1]), ids(&alone.repositories[0]));
}

#[test]
fn every_pull_request_is_inside_the_last_85_days_and_times_are_in_order() {
    let world = default_world();
    assert_eq!(pulls(&world).len(), 919);
    for pull in pulls(&world) {
        assert!(
            pull.updated_at >= world.now.minus(85 * 86_400) && pull.updated_at <= world.now,
            "{}",
            pull.number
        );
        assert!(pull.created_at <= pull.updated_at);
        assert!(pull.closed_at.is_none_or(|at| at >= pull.created_at && at <= pull.updated_at));
        assert!(
            pull.comments.iter().all(|c| c.updated_at <= pull.updated_at && c.created_at <= c.updated_at)
        );
        assert_eq!(pull.open, pull.closed_at.is_none());
        assert_eq!(pull.head().map(|c| &c.sha), Some(&pull.head_sha));
    }
}

#[test]
fn every_oddity_of_the_two_apis_is_there() {
    let world = default_world();
    let count = |what: &dyn Fn(&PullRequest) -> bool| pulls(&world).iter().filter(|p| what(p)).count();
    let checks = |p: &PullRequest| p.head().map_or(0, |c| c.checks.len());

    assert!(count(&|p| p.commits.len() > 100) >= 6);
    assert_eq!(count(&|p| p.commits.len() > 250), 1);
    assert!(count(&|p| p.files.len() > 100) >= 12);
    assert!(
        count(
            &|p| p.files.len() > 100 && p.files.iter().all(|f| f.status == crate::model::FileStatus::Renamed)
        ) == 1
    );
    assert!(count(&|p| p.comments.len() > 100) >= 3);
    assert!(count(&|p| p.reviews.len() > 100) >= 3);
    assert!(count(&|p| p.threads.len() > 100) >= 2);
    assert!(count(&|p| p.threads.iter().any(|t| t.comments.len() > 100)) >= 1);
    assert!(count(&|p| p.head().is_some_and(|c| c.latest_checks().len() > 100)) >= 2);
    assert!(count(&|p| p.head().is_some_and(|c| c.latest_checks().len() < c.checks.len())) > 100, "reruns");
    assert!(count(&|p| checks(p) == 0) > 50);
    assert!(count(&|p| p.head().is_some_and(|c| !c.statuses.is_empty())) > 100);

    assert!(count(&|p| p.author.is_none()) > 5);
    assert!(count(&|p| p.author.as_ref().is_some_and(|a| a.login == "dependabot[bot]")) > 30);
    assert!(count(&|p| p.body.is_none()) > 20 && count(&|p| p.body.as_deref() == Some("")) > 20);
    assert!(count(&|p| p.draft) > 5);
    assert!(count(&|p| p.merged_at.is_none() && p.merge_commit_sha.is_some()) > 50, "test merges");
    assert!(count(&|p| p.merged_at.is_some() && p.merged_by.is_none()) > 3);
    assert!(count(&|p| !p.open && p.merged_at.is_none()) > 50);
    assert!(count(&|p| p.requested_reviewers.iter().any(|r| matches!(r, Reviewer::Team(_)))) > 20);
    assert!(count(&|p| !p.former_commits.is_empty()) > 20);
    assert!(count(&|p| p.reviews.iter().any(|r| r.state == ReviewState::Pending)) > 20);
    assert!(count(&|p| p.reviews.iter().any(|r| r.state == ReviewState::Dismissed)) > 20);
    assert!(count(&|p| p.reviews.iter().any(|r| r.author.is_none())) > 10);
    assert!(count(&|p| p.commits.iter().any(|c| c.author.account.is_none())) > 50);

    let mut by_second: BTreeMap<Time, usize> = BTreeMap::new();
    for pull in pulls(&world) {
        *by_second.entry(pull.updated_at).or_default() += 1;
    }
    assert!(by_second.values().any(|n| *n >= 60), "many share one second of updated_at");
}

#[test]
fn sizes_are_skewed_like_real_ones() {
    let world = default_world();
    let mut files: Vec<usize> = pulls(&world).iter().map(|p| p.files.len()).collect();
    files.sort_unstable();
    let total: usize = files.iter().sum();
    let beyond_50: usize = files.iter().map(|n| n.saturating_sub(50)).sum();
    assert!((2..6).contains(&files[files.len() / 2]), "median {}", files[files.len() / 2]);
    assert!(
        (0.2..0.5).contains(&(beyond_50 as f64 / total as f64)),
        "who reads 50 and never pages loses {beyond_50}/{total}"
    );
}

#[test]
fn keys_are_unique_and_ids_do_not_fit_in_32_bits() {
    let config = Config {
        repositories: ["antiwork/gumroad", "polarsource/polar", "PostHog/posthog", "fastapi/fastapi"]
            .map(|name| RepoConfig::new(name, 100))
            .to_vec(),
        ..Config::default()
    };
    for (stream, rows) in truth::rows(&world(&config)) {
        assert!(!rows.is_empty(), "{stream}");
        let keys: BTreeSet<String> = rows
            .iter()
            .map(|row| match stream.as_str() {
                "commits" => format!("{}{}", row["pull_request_id"], row["sha"]),
                "files" => format!("{}{}", row["pull_request_id"], row["path"]),
                _ => row["id"].to_string(),
            })
            .collect();
        assert_eq!(keys.len(), rows.len(), "{stream}");
        if !["users", "repositories", "commits", "files"].contains(&stream.as_str()) {
            assert!(rows.iter().all(|row| row["id"].as_u64().unwrap() > 1 << 31), "{stream}");
        }
    }
}

#[test]
fn an_empty_repository_has_nothing_and_a_slim_one_little() {
    let empty = RepoConfig { empty: true, ..RepoConfig::new("octo/empty", 10) };
    let slim = RepoConfig { detail: crate::config::Detail::Slim, ..RepoConfig::new("octo/slim", 2_000) };
    let world = world(&Config { repositories: vec![empty, slim], ..Config::default() });
    assert!(world.repositories[0].pulls.is_empty());
    assert!(world.repositories[1].pulls.iter().all(|p| p.commits.len() == 1 && p.files.len() == 1));
}
