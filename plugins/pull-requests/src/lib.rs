//! The job `pull-requests`: a repository's pull requests with their reviews, comments, commits, files and check runs.
//!
//! It reads either of GitHub's APIs and emits the same rows. The rooms: [`params`] what a manifest may say; [`rows`] what
//! comes out; `meaning` where the APIs' words are brought together; `source` what the run needs of an API, and `rest`
//! and `graphql`, which give it; `run` the order of things; `coverage` and `state` what makes a run resumable.

mod coverage;
mod emission;
mod graphql;
mod meaning;
pub mod params;
mod rest;
pub mod rows;
mod run;
mod source;
mod state;

pub use graphql::queries;
pub use params::Params;
pub use run::run;

use seedbed_sdk::{Description, Host, Job, Outcome};

/// The job's name, version, parameters and streams.
pub fn description() -> Description {
    Description {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        params: seedbed_sdk::params::<Params>(),
        streams: rows::streams(),
    }
}

/// The job as the sandbox calls it.
#[derive(Debug)]
pub struct PullRequests;

impl Job for PullRequests {
    type Params = Params;

    fn description() -> Description {
        description()
    }

    async fn run(host: &impl Host, params: Params) -> Result<Outcome, String> {
        run(host, params).await
    }
}

seedbed_sdk::export!(PullRequests);
