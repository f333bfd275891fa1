//! One request over the wire, and what came back. No retries, no redirects, no memory.

use std::error::Error as _;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use tokio::time::Instant;
use url::{Host, Url};

use crate::credential::Credential;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::media_type::MediaType;
use crate::time::Timestamp;
use crate::verdict::{Answer, Api, Ruling, Verdict, verdict};

/// How long is waited for what, and how much is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// To connect, TLS included.
    pub connect: Duration,
    /// For a whole REST answer.
    pub rest: Duration,
    /// For a whole GraphQL answer. GitHub itself gives up after 10 s.
    pub graphql: Duration,
    /// The largest body that is taken, in bytes, decompressed.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let (connect, answer) = (Duration::from_secs(10), Duration::from_secs(30));
        Self { connect, rest: answer, graphql: answer, body: 64 * 1024 * 1024 }
    }
}

/// What is sent, whoever signs it.
pub(super) struct Message {
    pub(super) url: Url,
    pub(super) accept: MediaType,
    /// The body of a GraphQL query; a REST request has none.
    pub(super) query: Option<Bytes>,
}

impl Message {
    pub(super) fn api(&self) -> Api {
        if self.query.is_some() { Api::Graphql } else { Api::Rest }
    }
}

/// What came back.
pub(super) struct Received {
    pub(super) verdict: Verdict,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) at: Timestamp,
    pub(super) took: Duration,
}

/// The connections to GitHub.
pub(super) struct Transport {
    http: reqwest::Client,
    limits: Limits,
}

const API_VERSION: &str = "2022-11-28";
/// The length of the largest body's buffer that is reserved on a server's word.
const RESERVED: usize = 1024 * 1024;

impl Transport {
    pub(super) fn new(endpoint: &Endpoint, limits: Limits) -> Result<Self, reqwest::Error> {
        let mut headers = HeaderMap::new();
        headers
            .insert(HeaderName::from_static("x-github-api-version"), HeaderValue::from_static(API_VERSION));
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("seedbed/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            // Redirects need a grant, retries another lease: both are ours.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(limits.connect)
            .pool_idle_timeout(Duration::from_secs(60));
        if is_this_machine(endpoint.rest()) && is_this_machine(endpoint.graphql()) {
            // A proxy is for what is outside; it would see the tokens of plain http.
            builder = builder.no_proxy();
        }
        Ok(Self { http: builder.build()?, limits })
    }

    /// Sends `message`, signed by `credential`, and judges what comes back.
    pub(super) async fn send(&self, message: &Message, credential: &Credential) -> Result<Received, Error> {
        let request = self.sign(message, credential)?;
        let begun = Instant::now();
        let patience = match message.api() {
            Api::Rest => self.limits.rest,
            Api::Graphql => self.limits.graphql,
        };
        let mut received = match tokio::time::timeout(patience, self.receive(message, request)).await {
            Ok(received) => received,
            Err(_) => without_answer(Verdict::timed_out(message.api())),
        };
        received.took = begun.elapsed();
        Ok(received)
    }

    /// All headers are set here, anew for each try, so there can be no two credentials in one.
    fn sign(&self, message: &Message, credential: &Credential) -> Result<reqwest::Request, Error> {
        let method = if message.query.is_some() { http::Method::POST } else { http::Method::GET };
        let mut request = reqwest::Request::new(method, message.url.clone());
        let unfit = || Error::Other("a header could not be written".to_owned());
        let accept = HeaderValue::from_str(message.accept.as_str()).map_err(|_| unfit())?;
        request.headers_mut().insert(ACCEPT, accept);
        if let Some(authorization) = credential.authorization() {
            let mut value = HeaderValue::from_str(authorization.expose_secret()).map_err(|_| unfit())?;
            // Keeps it out of debug output and of HTTP/2's header tables.
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        if let Some(query) = &message.query {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(query.clone().into());
        }
        Ok(request)
    }

    async fn receive(&self, message: &Message, request: reqwest::Request) -> Received {
        let mut response = match self.http.execute(request).await {
            Ok(response) => response,
            Err(error) => return without_answer(Verdict::lost(in_words(&error))),
        };
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let promised = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        let mut too_large = promised > self.limits.body;
        let mut whole = true;
        let mut body = BytesMut::with_capacity(promised.min(RESERVED));
        while !too_large {
            match response.chunk().await {
                Ok(Some(chunk)) if chunk.len() > self.limits.body - body.len() => too_large = true,
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                // A short `Content-Length`, a cut chunk or gzip stream, a reset.
                Err(_) => {
                    whole = false;
                    break;
                }
            }
        }
        if too_large {
            body.clear();
        }
        let (body, at) = (body.freeze(), Timestamp::now());
        let answer = Answer {
            api: message.api(),
            status,
            headers: &headers,
            body: &body,
            whole,
            expects_json: message.accept.promises_json() && !too_large,
            received_at: at,
        };
        let mut verdict = verdict(&answer);
        if too_large && (200..300).contains(&status) {
            let message = format!("the answer is larger than {} bytes", self.limits.body);
            verdict.ruling = Ruling::Rejected { status, message };
        }
        Received { verdict, status, headers, body, at, took: Duration::ZERO }
    }
}

fn without_answer(verdict: Verdict) -> Received {
    Received {
        verdict,
        status: 0,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        at: Timestamp::now(),
        took: Duration::ZERO,
    }
}

/// What went wrong with a connection: the innermost cause, which names no URL.
fn in_words(error: &reqwest::Error) -> String {
    let what = match () {
        () if error.is_timeout() => "timed out while connecting",
        () if error.is_connect() => "could not connect",
        () => "the connection broke",
    };
    let mut source = error.source();
    while let Some(inner) = source.and_then(|cause| cause.source()) {
        source = Some(inner);
    }
    match source.map(ToString::to_string) {
        // A proxy's address can hold a password.
        Some(cause) if !cause.contains("://") && !cause.contains('@') => format!("{what}: {cause}"),
        _ => what.to_owned(),
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
