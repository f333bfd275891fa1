//! Limits, credentials and the ledger, as a client meets them.

mod support;

use std::time::Duration;

use github_sim::{
    Config, OwnerConfig, PrimaryStatus, RepoConfig, RetryAfter, SecondaryBody, SecondaryForm, SecondaryRules,
    Sim,
};
use support::{client, get, send};

fn config() -> Config {
    Config {
        repositories: vec![RepoConfig::new("octo/demo", 5)],
        owners: vec![OwnerConfig { tokens: 2, ..OwnerConfig::default() }, OwnerConfig::default()],
        grace: Duration::ZERO,
        ..Config::default()
    }
}

#[tokio::test]
async fn tokens_of_one_owner_share_one_window_and_anonymous_has_sixty() {
    let sim = Sim::start(config()).await;
    let (client, tokens, url) = (client(), sim.tokens(), format!("{}/repos/octo/demo", sim.url()));
    assert_eq!(get(&client, &url, &tokens[0]).await.number("x-ratelimit-remaining"), 4_999);
    let sibling = get(&client, &url, &tokens[1]).await;
    assert_eq!(sibling.number("x-ratelimit-remaining"), 4_998);
    assert_eq!(sibling.header("x-ratelimit-resource"), Some("core"));
    assert_eq!(get(&client, &url, &tokens[2]).await.number("x-ratelimit-remaining"), 4_999);
    let anonymous = send(client.get(&url)).await.expect("an answer");
    assert_eq!((anonymous.number("x-ratelimit-limit"), anonymous.number("x-ratelimit-remaining")), (60, 59));

    let free = get(&client, &format!("{}/rate_limit", sim.url()), &tokens[0]).await;
    assert_eq!(free.json()["resources"]["core"]["used"], 2);
    assert_eq!(free.json()["resources"]["graphql"]["limit"], 5_000);
}

#[tokio::test]
async fn a_spent_window_refuses_in_both_statuses_and_the_ledger_knows_who_was_told() {
    let sim = Sim::start(config()).await;
    let (client, tokens, url) = (client(), sim.tokens(), format!("{}/repos/octo/demo", sim.url()));
    sim.set_remaining(&tokens[0], "core", 1);

    let last = get(&client, &url, &tokens[0]).await;
    assert_eq!(
        (last.status, last.number("x-ratelimit-remaining")),
        (200, 0),
        "a 200 with nothing left is a good answer"
    );
    assert_eq!(sim.ledger().sent_although_exhausted, 0);
    tokio::time::sleep(Duration::from_millis(2)).await;

    let (one, two) = (get(&client, &url, &tokens[0]).await, get(&client, &url, &tokens[0]).await);
    assert_eq!((one.status, two.status), (403, 429));
    assert!(one.message().starts_with("API rate limit exceeded for user ID 1200000."));
    assert_eq!(one.number("x-ratelimit-remaining"), 0);
    assert!(two.number("x-ratelimit-used") > two.number("x-ratelimit-limit"), "refused requests count on");
    get(&client, &url, &tokens[1]).await;
    assert_eq!(get(&client, &url, &tokens[2]).await.status, 200, "another owner");

    let ledger = sim.ledger();
    assert_eq!((ledger.refused_primary, ledger.sent_although_exhausted), (3, 2));
    assert_eq!(ledger.sent_although_sibling_exhausted, 1);

    sim.move_windows(Duration::from_secs(3_601));
    let fresh = get(&client, &url, &tokens[0]).await;
    assert_eq!((fresh.status, fresh.number("x-ratelimit-remaining")), (200, 4_999));
}

#[tokio::test]
async fn an_anonymous_limit_names_the_address_and_an_installation_its_id() {
    let owners = vec![OwnerConfig { installation: true, core: 0, ..OwnerConfig::default() }];
    let sim = Sim::start(Config { owners, primary_status: PrimaryStatus::Forbidden, ..config() }).await;
    let (client, url) = (client(), format!("{}/repos/octo/demo", sim.url()));
    for _ in 0..60 {
        send(client.get(&url)).await.expect("an answer");
    }
    let address = send(client.get(&url)).await.expect("an answer");
    assert!(
        address.message().starts_with("API rate limit exceeded for 127.0.0.1. (But here's the good news:")
    );
    let installation = get(&client, &url, &sim.tokens()[0]).await;
    assert!(sim.tokens()[0].starts_with("ghs_"));
    assert_eq!(
        (installation.status, installation.message().as_str()),
        (403, "API rate limit exceeded for installation ID 41000000.")
    );
}

#[tokio::test]
async fn every_form_of_a_secondary_limit_is_what_it_says() {
    let sim = Sim::start(config()).await;
    let (client, tokens, url) = (client(), sim.tokens(), format!("{}/repos/octo/demo", sim.url()));
    for form in SecondaryForm::all() {
        sim.cool(&tokens[0], Duration::from_secs(30), form);
        for (answer, graphql) in [
            (get(&client, &url, &tokens[0]).await, false),
            (
                send(
                    client
                        .post(format!("{}/graphql", sim.url()))
                        .bearer_auth(&tokens[1])
                        .body(r#"{"query":"{__typename}"}"#),
                )
                .await
                .expect("an answer"),
                true,
            ),
        ] {
            let expected = if form.status == 200 && !graphql { 403 } else { form.status };
            assert_eq!(answer.status, expected, "{form:?}");
            assert_eq!(answer.header("x-ratelimit-remaining").is_some(), form.rate_headers);
            let words = match form.body {
                SecondaryBody::RateLimit => "You have exceeded a secondary rate limit",
                SecondaryBody::ContentCreation => "temporarily blocked from content creation",
                SecondaryBody::AbuseDetection => "You have triggered an abuse detection mechanism",
            };
            assert!(String::from_utf8_lossy(&answer.body).contains(words));
            match (form.retry_after, answer.header("retry-after")) {
                (RetryAfter::Seconds, Some(text)) => {
                    assert!((28..=31).contains(&text.parse::<u64>().expect("seconds")))
                }
                (RetryAfter::Date, Some(text)) => assert!(text.ends_with("GMT"), "{text}"),
                (RetryAfter::Absent, None) => {}
                other => panic!("{form:?}: {other:?}"),
            }
        }
    }
    assert_eq!(get(&client, &url, &tokens[2]).await.status, 200, "another owner");
    assert!(sim.ledger().sent_during_cooldown > 0 && sim.ledger().refused_secondary > 100);
}

#[tokio::test]
async fn nine_hundred_points_a_minute_and_no_more() {
    let sim = Sim::start(config()).await;
    let (client, tokens, url) = (client(), sim.tokens(), format!("{}/users/web-flow", sim.url()));
    let mut statuses = Vec::new();
    for _ in 0..901 {
        statuses.push(get(&client, &url, &tokens[0]).await.status);
    }
    assert!(statuses[..900].iter().all(|s| *s == 200));
    assert_eq!(statuses[900], 403);
    sim.move_windows(Duration::from_secs(61));
    assert_eq!(get(&client, &url, &tokens[0]).await.status, 200);
    assert_eq!(sim.ledger().points_peak["seed-owner-1"], 901);
}

#[tokio::test]
async fn too_many_at_once_cool_the_owner() {
    let rules = SecondaryRules { concurrent: 10, ..SecondaryRules::default() };
    let sim =
        Sim::start(Config { secondary: Some(rules), latency: Duration::from_millis(50), ..config() }).await;
    let (client, tokens, url) = (client(), sim.tokens(), format!("{}/users/web-flow", sim.url()));
    let many = futures::future::join_all((0..12).map(|_| get(&client, &url, &tokens[0]))).await;
    assert_eq!(many.iter().filter(|g| g.status == 200).count(), 10);
    let ledger = sim.ledger();
    assert_eq!((ledger.refused_secondary, ledger.concurrency_peak["seed-owner-1"]), (2, 12));
}

#[tokio::test]
async fn a_304_is_free_for_a_credential_and_its_tag_is_githubs_formula() {
    let sim = Sim::start(config()).await;
    let (client, tokens, url) =
        (client(), sim.tokens(), format!("{}/repos/octo/demo/pulls?state=all", sim.url()));
    let accept = "application/vnd.github+json";
    let first =
        send(client.get(&url).header("accept", accept).bearer_auth(&tokens[0])).await.expect("an answer");
    let tag_for = |token: &str| {
        let mut bytes = format!("{accept}:Bearer {token}:").into_bytes();
        bytes.extend(&first.body);
        format!("W/\"{}\"", hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes)))
    };
    assert_eq!(first.header("etag"), Some(tag_for(&tokens[0]).as_str()));

    // The tag for another owner's credential can be computed, and its answer costs nothing.
    let other = client.get(&url).header("accept", accept).bearer_auth(&tokens[2]);
    let unchanged = send(other.header("if-none-match", tag_for(&tokens[2]))).await.expect("an answer");
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    assert_eq!((unchanged.number("x-ratelimit-used"), unchanged.number("x-ratelimit-remaining")), (0, 5_000));
    // One credential's tag is nothing to another.
    let stranger = client.get(&url).header("accept", accept).bearer_auth(&tokens[2]);
    let changed = send(stranger.header("if-none-match", tag_for(&tokens[0]))).await.expect("an answer");
    assert_eq!((changed.status, changed.number("x-ratelimit-used")), (200, 1));

    // Anonymous ones pay for a 304 too.
    let anonymous = send(client.get(&url).header("accept", "*/*")).await.expect("an answer");
    let mut bytes = b"*/*:".to_vec();
    bytes.extend(&anonymous.body);
    let tag = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes));
    assert_eq!(anonymous.header("etag"), Some(format!("W/\"{tag}\"").as_str()));
    let again = client.get(&url).header("accept", "*/*").header("if-none-match", format!("\"{tag}\""));
    let again = send(again).await.expect("an answer");
    assert_eq!((again.status, again.number("x-ratelimit-used")), (304, 2));

    sim.change(|w| {
        let number = w.repositories[0].pulls[0].number;
        w.retitle("octo/demo", number, "another title")
    });
    let moved = client.get(&url).header("accept", accept).bearer_auth(&tokens[0]);
    let moved = send(moved.header("if-none-match", tag_for(&tokens[0]))).await.expect("an answer");
    assert_eq!(moved.status, 200);
    assert_eq!(sim.ledger().not_modified, 2);
}

#[tokio::test]
async fn a_revoked_token_is_401_and_using_it_again_is_an_offence() {
    let sim = Sim::start(Config { bad_credentials_allowed: 3, ..config() }).await;
    let (client, tokens, url) = (client(), sim.tokens(), format!("{}/user", sim.url()));
    assert_eq!(get(&client, &url, &tokens[0]).await.json()["login"], "seed-owner-1");
    sim.revoke(&tokens[0]);
    let bad = get(&client, &url, &tokens[0]).await;
    assert_eq!((bad.status, bad.message().as_str()), (401, "Bad credentials"));
    assert_eq!(bad.number("x-ratelimit-limit"), 60, "the headers are of the address, not of the token");
    assert_eq!(sim.ledger().after_revocation, 0);
    tokio::time::sleep(Duration::from_millis(2)).await;
    for _ in 0..3 {
        get(&client, &url, &tokens[0]).await;
    }
    assert_eq!(sim.ledger().after_revocation, 3);
    let good = get(&client, &url, &tokens[1]).await;
    assert_eq!(
        (good.status, good.message().split('.').next()),
        (403, Some("Maximum number of login attempts exceeded"))
    );
    assert_eq!(get(&client, &url, &tokens[2]).await.status, 200, "another owner is not punished");
}

#[tokio::test]
async fn the_ledger_counts_what_a_bad_client_does_and_shows_no_token() {
    let sim = Sim::start(config()).await;
    let (client, tokens, url) = (client(), sim.tokens(), format!("{}/repos/octo/demo", sim.url()));
    for _ in 0..3 {
        get(&client, &url, &tokens[0]).await;
    }
    send(client.delete(&url).bearer_auth(&tokens[1])).await.expect("an answer");
    let ledger = sim.ledger();
    assert_eq!((ledger.total, ledger.identical_repeated, ledger.not_get), (4, 2, 1));
    assert_eq!((ledger.requests(&tokens[0]), ledger.requests(&tokens[1])), (3, 1));
    assert_eq!(ledger.points_spent["seed-owner-1/core"], 4);
    let text =
        serde_json::to_string(&ledger).expect("JSON") + &serde_json::to_string(&sim.log()).expect("JSON");
    assert!(tokens.iter().all(|t| !text.contains(&t[8..])));
}

#[tokio::test]
async fn graphql_pays_its_cost_and_is_refused_inside_a_200() {
    let sim = Sim::start(config()).await;
    let (client, tokens, url) = (client(), sim.tokens(), format!("{}/graphql", sim.url()));
    let ask = |token: &str| {
        let body = r#"{"query":"{ rateLimit { cost remaining } repository(owner: \"octo\", name: \"demo\") { name } }"}"#;
        send(client.post(&url).bearer_auth(token).body(body))
    };
    let good = ask(&tokens[0]).await.expect("an answer");
    let told = &good.json()["data"]["rateLimit"];
    assert_eq!((good.status, good.header("x-ratelimit-resource")), (200, Some("graphql")));
    assert_eq!(
        told["remaining"].as_u64(),
        Some(good.number("x-ratelimit-remaining")),
        "body and headers agree"
    );
    assert_eq!(5_000 - told["cost"].as_u64().expect("a cost"), good.number("x-ratelimit-remaining"));

    sim.exhaust(&tokens[0], "graphql");
    for kind in ["RATE_LIMITED", "RATE_LIMIT"] {
        let refused = ask(&tokens[0]).await.expect("an answer");
        assert_eq!((refused.status, refused.number("x-ratelimit-remaining")), (200, 0));
        assert_eq!(refused.json()["errors"][0]["type"], kind);
    }
    let rest = get(&client, &format!("{}/repos/octo/demo", sim.url()), &tokens[0]).await;
    assert_eq!(rest.status, 200, "REST has a window of its own");
    let anonymous = send(client.post(&url).body("{}")).await.expect("an answer");
    assert_eq!(
        (anonymous.status, anonymous.message().as_str()),
        (401, "This endpoint requires you to be authenticated.")
    );
    let ledger = sim.ledger();
    assert_eq!((ledger.requests_by_resource["graphql"], ledger.refused_primary), (4, 2));
}
