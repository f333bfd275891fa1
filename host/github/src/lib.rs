//! GitHub for seeding jobs: a pool of credentials, a client that fails over, and grants.
//!
//! A library of its own: a Rust program without any WebAssembly can use it.

pub mod credential;
pub mod endpoint;
pub mod policy;
pub mod pool;
pub mod resource;
pub mod time;
pub mod verdict;

pub use credential::{Credential, CredentialError, CredentialId, Loaded, Origin, Sources, load_credentials};
pub use endpoint::{Endpoint, EndpointError};
pub use policy::{Policy, Strategy};
pub use pool::{Lease, NoLease, OwnerView, Pool, Want};
pub use resource::Resource;
pub use time::Timestamp;
pub use verdict::{Answer, Api, Ruling, Verdict, verdict};
