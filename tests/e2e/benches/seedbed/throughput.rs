//! Requests a second of a whole job (sandbox, pool, rows, SQLite) beside a bare loop that sends the very same requests.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, ensure};
use github_sim::Sim;
use seedbed_tests::program::{Desk, repository};

use crate::median;

/// Names the file of addresses for the bare loop.
pub(crate) const BARE: &str = "SEEDBED_BENCH_BARE";

/// What a task has in flight by default.
const AT_ONCE: usize = 32;

const ROUNDS: usize = 3;

pub(crate) fn measure(sim: &Sim) -> anyhow::Result<()> {
    let desk = Desk::at(sim);
    desk.job("antiwork/gumroad", "max_prs = 1000\napi = \"rest\"");
    let addresses = compare("the whole REST job, rows and all", &desk, sim)?;
    // Pages that GitHub links to by a repository's id are not a guest's to ask for directly.
    let named: Vec<_> = addresses.into_iter().filter(|address| address.starts_with("/repos/")).collect();
    desk.put("job.toml", crawl(&named));
    compare("a guest that only asks", &desk, sim)?;
    Ok(())
}

/// A job of the test guest, which asks for these and drops the answers.
fn crawl(addresses: &[String]) -> String {
    let probe = repository().join("tests/plugins/probe/dist/probe.wasm");
    format!(
        "name = \"crawl\"\nplugin = {probe:?}\n[params]\ndo = \"crawl\"\nat_once = {AT_ONCE}\naddresses = \
         {addresses:?}\n[github]\nread = [\"antiwork/gumroad\"]\n[sink]\ntype = \"sqlite\"\npath = \"out/crawl.db\"\n"
    )
}

/// Runs the job on the desk, then the bare loop over the addresses that the job asked for.
fn compare(what: &str, desk: &Desk, sim: &Sim) -> anyhow::Result<Vec<String>> {
    let (mut rates, mut asked) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        sim.restart_ledger();
        let mut run = desk.run();
        run.args(["--fresh", "--progress", "none"]);
        desk.finish(run).expect_code(0);
        let (host, paths) = rate(sim)?;

        let addresses: String = paths.iter().map(|path| format!("{}{path}\n", sim.url())).collect();
        let list = desk.put("addresses", addresses);
        sim.restart_ledger();
        let token = sim.tokens().swap_remove(0);
        let status = Command::new(std::env::current_exe()?).env(BARE, list).env("TOKEN", token).status()?;
        ensure!(status.success(), "the bare loop failed");
        let (bare, again) = rate(sim)?;
        ensure!(again.len() == paths.len(), "the bare loop sent {} of {}", again.len(), paths.len());
        rates.push((host, bare));
        asked = paths;
    }
    let middle = |figure: fn(&(f64, f64)) -> f64| median(rates.iter().map(figure).collect());
    println!(
        "requests/s, {} by {what}: host {:.0}, bare reqwest loop {:.0}, ratio {:.2} (aim 0.8), median of {ROUNDS}",
        asked.len(),
        middle(|rate| rate.0),
        middle(|rate| rate.1),
        middle(|rate| rate.0 / rate.1),
    );
    Ok(asked)
}

/// Requests a second between the first and the last arrival, and what was asked for.
fn rate(sim: &Sim) -> anyhow::Result<(f64, Vec<String>)> {
    let log = sim.log();
    let first = log.iter().map(|entry| entry.at).min().context("no request arrived")?;
    let last = log.iter().map(|entry| entry.at).max().context("no request arrived")?;
    let seconds = (last - first).max(1) as f64 / 1_000.0;
    ensure!(log.iter().all(|entry| entry.status == 200), "not every request was answered with 200");
    Ok((log.len() as f64 / seconds, log.into_iter().map(|entry| entry.path).collect()))
}

/// The bare loop: `AT_ONCE` workers over one client; each body is read to its end.
pub(crate) fn bare(list: &Path) -> anyhow::Result<()> {
    let token = std::env::var("TOKEN")?;
    let addresses: Vec<String> = std::fs::read_to_string(list)?.lines().map(str::to_owned).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = reqwest::Client::builder().user_agent("bare").build()?;
        let addresses = std::sync::Arc::new(addresses);
        let next = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let began = Instant::now();
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..AT_ONCE {
            let (client, addresses, next, token) =
                (client.clone(), addresses.clone(), next.clone(), token.clone());
            workers.spawn(async move {
                loop {
                    let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(address) = addresses.get(index) else { return anyhow::Ok(()) };
                    let request = client.get(address).bearer_auth(&token);
                    let answer = request.header("accept", "application/vnd.github+json").send().await?;
                    ensure!(answer.status().is_success(), "{} for {address}", answer.status());
                    answer.bytes().await?;
                }
            });
        }
        while let Some(worker) = workers.join_next().await {
            worker??;
        }
        tracing::debug!(seconds = began.elapsed().as_secs_f64(), "the bare loop has ended");
        Ok(())
    })
}
