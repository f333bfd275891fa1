//! GitHub for seeding jobs: a pool of credentials, a client that fails over, and grants.
//!
//! A library of its own: a Rust program without any WebAssembly can use it.

mod account;
mod address;
pub mod client;
pub mod credential;
mod document;
pub mod endpoint;
pub mod error;
pub mod grants;
mod link;
mod lock;
mod media_type;
pub mod pager;
pub mod policy;
pub mod pool;
mod redact;
pub mod request;
pub mod resource;
pub mod scoped;
pub mod time;
pub mod verdict;

pub use account::{Budget, Usage};
pub use client::{Backoff, BuildError, Client, ClientBuilder, CredentialTotals, Limits, Totals};
pub use credential::{Credential, CredentialError, CredentialId, Loaded, Origin, Sources, load_credentials};
pub use endpoint::{Endpoint, EndpointError};
pub use error::Error;
pub use grants::{GrantError, Grants};
pub use pager::Pager;
pub use policy::{Policy, Strategy};
pub use pool::{Lease, NoLease, OwnerView, Pool, Want};
pub use request::{GraphqlAnswer, Request, Response};
pub use resource::Resource;
pub use scoped::Scoped;
pub use time::Timestamp;
pub use verdict::{Answer, Api, Ruling, Verdict, verdict};
