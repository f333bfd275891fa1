//! WASI 0.2 and 0.3, linked with nothing behind them.
//!
//! Guests of languages that bring a libc (Python) import WASI whether they use it or not. They find no files, no
//! arguments, no environment, no network and an empty standard input; what they print goes to the log. Clocks and
//! randomness are the task's own, so that a replayed run sees what the recorded one saw.

mod clocks;
mod output;
mod random;

pub(crate) use clocks::{Passing, View};

use std::time::Duration;

use wasmtime::component::Linker;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder};

use crate::{Level, journal::Journal, sandbox::Inside};

/// Randomness that a guest may ask for at once, in bytes.
const RANDOM_AT_ONCE: u64 = 1 << 20;

/// Links both versions.
pub(crate) fn link(linker: &mut Linker<Inside>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi::p3::add_to_linker(linker)?;
    clocks::link(linker)
}

/// What WASI grants: nothing.
pub(crate) fn nothing(journal: &Journal, clock: u64, passing: &Passing, seed: &str) -> WasiCtx {
    WasiCtxBuilder::new()
        .allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false)
        .stdout(output::Lines::new(journal.clone(), Level::Info))
        .stderr(output::Lines::new(journal.clone(), Level::Warn))
        .wall_clock(clocks::Fixed(Duration::from_secs(clock)))
        .monotonic_clock(passing.clone())
        .secure_random(random::Seeded::new("secure", seed))
        .insecure_random(random::Seeded::new("insecure", seed))
        .insecure_random_seed(random::Seeded::new("hash", seed).seed())
        .max_random_size(RANDOM_AT_ONCE)
        .build()
}
