//! What one capability call costs: a guest that asks a GitHub which answers at once, one request after the other.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use futures::future::{self, BoxFuture};
use seedbed_github::{Error, GraphqlAnswer, Request, Response};
use seedbed_runtime::{Doors, GitHub, Limits, Pager, Plugin, Sandboxes, Settings};
use seedbed_tests::program::repository;

use crate::{median, milliseconds};

const CALLS: u32 = 100_000;
const SANDBOXES: u32 = 2_000;

/// Answers before it is asked twice.
struct AtOnce;

impl GitHub for AtOnce {
    fn get(&self, _: Request) -> BoxFuture<'static, Result<Response, Error>> {
        Box::pin(future::ready(Ok(Response { status: 200, body: "{}".into(), unchanged: false })))
    }

    fn pager(&self, _: Request, _: Option<String>) -> Result<Arc<dyn Pager>, Error> {
        Err(Error::NotGranted("not here".to_owned()))
    }

    fn graphql(&self, _: String, _: String) -> BoxFuture<'static, Result<GraphqlAnswer, Error>> {
        Box::pin(future::ready(Err(Error::NotGranted("not here".to_owned()))))
    }
}

pub(crate) fn measure(runtime: &tokio::runtime::Runtime) -> anyhow::Result<()> {
    // On a worker, as tasks are: the main thread would be woken from another one at each step.
    runtime.block_on(runtime.spawn(on_a_worker()))?
}

async fn on_a_worker() -> anyhow::Result<()> {
    let sandboxes = Sandboxes::new(Settings::default())?;
    let started = Instant::now();
    let plugin = sandboxes.load(&repository().join("tests/plugins/probe/dist/probe.wasm"))?;
    println!("load and compile the test guest: {:.0} ms", milliseconds(started.elapsed()));

    let started = Instant::now();
    for _ in 0..SANDBOXES {
        run(&plugin, r#"{"do": "complete"}"#).await?;
    }
    println!("one sandbox, start to end: {:.1} us", micros(started.elapsed(), SANDBOXES));

    // At once no more than a task may have under way.
    for (deed, calls, name) in [("gets-in-turn", CALLS, "in turn (aim 3)"), ("gets", 4_000, "4,000 at once")]
    {
        let params = format!(r#"{{"do": "{deed}", "count": {calls}, "path": "/repos/o/r"}}"#);
        let mut costs = Vec::new();
        for _ in 0..5 {
            costs.push(micros(run(&plugin, &params).await?, calls));
        }
        println!("one capability call without I/O, {name}: {:.2} us, median of 5", median(costs));
    }
    Ok(())
}

async fn run(plugin: &Plugin, params: &str) -> anyhow::Result<Duration> {
    let doors = Doors { github: Arc::new(AtOnce), ..Doors::denied() };
    let ended = plugin.run(params.to_owned(), doors, Limits::default()).await;
    ensure!(ended.result.is_ok(), "the guest failed: {:?}", ended.result);
    Ok(ended.elapsed)
}

fn micros(time: Duration, count: u32) -> f64 {
    milliseconds(time) * 1_000.0 / f64::from(count)
}
