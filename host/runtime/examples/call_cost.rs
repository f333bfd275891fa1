//! What the boundary costs, without any I/O behind it: `cargo run -p seedbed-runtime --example call_cost [probe.wasm]`.
//!
//! Needs the guest `tests/plugins/probe` as a component (`make guests`).

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::{self, BoxFuture};
use seedbed_github::{Error, GraphqlAnswer, Request, Response};
use seedbed_runtime::{Doors, Ended, GitHub, Limits, Pager, Plugin, Sandboxes, Settings};

/// Has the answer before it is asked.
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

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    // On a worker, as tasks are: the main thread would be woken from another one at each step.
    tokio::spawn(measure()).await?
}

async fn measure() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let built = here.join("../../tests/plugins/probe/dist/probe.wasm");
    let path = std::env::args().nth(1).map_or(built, PathBuf::from);

    let sandboxes = Sandboxes::new(Settings::default())?;
    let started = Instant::now();
    let plugin = sandboxes.load(&path)?;
    println!("load and compile: {:.0} ms", started.elapsed().as_secs_f64() * 1e3);

    println!("one sandbox, start to end: {:.1} us", micros(sandboxes_in_turn(&plugin, 2_000).await, 2_000));
    for (deed, name) in [("gets-in-turn", "one after the other"), ("gets", "all at once")] {
        let many = 100_000_u32;
        // At once no more than a task may have under way, so often.
        let (calls, params) = match deed {
            "gets" => (4_000, format!(r#"{{"do": "{deed}", "count": 4000, "path": "/repos/o/r"}}"#)),
            _ => (many, format!(r#"{{"do": "{deed}", "count": {many}, "path": "/repos/o/r"}}"#)),
        };
        let mut costs = Vec::new();
        for _ in 0..5 {
            let ended = run(&plugin, &params).await;
            ended.result?;
            costs.push(micros(ended.elapsed, calls));
        }
        costs.sort_by(f64::total_cmp);
        println!("one call through the github door, {name}: {:.2} us", costs[costs.len() / 2]);
    }
    Ok(())
}

async fn sandboxes_in_turn(plugin: &Plugin, count: u32) -> Duration {
    let started = Instant::now();
    for _ in 0..count {
        let _ = run(plugin, r#"{"do": "complete"}"#).await;
    }
    started.elapsed()
}

async fn run(plugin: &Plugin, params: &str) -> Ended {
    let doors = Doors { github: Arc::new(AtOnce), ..Doors::denied() };
    plugin.run(params.to_owned(), doors, Limits::default()).await
}

fn micros(time: Duration, count: u32) -> f64 {
    time.as_secs_f64() * 1e6 / f64::from(count)
}
