//! What a user of the client sees, against a server that is told each byte to say.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bodies;
mod budget;
mod failover;
mod graphql;
mod pages;
mod redirects;
mod secrets;
mod server;
mod sharing;

use std::time::Duration;

use seedbed_github::{
    Backoff, Budget, Client, ClientBuilder, Credential, Endpoint, Grants, Limits, Policy, Request, Scoped,
};
use server::Server;

/// Tokens that look real.
pub(crate) fn token(number: usize) -> String {
    format!("ghp_{}{number:04}", "SecretSecretSecretSecretSecretSe")
}

pub(crate) fn builder(server: &Server, tokens: usize) -> ClientBuilder {
    builder_for(&server.url, tokens)
}

pub(crate) fn builder_for(url: &str, tokens: usize) -> ClientBuilder {
    let env = |name: &str| (name == "GITHUB_API_URL").then(|| url.to_owned());
    let credentials = (0..tokens).map(|number| Credential::token(token(number).into()).unwrap()).collect();
    Client::builder(Endpoint::from_env(&env).unwrap())
        .credentials(credentials)
        .policy(Policy::unpaced())
        .backoff(Backoff { base: Duration::from_millis(1), cap: Duration::from_millis(4) })
        .limits(Limits { body: 100_000, ..Limits::default() })
}

pub(crate) fn client(server: &Server, tokens: usize) -> Client {
    builder(server, tokens).build().unwrap()
}

pub(crate) fn grants() -> Grants {
    Grants::parse(&["o/r".to_owned(), "o/old".to_owned()]).unwrap()
}

pub(crate) fn budget() -> Budget {
    Budget { patience: Duration::from_secs(5), ..Budget::default() }
}

/// A job's view with grants for `o/r` and `o/old`.
pub(crate) fn scoped(client: &Client) -> Scoped {
    client.scoped(grants(), budget())
}

pub(crate) fn pulls() -> Request {
    Request::get("/repos/o/r/pulls")
}
