//! The most memory that the main job has at once.

use std::process::Child;
use std::time::Duration;

use github_sim::Sim;
use seedbed_tests::program::Desk;

pub(crate) fn measure(sim: &Sim) -> anyhow::Result<()> {
    let desk = Desk::at(sim);
    for api in ["graphql", "rest"] {
        desk.job("antiwork/gumroad", &format!("max_prs = 1000\napi = \"{api}\""));
        let mut run = desk.run();
        run.args(["--fresh", "--progress", "none"]);
        let mut child = run.spawn()?;
        let mut peak = None;
        while child.try_wait()?.is_none() {
            peak = high_water_mark(&child).or(peak);
            std::thread::sleep(Duration::from_millis(5));
        }
        desk.wait(child).expect_code(0);
        match peak {
            Some(kilobytes) => {
                println!(
                    "peak memory of the main job, {api}: {} MB (aim below 150)",
                    kilobytes * 1_024 / 1_000_000
                );
            }
            None => println!("peak memory of the main job, {api}: not told by this system"),
        }
    }
    Ok(())
}

/// The kernel's own mark, in units of 1,024 bytes; only Linux keeps it where another process can read it.
fn high_water_mark(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
