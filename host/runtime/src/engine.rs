//! The one place that builds a wasmtime configuration, and what all sandboxes of a process share: the engine with its
//! ticker, and the linker.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread::JoinHandle,
    time::Duration,
};

use wasmtime::{Config, Engine, WasmBacktraceDetails, component::Linker};

use crate::{bindings::Job, cache::CodeCache, host::Answering, sandbox::Inside, wasi};

/// How often a computing guest comes back to be looked at. A guest that spins can go over its budget by this much.
const TICK: Duration = Duration::from_millis(10);

/// What sandboxes are made with.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// A folder for compiled code, private to this user; it is made if it is missing. `None`: compile every time.
    pub code_cache: Option<PathBuf>,
}

/// Sandboxes could not be set up at all.
#[derive(Debug, thiserror::Error)]
#[error("can't set up the sandbox: {0}")]
pub struct SetupError(String);

impl SetupError {
    fn because(error: impl std::fmt::Display) -> Self {
        Self(format!("{error:#}"))
    }
}

/// Where plugins are loaded and run. One is enough for a process; clones share it.
#[derive(Clone)]
pub struct Sandboxes {
    room: Arc<Room>,
}

/// What every plugin and every sandbox share.
pub(crate) struct Room {
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<Inside>,
    pub(crate) cache: Option<CodeCache>,
    _ticker: Ticker,
}

impl Sandboxes {
    /// # Errors
    /// Where the machine can't run compiled WebAssembly, or no thread can be started. A code cache that can't be used is
    /// no error: it is told through `tracing`, and code is compiled each time.
    pub fn new(settings: Settings) -> Result<Self, SetupError> {
        let engine = Engine::new(&config()).map_err(SetupError::because)?;
        let mut linker = Linker::new(&engine);
        wasi::link(&mut linker).map_err(SetupError::because)?;
        Job::add_to_linker::<Inside, Answering>(&mut linker, |inside| inside).map_err(SetupError::because)?;
        let cache = settings.code_cache.and_then(|folder| CodeCache::open(folder, &engine));
        let ticker = Ticker::start(engine.clone()).map_err(SetupError::because)?;
        Ok(Self { room: Arc::new(Room { engine, linker, cache, _ticker: ticker }) })
    }

    pub(crate) fn room(&self) -> &Arc<Room> {
        &self.room
    }
}

/// The configuration that all code is compiled and run with.
///
/// Memory is allocated on demand, not from a pool. A pool is 14 us faster at making a sandbox, but its size is fixed
/// beforehand: the 1,001st task would fail, and the largest component decides how much every small one reserves. A job
/// spends seconds in its sandbox, and fresh pages from the system can't hold what the guest before left behind.
fn config() -> Config {
    let mut config = Config::new();
    config.epoch_interruption(true);
    // Function names and lines are for authors; they are looked up only when a guest fails.
    config.wasm_backtrace_details(WasmBacktraceDetails::Enable);
    // A replayed run has to compute the same numbers on every machine.
    config.cranelift_nan_canonicalization(true);
    config.relaxed_simd_deterministic(true);
    config.wasm_memory64(false);
    config
}

/// Counts the engine's epoch up every [`TICK`]; the thread ends when this is dropped.
struct Ticker {
    alive: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    fn start(engine: Engine) -> std::io::Result<Self> {
        let (alive, ended) = mpsc::channel();
        let tick = move || {
            while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                engine.increment_epoch();
            }
        };
        let thread = std::thread::Builder::new().name("guest-ticker".to_owned()).spawn(tick)?;
        Ok(Self { alive: Some(alive), thread: Some(thread) })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        drop(self.alive.take());
        if let Some(thread) = self.thread.take() {
            // It ends at once, and has nothing to tell.
            let _ = thread.join();
        }
    }
}
