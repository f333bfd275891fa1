//! Faults do to a client what they say.

#![allow(clippy::expect_used, reason = "a test that can't go on says why and stops")]

mod support;

use std::time::{Duration, Instant};

use github_sim::faults::Script;
use github_sim::{Config, Fault, Faults, RepoConfig, Sim};
use support::{client, get, send};

async fn sim() -> Sim {
    Sim::start(
        Config { repositories: vec![RepoConfig::new("octo/demo", 40)], ..Config::default() }
            .without_secondary_limits(),
    )
    .await
}

/// Reads an answer with a bare socket, and how the connection ended.
async fn raw(sim: &Sim, path: &str) -> (Vec<u8>, std::io::Result<()>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let address = sim.url().trim_start_matches("http://").to_owned();
    let mut stream = tokio::net::TcpStream::connect(&address).await.expect("a connection");
    let token = &sim.tokens()[0];
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: t\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes).await.map(|_| ());
    (bytes, end)
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    let sim = sim().await;
    for after in [0, 200] {
        sim.fail_next(1, "/pulls", Fault::Reset { after });
        let (bytes, end) = raw(&sim, "/repos/octo/demo/pulls?state=all").await;
        assert_eq!(end.expect_err("no end").kind(), std::io::ErrorKind::ConnectionReset);
        assert!(bytes.len() <= after);
    }
    assert_eq!(sim.ledger().faults, 2);
}

#[tokio::test]
async fn a_truncated_body_is_shorter_than_promised() {
    let sim = sim().await;
    sim.fail_next(1, "", Fault::Truncate { after: 1_000 });
    let (bytes, end) = raw(&sim, "/repos/octo/demo/pulls?state=all").await;
    end.expect("closed, not reset");
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let promised: usize = head
        .lines()
        .find_map(|l| l.strip_prefix("content-length: "))
        .and_then(|n| n.parse().ok())
        .expect("a length");
    assert!(body.len() <= 1_000 && promised > 10_000, "{} of {promised}", body.len());

    // A client of any quality sees an error, and the same request then works.
    sim.fail_next(1, "", Fault::Truncate { after: 1_000_000 });
    let (client, token) = (client(), sim.tokens()[0].clone());
    let url = format!("{}/repos/octo/demo/pulls", sim.url());
    send(client.get(&url).bearer_auth(&token)).await.expect_err("a cut body");
    assert_eq!(get(&client, &url, &token).await.status, 200);
    assert_eq!(sim.ledger().identical_repeated, 0, "asking again after a broken answer is right");
}

#[tokio::test]
async fn other_faults_are_answers_of_their_kind() {
    let sim = sim().await;
    let (client, token) = (client(), sim.tokens()[0].clone());
    let url = format!("{}/repos/octo/demo", sim.url());

    sim.fail_next(1, "", Fault::HtmlPage(502));
    let page = get(&client, &url, &token).await;
    assert_eq!((page.status, page.header("content-type")), (502, Some("text/html; charset=utf-8")));
    sim.fail_next(1, "", Fault::CutJson);
    let cut = get(&client, &url, &token).await;
    assert_eq!(cut.status, 200);
    serde_json::from_slice::<serde_json::Value>(&cut.body).expect_err("half of it");
    sim.fail_next(1, "", Fault::Accepted);
    assert_eq!(get(&client, &url, &token).await.status, 202);
    sim.fail_next(1, "", Fault::RedirectTo("http://elsewhere.example/x".to_owned()));
    assert_eq!(get(&client, &url, &token).await.header("location"), Some("http://elsewhere.example/x"));
    let began = Instant::now();
    sim.fail_next(1, "", Fault::Slow { pieces: 4, pause: Duration::from_millis(15) });
    let slow = get(&client, &url, &token).await;
    assert_eq!(slow.json()["full_name"], "octo/demo");
    assert!(began.elapsed() >= Duration::from_millis(60));
    assert_eq!(sim.ledger().points_spent["seed-owner-1/core"], 5, "broken answers are paid for");
}

#[tokio::test]
async fn a_script_can_wait_and_choose_a_token() {
    let sim = sim().await;
    let (client, tokens, url) = (client(), sim.tokens(), format!("{}/repos/octo/demo", sim.url()));
    let token = Some(tokens[1].clone());
    sim.script(Script { token, skip: 1, ..Script::next(1, "/repos", Fault::Error(502)) });
    let mut statuses = Vec::new();
    for token in [0, 1, 0, 1, 1] {
        statuses.push(get(&client, &url, &tokens[token]).await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 502, 200]);
}

#[tokio::test]
async fn who_gives_up_leaves_no_trace_in_the_concurrency() {
    let sim = sim().await;
    sim.set_latency(Duration::from_millis(500));
    let impatient = reqwest::Client::builder()
        .no_proxy()
        .user_agent("t")
        .timeout(Duration::from_millis(20))
        .build()
        .expect("a client");
    send(impatient.get(format!("{}/user", sim.url())).bearer_auth(&sim.tokens()[0]))
        .await
        .expect_err("a timeout");
    sim.set_latency(Duration::ZERO);
    for _ in 0..50 {
        if sim.ledger().given_up == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the request is still counted as being answered");
}

#[tokio::test]
async fn chance_breaks_some_and_never_the_truth() {
    let sim = sim().await;
    sim.set_faults(Faults::mixed(0.3));
    let (client, token) = (client(), sim.tokens()[0].clone());
    let url = format!("{}/repos/octo/demo", sim.url());
    let mut good = 0;
    for _ in 0..200 {
        if let Ok(got) = send(client.get(&url).bearer_auth(&token)).await
            && got.status == 200
            && let Ok(value) = serde_json::from_slice::<serde_json::Value>(&got.body)
        {
            assert_eq!(value["full_name"], "octo/demo");
            good += 1;
        }
    }
    assert!((110..190).contains(&good), "{good}");
}
