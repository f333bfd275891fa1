//! A bare client: it does nothing that a test does not say.

#![allow(dead_code, missing_docs, unreachable_pub, reason = "shared by several test programs")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test that can't go on says why and stops")]

use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Got {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Got {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    pub fn number(&self, name: &str) -> u64 {
        self.header(name)
            .and_then(|v| v.parse().ok())
            .unwrap_or_else(|| panic!("no number in {name}: {self:?}"))
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or_default().to_owned()
    }

    /// The URL of `rel="next"`.
    pub fn next(&self) -> Option<String> {
        let link = self.header("link")?;
        let part = link.split(", ").find(|p| p.ends_with("rel=\"next\""))?;
        Some(part.trim_start_matches('<').split('>').next()?.to_owned())
    }
}

pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .user_agent("a-test")
        .build()
        .expect("a client")
}

pub async fn send(request: reqwest::RequestBuilder) -> reqwest::Result<Got> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Got { status, headers, body: response.bytes().await?.to_vec() })
}

/// A GET with a token.
pub async fn get(client: &reqwest::Client, url: &str, token: &str) -> Got {
    send(client.get(url).bearer_auth(token)).await.expect("an answer")
}

/// All entries of a list, by following `Link` to its end.
pub async fn all(client: &reqwest::Client, first: &str, token: &str) -> Vec<Value> {
    let (mut items, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(url) = next {
        let got = get(client, &url, token).await;
        assert_eq!(got.status, 200, "{url}: {}", String::from_utf8_lossy(&got.body));
        match got.json() {
            Value::Array(page) => items.extend(page),
            mut wrapped => match wrapped["check_runs"].take() {
                Value::Array(page) => items.extend(page),
                other => panic!("no list: {other}"),
            },
        }
        next = got.next();
    }
    items
}
