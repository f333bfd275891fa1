//! How fast the simulator answers, so that a benchmark against it measures the client.
//!
//! `cargo test -p github-sim --test speed -- --ignored --nocapture`

#![allow(clippy::expect_used, reason = "a test that can't go on says why and stops")]

mod support;

use std::time::Instant;

use github_sim::{Config, Detail, OwnerConfig, RepoConfig, Sim};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Sends `count` requests on one connection, each after the last, with as little work as can be.
async fn hammer(address: String, token: String, path: String, count: usize) -> usize {
    let mut stream = tokio::net::TcpStream::connect(&address).await.expect("a connection");
    stream.set_nodelay(true).expect("nodelay");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: t\r\nAccept: application/json\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    let (mut buffer, mut total) = (vec![0; 1 << 20], 0);
    for _ in 0..count {
        stream.write_all(request.as_bytes()).await.expect("sent");
        let (mut have, mut want) = (0, None);
        while want.is_none_or(|w| have < w) {
            if have == buffer.len() {
                buffer.resize(have * 2, 0);
            }
            let read = stream.read(&mut buffer[have..]).await.expect("read");
            assert!(read > 0, "closed");
            have += read;
            if want.is_none()
                && let Some(at) = buffer[..have].windows(4).position(|w| w == b"\r\n\r\n")
            {
                let head = String::from_utf8_lossy(&buffer[..at]).to_ascii_lowercase();
                assert!(head.starts_with("http/1.1 200"), "{head}");
                let length = head.lines().find_map(|l| l.strip_prefix("content-length: ")).expect("a length");
                want = Some(at + 4 + length.parse::<usize>().expect("a number"));
            }
        }
        total += have;
    }
    total
}

#[tokio::test]
#[ignore = "prints figures"]
async fn requests_a_second() {
    let owner = OwnerConfig { core: u32::MAX, ..OwnerConfig::default() };
    let config = Config { owners: vec![owner], ..Config::default() }.without_secondary_limits();
    let began = Instant::now();
    let sim = Sim::start(config).await;
    println!("start: {:?}", began.elapsed());
    let address = sim.url().trim_start_matches("http://").to_owned();
    let pull = sim.world().repositories[0].pulls[500].number;
    for (path, count) in [
        ("/users/web-flow".to_owned(), 3_000),
        (format!("/repos/antiwork/gumroad/pulls/{pull}"), 2_000),
        (format!("/repos/antiwork/gumroad/pulls/{pull}/files?per_page=100"), 2_000),
        (format!("/repos/antiwork/gumroad/pulls/{pull}/commits?per_page=100"), 2_000),
        ("/repos/antiwork/gumroad/pulls?state=all&per_page=100&sort=updated&direction=desc".to_owned(), 40),
    ] {
        let began = Instant::now();
        let clients = (0..8).map(|_| hammer(address.clone(), sim.tokens()[0].clone(), path.clone(), count));
        let bytes: usize = futures::future::join_all(clients).await.into_iter().sum();
        let seconds = began.elapsed().as_secs_f64();
        let requests = (8 * count) as f64;
        println!("{path}: {:.0} requests/s, {:.1} MB/s", requests / seconds, bytes as f64 / 1e6 / seconds);
    }
}

#[tokio::test]
#[ignore = "prints figures"]
async fn a_hundred_thousand_pull_requests() {
    let big = RepoConfig { detail: Detail::Slim, ..RepoConfig::new("octo/big", 100_000) };
    let began = Instant::now();
    let sim = Sim::start(Config { repositories: vec![big], ..Config::default() }).await;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status.lines().find(|l| l.starts_with("VmRSS")).unwrap_or("VmRSS: unknown");
    println!("start: {:?}, {memory}", began.elapsed());
    let began = Instant::now();
    let path = "/repos/octo/big/pulls?state=all&per_page=100&sort=updated&direction=desc&page=900".to_owned();
    hammer(sim.url().trim_start_matches("http://").to_owned(), sim.tokens()[0].clone(), path, 20).await;
    println!("one page of 100: {:?}", began.elapsed() / 20);
}
