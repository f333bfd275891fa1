//! The REST API as a client sees it.

#![allow(clippy::expect_used, reason = "a test that can't go on says why and stops")]

mod support;

use std::collections::BTreeSet;

use github_sim::{Config, OwnerConfig, RepoConfig, Sim};
use serde_json::Value;
use support::{all, client, get, send};

fn small() -> Config {
    Config { repositories: vec![RepoConfig::new("octo/demo", 60)], ..Config::default() }
        .without_secondary_limits()
}

fn ids(items: &[Value]) -> BTreeSet<u64> {
    items.iter().map(|i| i["id"].as_u64().expect("an id")).collect()
}

fn truth_ids(sim: &Sim, stream: &str) -> BTreeSet<u64> {
    ids(&sim.truth()[stream])
}

#[tokio::test]
async fn following_links_to_the_end_gives_each_pull_request_once() {
    let sim = Sim::start(Config::default().without_secondary_limits()).await;
    let (client, token) = (client(), sim.tokens()[0].clone());
    let first = format!(
        "{}/repos/antiwork/gumroad/pulls?state=all&per_page=100&sort=updated&direction=desc",
        sim.url()
    );

    let listed = all(&client, &first, &token).await;

    assert_eq!(listed.len(), 919);
    assert_eq!(ids(&listed), truth_ids(&sim, "pull_requests"));
    let times: Vec<&str> = listed.iter().map(|p| p["updated_at"].as_str().expect("a time")).collect();
    assert!(times.is_sorted_by(|a, b| a >= b));
    assert_eq!(sim.ledger().total, 10);
    assert_eq!(sim.ledger().identical_repeated, 0);
    let second = get(&client, &first, &token).await.next().expect("a second page");
    assert!(second.contains("/repositories/"), "GitHub's links go by id: {second}");
}

#[tokio::test]
async fn every_row_of_the_truth_can_be_read() {
    let sim = Sim::start(small()).await;
    let (client, token) = (client(), sim.tokens()[0].clone());
    let repo = format!("{}/repos/octo/demo", sim.url());
    let (mut reviews, mut review_comments, mut comments, mut runs) = (vec![], vec![], vec![], vec![]);
    let (mut commits, mut files, mut capped) = (0, 0, 0);
    for pull in all(&client, &format!("{repo}/pulls?state=all&per_page=100"), &token).await {
        let number = &pull["number"];
        let below = |path: &str| format!("{repo}/{path}?per_page=100");
        reviews.extend(all(&client, &below(&format!("pulls/{number}/reviews")), &token).await);
        review_comments.extend(all(&client, &below(&format!("pulls/{number}/comments")), &token).await);
        comments.extend(all(&client, &below(&format!("issues/{number}/comments")), &token).await);
        let own = all(&client, &below(&format!("pulls/{number}/commits")), &token).await.len();
        let full = get(&client, &format!("{repo}/pulls/{number}"), &token).await.json();
        capped += full["commits"].as_u64().expect("a count") as usize - own;
        assert!(own <= 250);
        commits += own;
        files += all(&client, &below(&format!("pulls/{number}/files")), &token).await.len();
        let head = pull["head"]["sha"].as_str().expect("a sha");
        runs.extend(all(&client, &below(&format!("commits/{head}/check-runs")), &token).await);
    }
    let truth = sim.truth();
    assert_eq!(ids(&reviews), truth_ids(&sim, "reviews"));
    assert_eq!(ids(&review_comments), truth_ids(&sim, "review_comments"));
    assert_eq!(ids(&comments), truth_ids(&sim, "issue_comments"));
    assert_eq!(ids(&runs), truth_ids(&sim, "check_runs"));
    assert!(capped > 0, "one pull request is beyond REST's 250 commits");
    assert_eq!(commits + capped, truth["commits"].len());
    assert_eq!(files, truth["files"].len());

    // The repository-wide lists have the same.
    assert_eq!(
        ids(&all(&client, &format!("{repo}/issues/comments?per_page=100"), &token).await),
        ids(&comments)
    );
    let wide =
        all(&client, &format!("{repo}/pulls/comments?per_page=100&sort=updated&direction=desc"), &token)
            .await;
    assert_eq!(ids(&wide), ids(&review_comments));
}

#[tokio::test]
async fn since_and_filters_narrow_a_list() {
    let sim = Sim::start(small()).await;
    let (client, token) = (client(), sim.tokens()[0].clone());
    let repo = format!("{}/repos/octo/demo", sim.url());
    let everything = all(&client, &format!("{repo}/issues/comments?per_page=100&sort=updated"), &token).await;
    let middle = everything[everything.len() / 2]["updated_at"].as_str().expect("a time");
    let later = all(&client, &format!("{repo}/issues/comments?per_page=100&since={middle}"), &token).await;
    assert!(later.len() >= everything.len() / 2 && later.len() < everything.len());
    assert!(later.iter().all(|c| c["updated_at"].as_str() >= Some(middle)));

    let world = sim.world();
    let rerun = world.repositories[0]
        .pulls
        .iter()
        .filter_map(|p| p.head())
        .find(|c| c.latest_checks().len() < c.checks.len())
        .expect("a head with reruns");
    let latest = all(&client, &format!("{repo}/commits/{}/check-runs?per_page=100", rerun.sha), &token).await;
    let every =
        all(&client, &format!("{repo}/commits/{}/check-runs?per_page=100&filter=all", rerun.sha), &token)
            .await;
    assert_eq!((latest.len(), every.len()), (rerun.latest_checks().len(), rerun.checks.len()));

    let open = all(&client, &format!("{repo}/pulls?per_page=100"), &token).await;
    assert!(open.iter().all(|p| p["state"] == "open"), "open is the default");
    assert_eq!(get(&client, &format!("{repo}/pulls?state=merged"), &token).await.status, 422);
}

#[tokio::test]
async fn a_renamed_repository_leads_to_its_id() {
    let renamed = RepoConfig { renamed_from: Some("octo/old".to_owned()), ..RepoConfig::new("octo/demo", 5) };
    let sim = Sim::start(Config { repositories: vec![renamed], ..Config::default() }).await;
    let (client, token) = (client(), sim.tokens()[0].clone());

    let moved = get(&client, &format!("{}/repos/octo/old/pulls?state=all", sim.url()), &token).await;
    assert_eq!(moved.status, 301);
    let target = moved.header("location").expect("where it went").to_owned();
    assert!(
        target.starts_with(&format!("{}/repositories/", sim.url())) && target.ends_with("/pulls?state=all")
    );
    assert_eq!(get(&client, &target, &token).await.json().as_array().map(Vec::len), Some(5));
}

#[tokio::test]
async fn what_a_token_may_not_see_is_refused_in_githubs_ways() {
    let private = RepoConfig { private: true, ..RepoConfig::new("octo/secret", 3) };
    let owners = vec![OwnerConfig::default(), OwnerConfig { sees_private: false, ..OwnerConfig::default() }];
    let repositories = vec![private, RepoConfig::new("acme/sso", 3)];
    let sim = Sim::start(Config { repositories, owners, ..Config::default() }).await;
    let (client, tokens) = (client(), sim.tokens());
    let url = format!("{}/repos/octo/secret", sim.url());
    assert_eq!(get(&client, &url, &tokens[0]).await.status, 200);
    let hidden = get(&client, &url, &tokens[1]).await;
    assert_eq!((hidden.status, hidden.message().as_str()), (404, "Not Found"));
    assert_eq!(send(client.get(&url)).await.expect("an answer").status, 404, "anonymous");

    let blocked = github_sim::Access { sso_blocked: ["acme".to_owned()].into(), ..Default::default() };
    sim.set_access(&tokens[1], blocked);
    let sso = get(&client, &format!("{}/repos/acme/sso/pulls", sim.url()), &tokens[1]).await;
    assert_eq!(sso.status, 403);
    assert!(sso.header("x-github-sso").expect("the header").starts_with("required; url=https://"));

    let narrow = github_sim::Access { forbidden: ["acme/sso".to_owned()].into(), ..Default::default() };
    sim.set_access(&tokens[1], narrow);
    assert_eq!(get(&client, &format!("{}/repos/acme/sso", sim.url()), &tokens[1]).await.status, 200);
    let denied = get(&client, &format!("{}/repos/acme/sso/pulls", sim.url()), &tokens[1]).await;
    assert_eq!(
        (denied.status, denied.message().as_str()),
        (403, "Resource not accessible by personal access token")
    );
}

#[tokio::test]
async fn odd_requests_are_refused_as_github_refuses_them() {
    let sim = Sim::start(Config {
        repositories: vec![RepoConfig { empty: true, ..RepoConfig::new("octo/empty", 0) }],
        ..Config::default()
    })
    .await;
    let (client, token) = (client(), sim.tokens()[0].clone());
    let url = |path: &str| format!("{}{path}", sim.url());
    let nameless = reqwest::Client::builder().no_proxy().build().expect("a client");
    let refused = send(nameless.get(url("/user")).bearer_auth(&token)).await.expect("an answer");
    assert_eq!(refused.status, 403);
    assert!(String::from_utf8_lossy(&refused.body).contains("User-Agent header"));

    assert_eq!(get(&client, &url("/nowhere"), &token).await.message(), "Not Found");
    assert_eq!(get(&client, &url("/repos/octo/nobody"), &token).await.status, 404);
    let html = send(client.get(url("/user")).bearer_auth(&token).header("accept", "text/html")).await;
    assert_eq!(html.expect("an answer").status, 415);
    let old =
        send(client.get(url("/user")).bearer_auth(&token).header("x-github-api-version", "1999-01-01")).await;
    assert_eq!(old.expect("an answer").status, 400);
    assert_eq!(send(client.post(url("/user")).bearer_auth(&token)).await.expect("an answer").status, 404);
    assert_eq!(
        get(&client, &url("/repos/octo/empty/pulls?state=all"), &token).await.json(),
        serde_json::json!([])
    );
    let sha = "0".repeat(40);
    assert_eq!(get(&client, &url(&format!("/repos/octo/empty/commits/{sha}")), &token).await.status, 409);
    assert_eq!(send(client.get(url("/user"))).await.expect("an answer").status, 401);

    // Two credentials in one request are the client's mistake.
    let twice = send(client.get(url("/user")).bearer_auth(&token).header("authorization", "Bearer x")).await;
    assert_eq!(twice.expect("an answer").status, 401);

    let ledger = sim.ledger();
    assert_eq!((ledger.without_user_agent, ledger.not_get), (1, 1));
}

#[tokio::test]
async fn enterprise_server_paths_answer_too() {
    let sim = Sim::start(small()).await;
    let (client, token) = (client(), sim.tokens()[0].clone());
    let got = get(&client, &format!("{}/api/v3/repos/octo/demo/pulls?state=all", sim.url()), &token).await;
    assert_eq!(got.status, 200);
    assert!(got.next().expect("a next page").starts_with(&format!("{}/api/v3/repositories/", sim.url())));
}

#[tokio::test]
async fn every_answer_has_githubs_headers() {
    let sim = Sim::start(small()).await;
    let (client, token) = (client(), sim.tokens()[0].clone());
    for path in ["/repos/octo/demo", "/rate_limit", "/nowhere", "/users/dependabot%5Bbot%5D"] {
        let got = get(&client, &format!("{}{path}", sim.url()), &token).await;
        for name in [
            "date",
            "cache-control",
            "content-type",
            "x-github-request-id",
            "x-github-media-type",
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-used",
            "x-ratelimit-reset",
            "x-ratelimit-resource",
            "vary",
        ] {
            assert!(got.header(name).is_some(), "{path} has no {name}");
        }
        assert_eq!(got.header("etag").is_some(), got.status == 200, "{path}");
    }
}

#[tokio::test]
async fn changes_are_seen_and_stamp_what_github_stamps() {
    let sim = Sim::start(small()).await;
    let (client, token) = (client(), sim.tokens()[0].clone());
    let repo = format!("{}/repos/octo/demo", sim.url());
    let open = sim.world().repositories[0].pulls.iter().find(|p| p.open).expect("an open one").clone();
    let (number, name) = (open.number, "octo/demo");

    let comment = sim.change(|w| w.comment(name, number, "new")).expect("a comment");
    let listed = all(&client, &format!("{repo}/issues/{number}/comments?per_page=100"), &token).await;
    assert!(ids(&listed).contains(&comment));
    let after = get(&client, &format!("{repo}/pulls/{number}"), &token).await.json();
    assert!(after["updated_at"].as_str() > Some(open.updated_at.to_string().as_str()));

    sim.change(|w| w.delete_comment(name, number, comment)).expect("deleted");
    let again = get(&client, &format!("{repo}/pulls/{number}"), &token).await.json();
    assert_eq!(again["updated_at"], after["updated_at"], "a deletion tells nobody");

    let head = sim.change(|w| w.force_push(name, number)).expect("pushed");
    let pushed = get(&client, &format!("{repo}/pulls/{number}"), &token).await.json();
    assert_eq!((pushed["head"]["sha"].as_str(), pushed["commits"].as_u64()), (Some(head.as_str()), Some(1)));
    let former = get(&client, &format!("{repo}/commits/{}", open.head_sha), &token).await;
    assert_eq!(former.status, 200, "a commit that was forced off is still found by its sha");

    let new = sim.change(|w| w.open_pull(name, "one more")).expect("opened");
    assert_eq!(get(&client, &format!("{repo}/pulls/{new}"), &token).await.json()["title"], "one more");
    sim.change(|w| w.merge(name, new)).expect("merged");
    assert_eq!(get(&client, &format!("{repo}/pulls/{new}"), &token).await.json()["merged"], true);
    sim.change(|w| w.rename(name, "renamed")).expect("renamed");
    assert_eq!(get(&client, &repo, &token).await.status, 301);
}
