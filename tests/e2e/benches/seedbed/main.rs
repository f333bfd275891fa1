//! `make bench`: what Seedbed costs, as counts and as ratios within one run, for machines are noisy.
//!
//! The programs are the real ones; the simulator runs in this process, without latency, quotas or secondary limits.
//! Every section prints its figure beside what is aimed for; nothing here passes or fails.

mod calls;
mod memory;
mod start;
mod throughput;

use std::time::Duration;

use github_sim::{Config, OwnerConfig, RepoConfig, Sim};

fn main() -> anyhow::Result<()> {
    // The bare loop is this program again, so that it pays for a process of its own as the host does.
    if let Some(list) = std::env::var_os(throughput::BARE) {
        return throughput::bare(list.as_ref());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let _entered = runtime.enter();
    let sim = Sim::listen(generous())?;
    throughput::measure(&sim)?;
    start::measure(&sim)?;
    memory::measure(&sim)?;
    calls::measure(&runtime)?;
    Ok(())
}

/// A GitHub that never says no.
fn generous() -> Config {
    let owner = OwnerConfig { core: 10_000_000, graphql: 10_000_000, ..OwnerConfig::default() };
    // Beyond REST's cap of 250 commits a run is partial; here it is to be complete.
    let repository = RepoConfig { beyond_commit_cap: false, ..RepoConfig::new("antiwork/gumroad", 919) };
    Config { repositories: vec![repository], owners: vec![owner; 3], secondary: None, ..Config::default() }
}

/// The middle one.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
