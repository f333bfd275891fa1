//! The sandbox's side of a job: the world's imports as a [`Host`], and its two exports.

use crate::{Error, GraphqlAnswer, Host, Job, Level, Pager, RecordsError, Request, Response};

/// What wit-bindgen makes of `seedbed:job/job`.
#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../../../wit",
        world: "job",
        pub_export_macro: true,
        export_macro_name: "export_job",
        default_bindings_module: "seedbed_sdk::guest::bindings",
        runtime_path: "::seedbed_sdk::guest::wit_bindgen::rt",
    });
}

// The export macro expands in the job's crate, which need not depend on wit-bindgen.
pub use wit_bindgen;

use bindings::seedbed::job::{clock, github, log, progress, records, types};

/// The host that lends a component its doors.
#[derive(Debug, Clone, Copy)]
pub struct Guest;

impl Host for Guest {
    type Pager = github::Pager;

    async fn get(&self, request: Request) -> Result<Response, Error> {
        Ok(github::get(request.into()).await?.into())
    }

    fn pager(&self, first: Request, at: Option<&str>) -> github::Pager {
        github::Pager::new(&first.into(), at)
    }

    async fn graphql(&self, query: &str, variables: &str) -> Result<GraphqlAnswer, Error> {
        let answer = github::graphql(query.to_owned(), variables.to_owned()).await?;
        Ok(GraphqlAnswer { data: answer.data, errors: answer.errors })
    }

    async fn emit(&self, stream: &str, rows: Vec<String>) -> Result<(), RecordsError> {
        Ok(records::emit(stream.to_owned(), rows).await?)
    }

    async fn replace(&self, stream: &str, scope: &str, rows: Vec<String>) -> Result<(), RecordsError> {
        Ok(records::replace(stream.to_owned(), scope.to_owned(), rows).await?)
    }

    async fn checkpoint(&self, state: &str) -> Result<(), RecordsError> {
        Ok(records::checkpoint(state.to_owned()).await?)
    }

    fn resume(&self) -> Option<String> {
        records::resume()
    }

    fn progress(&self, label: &str, done: u64, total: Option<u64>) {
        progress::update(label, done, total);
    }

    fn log(&self, level: Level, message: &str) {
        let level = match level {
            Level::Debug => log::Level::Debug,
            Level::Info => log::Level::Info,
            Level::Warn => log::Level::Warn,
            Level::Error => log::Level::Error,
        };
        log::write(level, message);
    }

    fn now(&self) -> u64 {
        clock::now()
    }
}

impl Pager for github::Pager {
    async fn next(&self) -> Result<Option<Response>, Error> {
        Ok(github::Pager::next(self).await?.map(Response::from))
    }

    fn position(&self) -> Option<String> {
        github::Pager::position(self)
    }
}

/// The export `describe`.
pub fn describe<J: Job>() -> types::Description {
    tell_of_panics();
    let described = J::description();
    types::Description {
        name: described.name,
        version: described.version,
        params: described.params,
        streams: described
            .streams
            .into_iter()
            .map(|s| types::StreamDescription { name: s.name, schema: s.schema, primary_key: s.primary_key })
            .collect(),
    }
}

/// The export `run`.
pub async fn run<J: Job>(params: String) -> Result<types::Outcome, String> {
    tell_of_panics();
    let params = serde_json::from_str(&params).map_err(|e| format!("the parameters don't fit: {e}"))?;
    match J::run(&Guest, params).await? {
        crate::Outcome::Complete => Ok(types::Outcome::Complete),
        crate::Outcome::Partial(gaps) => Ok(types::Outcome::Partial(
            gaps.into_iter()
                .map(|g| types::Gap { what: g.what, reason: g.reason, retry_at: g.retry_at })
                .collect(),
        )),
    }
}

/// Standard error leads nowhere here: without this a panic would be a bare `unreachable` to the host.
fn tell_of_panics() {
    std::panic::set_hook(Box::new(|info| log::write(log::Level::Error, &info.to_string())));
}

impl From<Request> for github::Request {
    fn from(request: Request) -> Self {
        Self { path: request.path, query: request.query, media_type: request.media_type }
    }
}

impl From<github::Response> for Response {
    fn from(response: github::Response) -> Self {
        Self { status: response.status, body: response.body, unchanged: response.unchanged }
    }
}

impl From<github::Error> for Error {
    fn from(error: github::Error) -> Self {
        match error {
            github::Error::Exhausted(e) => Self::Exhausted { bucket: e.bucket, retry_at: e.retry_at },
            github::Error::NotGranted(why) => Self::NotGranted(why),
            github::Error::OverBudget(why) => Self::OverBudget(why),
            github::Error::Absent(r) => Self::Absent { status: r.status, message: r.message },
            github::Error::Rejected(r) => Self::Rejected { status: r.status, message: r.message },
            github::Error::TooSlow(why) => Self::TooSlow(why),
            github::Error::Unavailable(why) => Self::Unavailable(why),
            github::Error::Malformed(why) => Self::Malformed(why),
            github::Error::Other(why) => Self::Other(why),
        }
    }
}

impl From<records::Error> for RecordsError {
    fn from(error: records::Error) -> Self {
        match error {
            records::Error::UnknownStream(why) => Self::UnknownStream(why),
            records::Error::InvalidRow(why) => Self::InvalidRow(why),
            records::Error::Limit(why) => Self::Limit(why),
            records::Error::Failed(why) => Self::Failed(why),
            records::Error::Other(why) => Self::Other(why),
        }
    }
}
