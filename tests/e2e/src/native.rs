//! A job run natively: the real client on one side, rows kept in memory on the other.
//!
//! No sandbox and no program are between a test and the plugin's logic. What a sink promises holds here too: rows and
//! state of a checkpoint become durable together, `replace` removes what is gone, and what came after the last
//! checkpoint is lost unless the run ends well.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use seedbed_github::{Client, Credential, Endpoint, Grants, Policy, Scoped};
use seedbed_sdk::{Description, Error, GraphqlAnswer, Host, Level, Pager, RecordsError, Request, Response};
use serde_json::{Map, Value};

use github_sim::Sim;

/// Rows that outlive a run.
#[derive(Clone)]
pub struct Shelf(Arc<Mutex<Contents>>);

struct Contents {
    streams: BTreeMap<String, Stream>,
    state: Option<String>,
    checkpoints: usize,
}

struct Stream {
    primary_key: Vec<String>,
    schema: jsonschema::Validator,
    rows: BTreeMap<String, Value>,
}

impl Shelf {
    /// An empty shelf for the streams of a job.
    pub fn of(description: &Description) -> Self {
        let stream = |s: &seedbed_sdk::StreamDescription| {
            let schema = serde_json::from_str(&s.schema).unwrap();
            let schema = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
            (s.name.clone(), Stream { primary_key: s.primary_key.clone(), schema, rows: BTreeMap::new() })
        };
        let streams = description.streams.iter().map(stream).collect();
        Self(Arc::new(Mutex::new(Contents { streams, state: None, checkpoints: 0 })))
    }

    /// The rows of every stream by their keys, as JSON.
    pub fn rows(&self) -> BTreeMap<String, BTreeMap<String, Value>> {
        self.lock().streams.iter().map(|(name, stream)| (name.clone(), stream.rows.clone())).collect()
    }

    /// How many checkpoints there were.
    pub fn checkpoints(&self) -> usize {
        self.lock().checkpoints
    }

    /// Rows as they would be on a shelf, by the keys of its streams.
    pub fn keyed(&self, rows: &BTreeMap<String, Vec<Value>>) -> BTreeMap<String, BTreeMap<String, Value>> {
        let contents = self.lock();
        rows.iter()
            .map(|(name, rows)| {
                let stream = &contents.streams[name];
                (name.clone(), rows.iter().map(|row| (stream.key(row), row.clone())).collect())
            })
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap()
    }
}

impl Stream {
    fn key(&self, row: &Value) -> String {
        let columns = self.primary_key.iter().map(|column| row[column.as_str()].to_string());
        columns.collect::<Vec<_>>().join(" ")
    }
}

/// What waits for the next checkpoint.
enum Change {
    Emit { stream: String, rows: Vec<Value> },
    Replace { stream: String, scope: Map<String, Value>, rows: Vec<Value> },
}

/// One run of a job.
pub struct Native {
    github: Scoped,
    shelf: Shelf,
    staged: Mutex<Vec<Change>>,
    now: u64,
    /// Called before each checkpoint with how many there were: changes the world, or ends the run as a crash would.
    before_checkpoint: Option<Checkpointing>,
    log: Mutex<Vec<String>>,
}

/// See [`Native::before_checkpoint`].
pub type Checkpointing = Box<dyn Fn(usize) -> Result<(), RecordsError>>;

impl Native {
    /// A run against the simulator with all of its tokens, as fast as it goes, that may read `granted`.
    pub fn new(sim: &Sim, granted: &str, shelf: &Shelf, now: u64) -> Self {
        let client = client(sim);
        let grants = Grants::parse(&[granted.to_owned()]).unwrap();
        let github = client.scoped(grants, seedbed_github::Budget::default());
        let (staged, log) = Default::default();
        Self { github, shelf: shelf.clone(), staged, now, before_checkpoint: None, log }
    }

    /// The same, with something that happens before each checkpoint.
    #[must_use]
    pub fn before_checkpoint(mut self, act: impl Fn(usize) -> Result<(), RecordsError> + 'static) -> Self {
        self.before_checkpoint = Some(Box::new(act));
        self
    }

    /// What the run wrote to its log.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    /// What a host does when a run ended well: the rest is kept, and the last state too.
    pub fn finish(&self) {
        let state = self.shelf.lock().state.clone();
        self.apply(state);
    }

    fn apply(&self, state: Option<String>) {
        let mut contents = self.shelf.lock();
        for change in self.staged.lock().unwrap().drain(..) {
            match change {
                Change::Emit { stream, rows } => {
                    let stream = contents.streams.get_mut(&stream).unwrap();
                    rows.into_iter().for_each(|row| drop(stream.rows.insert(stream.key(&row), row)));
                }
                Change::Replace { stream, scope, rows } => {
                    let stream = contents.streams.get_mut(&stream).unwrap();
                    stream.rows.retain(|_, row| !scope.iter().all(|(column, value)| row[column] == *value));
                    rows.into_iter().for_each(|row| drop(stream.rows.insert(stream.key(&row), row)));
                }
            }
        }
        contents.state = state;
    }

    /// Reads rows and checks them against their stream's schema.
    fn checked(&self, stream: &str, rows: Vec<String>) -> Result<Vec<Value>, RecordsError> {
        let contents = self.shelf.lock();
        let stream =
            contents.streams.get(stream).ok_or_else(|| RecordsError::UnknownStream(stream.to_owned()))?;
        let read = |row: String| {
            let row: Value = serde_json::from_str(&row).unwrap();
            match stream.schema.validate(&row) {
                Ok(()) => Ok(row),
                Err(error) => Err(RecordsError::InvalidRow(format!("{error} in {row}"))),
            }
        };
        rows.into_iter().map(read).collect()
    }

    fn stage(&self, change: Change) {
        self.staged.lock().unwrap().push(change);
    }
}

fn client(sim: &Sim) -> Client {
    let url = sim.url();
    let env = move |name: &str| (name == "GITHUB_API_URL").then(|| url.clone());
    let credentials =
        sim.tokens().into_iter().map(|token| Credential::token(token.into()).unwrap()).collect();
    let backoff = seedbed_github::Backoff {
        base: std::time::Duration::from_millis(1),
        cap: std::time::Duration::from_millis(5),
    };
    Client::builder(Endpoint::from_env(&env).unwrap())
        .credentials(credentials)
        .policy(Policy::unpaced())
        .backoff(backoff)
        .build()
        .unwrap()
}

impl Host for Native {
    type Pager = NativePager;

    async fn get(&self, request: Request) -> Result<Response, Error> {
        self.github.get(asked(request)).await.map(answered).map_err(told)
    }

    fn pager(&self, first: Request, at: Option<&str>) -> NativePager {
        NativePager(self.github.pager(asked(first), at).map_err(told))
    }

    async fn graphql(&self, query: &str, variables: &str) -> Result<GraphqlAnswer, Error> {
        let answer = self.github.graphql(query, variables).await.map_err(told)?;
        Ok(GraphqlAnswer { data: answer.data, errors: answer.errors })
    }

    async fn emit(&self, stream: &str, rows: Vec<String>) -> Result<(), RecordsError> {
        let rows = self.checked(stream, rows)?;
        self.stage(Change::Emit { stream: stream.to_owned(), rows });
        Ok(())
    }

    async fn replace(&self, stream: &str, scope: &str, rows: Vec<String>) -> Result<(), RecordsError> {
        let rows = self.checked(stream, rows)?;
        let scope: Map<String, Value> = serde_json::from_str(scope).unwrap();
        assert!(rows.iter().all(|row| scope.iter().all(|(column, value)| row[column] == *value)));
        self.stage(Change::Replace { stream: stream.to_owned(), scope, rows });
        Ok(())
    }

    async fn checkpoint(&self, state: &str) -> Result<(), RecordsError> {
        let before = self.shelf.checkpoints();
        self.before_checkpoint.as_ref().map_or(Ok(()), |act| act(before))?;
        self.apply(Some(state.to_owned()));
        self.shelf.lock().checkpoints += 1;
        Ok(())
    }

    fn resume(&self) -> Option<String> {
        self.shelf.lock().state.clone()
    }

    fn progress(&self, _: &str, _: u64, _: Option<u64>) {}

    fn log(&self, level: Level, message: &str) {
        self.log.lock().unwrap().push(format!("{level:?}: {message}"));
    }

    fn now(&self) -> u64 {
        self.now
    }
}

/// A pager over the real client's; a list that may not be read says so at its first page.
pub struct NativePager(Result<seedbed_github::Pager, Error>);

impl Pager for NativePager {
    async fn next(&self) -> Result<Option<Response>, Error> {
        let pager = self.0.as_ref().map_err(Clone::clone)?;
        pager.next().await.map(|page| page.map(answered)).map_err(told)
    }

    fn position(&self) -> Option<String> {
        self.0.as_ref().ok().and_then(seedbed_github::Pager::position)
    }
}

fn asked(request: Request) -> seedbed_github::Request {
    seedbed_github::Request { path: request.path, query: request.query, media_type: request.media_type }
}

fn answered(response: seedbed_github::Response) -> Response {
    Response { status: response.status, body: response.body.to_vec(), unchanged: response.unchanged }
}

fn told(error: seedbed_github::Error) -> Error {
    use seedbed_github::Error as Client;
    match error {
        Client::Exhausted { bucket, retry_at } => Error::Exhausted { bucket, retry_at },
        Client::NotGranted(why) => Error::NotGranted(why),
        Client::OverBudget(why) => Error::OverBudget(why),
        Client::Absent { status, message } => Error::Absent { status, message },
        Client::Rejected { status, message } => Error::Rejected { status, message },
        Client::TooSlow(why) => Error::TooSlow(why),
        Client::Unavailable(why) => Error::Unavailable(why),
        Client::Malformed(why) => Error::Malformed(why),
        Client::Other(why) => Error::Other(why),
    }
}
