//! A guest's life: started, described or run, watched, ended.

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use wasmtime::Store;

use crate::{
    Description, Doors, Failure, Limits, Stage, StreamDescription, Trail,
    apart::apart,
    bindings::{Job, seedbed::job::types as wit},
    cpu::{Metered, OverBudget, Spent},
    failure,
    limits::{START_CPU, START_WALL},
    plain,
    plugin::Ready,
    sandbox::Inside,
};

/// How a run ended, and what it cost.
#[derive(Debug, Clone)]
pub struct Ended {
    /// What `run` gave, or why it gave nothing.
    pub result: Result<Outcome, Failure>,
    /// What the guest computed, its start included; waiting is not in it.
    pub guest_cpu: Duration,
    /// The most linear memory that it ever had, in bytes.
    pub peak_memory: u64,
    /// From start to end.
    pub elapsed: Duration,
    /// Its last calls and lines: what an author wants to see beside a failure.
    pub trail: Trail,
}

/// What a run that ended well says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All that it wanted.
    Complete,
    /// Not all; a later run goes on from its checkpoint.
    Partial(Vec<Gap>),
}

/// Something that should be among the rows and is not. In the guest's words, made fit for a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What is missing.
    pub what: String,
    /// Why.
    pub reason: String,
    /// When another run may get it: seconds since the Unix epoch.
    pub retry_at: Option<u64>,
}

/// Gaps that are told; more would be no list that anyone reads.
const GAPS: usize = 1_000;
/// Bytes of one text in a gap.
const GAP_TEXT: usize = 500;
/// Lines, and bytes of a line, of the error that `run` returned.
const ERROR: (usize, usize) = (40, 2_000);
/// Streams that a job may declare.
const STREAMS: usize = 200;
/// Bytes of a name, and of a schema.
const NAME: usize = 200;
const SCHEMA: usize = 1 << 20;

/// Runs `run`, in a task of its own that ends with the caller.
pub(crate) async fn run(plugin: Arc<Ready>, params: String, doors: Doors, limits: Limits) -> Ended {
    let records = Arc::clone(&doors.records);
    let started = Instant::now();
    let ended = apart(live(plugin, params, doors, limits)).await.unwrap_or_else(|why| Ended {
        result: Err(Failure::Internal(why)),
        guest_cpu: Duration::ZERO,
        peak_memory: 0,
        elapsed: started.elapsed(),
        trail: Trail::default(),
    });
    records.close().await;
    ended
}

async fn live(plugin: Arc<Ready>, params: String, doors: Doors, limits: Limits) -> Ended {
    let started = Instant::now();
    let spent = Spent::default();
    let (wall, cpu) = (limits.wall, limits.cpu);
    // Parameters hold the task's row of the matrix, so this names the task.
    let seed = format!("{} {params}", doors.clock);
    let mut store = Inside::store(&plugin.room.engine, doors, limits, &seed);
    let mut stage = Stage::Start;
    let lived = within(wall, async {
        let job = begin(&plugin, &mut store, &spent).await?;
        stage = Stage::Run;
        let run = store.run_concurrent(async |accessor| job.call_run(accessor, params).await);
        metered(run, &spent, cpu).await?.map_err(Broken::Trap)?.map_err(Broken::Trap)
    });
    let lived = lived.await.unwrap_or(Err(Broken::OverWall(wall)));
    let result = match lived {
        Ok(Ok(outcome)) => Ok(outcome.into()),
        Ok(Err(error)) => Err(Failure::Job(plain::block(&error, ERROR.0, ERROR.1))),
        Err(broken) => Err(broken.tell(stage, &spent, &store)),
    };
    let inside = store.data();
    Ended {
        result,
        guest_cpu: spent.total(),
        peak_memory: inside.memory.peak(),
        elapsed: started.elapsed(),
        trail: inside.journal.trail(),
    }
}

/// Runs `describe`, with every door shut.
pub(crate) async fn describe(plugin: Arc<Ready>) -> Result<Description, Failure> {
    apart(self_description(plugin)).await.unwrap_or_else(|why| Err(Failure::Internal(why)))
}

async fn self_description(plugin: Arc<Ready>) -> Result<Description, Failure> {
    let spent = Spent::default();
    let mut store = Inside::store(&plugin.room.engine, Doors::denied(), Limits::default(), "describe");
    let mut stage = Stage::Start;
    let lived = within(START_WALL, async {
        let job = begin(&plugin, &mut store, &spent).await?;
        stage = Stage::Describe;
        metered(job.call_describe(&mut store), &spent, START_CPU).await?.map_err(Broken::Trap)
    });
    match lived.await.unwrap_or(Err(Broken::OverWall(START_WALL))) {
        Ok(description) => bounded(description),
        Err(broken) => Err(broken.tell(stage, &spent, &store)),
    }
}

/// Starts a component: its memories are filled and its start functions run.
async fn begin(plugin: &Ready, store: &mut Store<Inside>, spent: &Spent) -> Result<Job, Broken> {
    metered(plugin.job.instantiate_async(store), spent, START_CPU).await?.map_err(Broken::Trap)
}

/// What ended a guest.
enum Broken {
    Trap(wasmtime::Error),
    OverCpu(Duration),
    OverWall(Duration),
}

impl Broken {
    fn tell(self, stage: Stage, spent: &Spent, store: &Store<Inside>) -> Failure {
        match self {
            Self::Trap(error) => failure::tell(&error, store.data()),
            Self::OverCpu(budget) => Failure::OverCpu { stage, used: spent.total(), budget },
            Self::OverWall(budget) => Failure::OverWall { stage, budget },
        }
    }
}

async fn metered<F: Future>(guest: F, spent: &Spent, budget: Duration) -> Result<F::Output, Broken> {
    let guest = pin!(guest);
    Metered::new(guest, spent.clone(), budget).await.map_err(|OverBudget| Broken::OverCpu(budget))
}

/// The wall limit stands around everything, so that it also ends a guest that waits for what never comes.
async fn within<T>(wall: Duration, life: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(wall, life).await.ok()
}

impl From<wit::Outcome> for Outcome {
    fn from(outcome: wit::Outcome) -> Self {
        let gap = |gap: wit::Gap| Gap {
            what: plain::line(&gap.what, GAP_TEXT),
            reason: plain::line(&gap.reason, GAP_TEXT),
            retry_at: gap.retry_at,
        };
        match outcome {
            wit::Outcome::Complete => Self::Complete,
            wit::Outcome::Partial(mut gaps) => {
                let more = gaps.split_off(gaps.len().min(GAPS));
                let mut told: Vec<Gap> = gaps.into_iter().map(gap).collect();
                told.extend((!more.is_empty()).then(|| Gap {
                    what: format!("{} more", more.len()),
                    reason: format!("only the first {GAPS} are listed"),
                    retry_at: more.iter().filter_map(|gap| gap.retry_at).min(),
                }));
                Self::Partial(told)
            }
        }
    }
}

/// Refuses a description that is larger than any job needs.
fn bounded(description: wit::Description) -> Result<Description, Failure> {
    let wit::Description { name, version, params, streams } = description;
    let too_much = |what, budget: usize| Failure::Over {
        what,
        budget: budget as u64,
        advice: "what `describe` returns is to be short",
    };
    if streams.len() > STREAMS {
        return Err(too_much("streams", STREAMS));
    }
    let keys = streams.iter().flat_map(|stream| &stream.primary_key);
    let names = streams.iter().map(|stream| &stream.name).chain(keys).chain([&name, &version]);
    if names.into_iter().any(|name| name.len() > NAME) {
        return Err(too_much("bytes in a name", NAME));
    }
    if streams.iter().map(|stream| &stream.schema).chain([&params]).any(|schema| schema.len() > SCHEMA) {
        return Err(too_much("bytes in a schema", SCHEMA));
    }
    let stream = |stream: wit::StreamDescription| StreamDescription {
        name: plain::line(&stream.name, NAME),
        schema: stream.schema,
        primary_key: stream.primary_key.iter().map(|key| plain::line(key, NAME)).collect(),
    };
    Ok(Description {
        name: plain::line(&name, NAME),
        version: plain::line(&version, NAME),
        params,
        streams: streams.into_iter().map(stream).collect(),
    })
}
