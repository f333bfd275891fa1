//! What one capability call costs: a guest that asks a GitHub which answers at once, one request after the other.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use futures::future::{self, BoxFuture};
use seedbed_github::{Error, GraphqlAnswer, Request, Response};
use seedbed_runtime::{Doors, GitHub, Limits, Pager, Plugin, Sandboxes, Settings};

use crate::{median, milliseconds};

const CALLS: u32 = 100_000;

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
    let sandboxes = Sandboxes::new(Settings::default())?;
    let plugin =
        sandboxes.load(&seedbed_tests::program::repository().join("tests/plugins/probe/dist/probe.wasm"))?;
    let mut costs = Vec::new();
    for _ in 0..5 {
        let none = runtime.block_on(run(&plugin, 0))?;
        let all = runtime.block_on(run(&plugin, CALLS))?;
        costs.push(milliseconds(all.saturating_sub(none)) * 1_000.0 / f64::from(CALLS));
    }
    println!("one capability call without I/O: {:.2} us (aim 3), median of 5 x {CALLS}", median(costs));
    Ok(())
}

async fn run(plugin: &Plugin, count: u32) -> anyhow::Result<Duration> {
    let doors = Doors { github: Arc::new(AtOnce), ..Doors::denied() };
    let params = format!(r#"{{"do": "gets-in-turn", "count": {count}, "path": "/repos/o/r"}}"#);
    let ended = plugin.run(params, doors, Limits::default()).await;
    ensure!(ended.result.is_ok(), "the guest failed: {:?}", ended.result);
    Ok(ended.elapsed)
}
