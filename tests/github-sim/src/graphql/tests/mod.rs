//! The GraphQL half as its clients see it: queries in, JSON out.

mod answers;
mod paging;
mod refusals;

use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

use super::{GraphqlReply, Question, Viewer, handle};
use crate::config::{Config, RepoConfig};
use crate::generate;
use crate::limits::{Access, WindowView};
use crate::model::{PullRequest, Repository, World};

/// A world with every oddity in it, made once.
fn world() -> &'static (World, Config) {
    static WORLD: OnceLock<(World, Config)> = OnceLock::new();
    WORLD.get_or_init(|| {
        let repository = RepoConfig {
            renamed_from: Some("octo/old-name".to_owned()),
            ..RepoConfig::new("octo/hello-world", 120)
        };
        let secret = RepoConfig { private: true, ..RepoConfig::new("octo/secret", 3) };
        let nothing = RepoConfig { empty: true, ..RepoConfig::new("octo/nothing", 0) };
        let config = Config { repositories: vec![repository, secret, nothing], ..Config::default() };
        (generate::world(&config), config)
    })
}

fn repository() -> &'static Arc<Repository> {
    world().0.repository("octo/hello-world").unwrap()
}

/// The first pull request that this holds of.
fn some_pull(is: impl Fn(&PullRequest) -> bool) -> &'static PullRequest {
    repository().pulls.iter().find(|pull| is(pull)).unwrap()
}

/// Asks as a user who sees public repositories, with `change` applied to the configuration.
fn ask_with(body: &[u8], access: &Access, change: impl Fn(&mut Config)) -> GraphqlReply {
    let (world, config) = world();
    let mut config = config.clone();
    change(&mut config);
    let window = WindowView { limit: 5_000, remaining: 4_000, used: 1_000, reset: 1_769_950_800 };
    let viewer = Viewer { login: "octo-dev", access };
    handle(&Question { world, viewer, window, config: &config, body })
}

fn ask_reply(query: &str, variables: Value) -> GraphqlReply {
    let body = json!({"query": query, "variables": variables}).to_string();
    ask_with(body.as_bytes(), &Access::default(), |_| ())
}

/// The parsed answer to a query with variables.
fn ask_about(query: &str, variables: Value) -> Value {
    serde_json::from_slice(&ask_reply(query, variables).body).unwrap()
}

/// The parsed answer to a query.
fn ask(query: &str) -> Value {
    ask_about(query, json!({}))
}

/// The answer's data, which must be whole.
fn data(query: &str, variables: Value) -> Value {
    let mut answer = ask_about(query, variables);
    assert_eq!(answer.get("errors"), None, "{query}");
    answer["data"].take()
}
