//! From the start of the program to its first request, with compiled code in the cache.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use github_sim::Sim;
use seedbed_tests::program::Desk;

use crate::median;

const STARTS: usize = 7;

pub(crate) fn measure(sim: &Sim) -> anyhow::Result<()> {
    let desk = Desk::at(sim);
    desk.job("antiwork/gumroad", "max_prs = 1");
    let mut times = Vec::new();
    // The first one may have to compile.
    for counted in (0..=STARTS).map(|run| run > 0) {
        sim.restart_ledger();
        let began = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64() * 1_000.0;
        let mut run = desk.run();
        run.args(["--fresh", "--progress", "none"]);
        desk.finish(run).expect_code(0);
        let first = sim.log().iter().map(|entry| entry.at).min().context("no request arrived")?;
        if counted {
            times.push(first as f64 - began);
        }
    }
    println!("start to first request, warm: {:.0} ms (aim 50), median of {STARTS}", median(times));
    Ok(())
}
