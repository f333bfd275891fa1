//! A strict simulator of GitHub's REST and GraphQL APIs, for tests, demos and benchmarks.
//!
//! It serves a generated [`model`] (deterministic by seed) with GitHub's limits, redirects, validators and faults, is never
//! kinder than GitHub, and keeps a [`ledger`] of what clients did wrong. [`Sim`] is the door.

pub mod config;
pub mod faults;
pub mod ledger;
pub mod model;
pub mod truth;

mod etag;
mod generate;
mod graphql;
mod limits;
mod rest;
mod server;
mod sim;

pub use config::{Config, Detail, OwnerConfig, PrimaryStatus, RepoConfig};
pub use faults::{Fault, Faults};
pub use graphql::BrokenField;
pub use ledger::Ledger;
pub use limits::{Access, RetryAfter, SecondaryBody, SecondaryForm, SecondaryRules};
pub use sim::Sim;
