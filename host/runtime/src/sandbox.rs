//! One sandbox: a store, what is inside it, and the counters that bound it.

use std::{
    collections::HashSet,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use wasmtime::{Engine, Store, UpdateDeadline, component::ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::{Doors, Limits, host::TooMuch, journal::Journal, memory::Memory, wasi};

/// What the calls of one guest can reach on the host's side.
pub(crate) struct Inside {
    pub(crate) doors: Doors,
    pub(crate) journal: Journal,
    pub(crate) memory: Memory,
    pub(crate) table: ResourceTable,
    /// The different names that the guest gave its pieces of work.
    pub(crate) labels: HashSet<String>,
    pub(crate) pagers: u32,
    pub(crate) limits: Limits,
    under_way: Arc<UnderWay>,
    wasi: WasiCtx,
    passing: wasi::Passing,
}

/// Resources of WASI (streams, pollables) that a guest may hold.
const WASI_RESOURCES: usize = 4_096;
/// Handles of the component model (its own resources, tasks, waitables) beside those of calls under way.
const OTHER_HANDLES: usize = 16_384;

impl Inside {
    /// A store for one guest. `seed` is what its randomness comes from.
    pub(crate) fn store(engine: &Engine, doors: Doors, limits: Limits, seed: &str) -> Store<Self> {
        let journal = Journal::new(Arc::clone(&doors.log), limits.log_lines, limits.log_bytes);
        let calls = limits.calls_outstanding as usize;
        let mut table = ResourceTable::new();
        table.set_max_capacity(WASI_RESOURCES.saturating_add(limits.pagers as usize));
        let passing = wasi::Passing::begin();
        let inside = Self {
            wasi: wasi::nothing(&journal, doors.clock, &passing, seed),
            passing,
            memory: Memory::new(limits.memory),
            labels: HashSet::new(),
            pagers: 0,
            under_way: Arc::default(),
            doors,
            journal,
            table,
            limits,
        };
        let at_once = usize::try_from(inside.at_once()).unwrap_or(usize::MAX);
        let mut store = Store::new(engine, inside);
        store.limiter(|inside| &mut inside.memory);
        store.set_hostcall_fuel(at_once);
        // A call under way has a task, a handle and perhaps a place in a set of waitables.
        store.set_max_component_handles(OTHER_HANDLES.saturating_add(calls.saturating_mul(2)));
        if let Some(tasks) = store.concurrent_resource_table() {
            tasks.set_max_capacity(OTHER_HANDLES.saturating_add(calls.saturating_mul(4)));
        }
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
        store
    }

    /// Bytes that the guest may hand over in one call. What the host hands to the guest is not bounded here (wasmtime's
    /// limit is for the one direction only): an answer's size is bounded by the client, and the guest's memory by its own.
    pub(crate) fn at_once(&self) -> u64 {
        self.limits.call_bytes / 2
    }

    /// What the clocks of WASI need.
    pub(crate) fn passing_time(&mut self) -> wasi::View<'_> {
        wasi::View { clock: &self.passing, table: &mut self.table }
    }

    /// Begins a call through a door that hands over `bytes`; it is under way until the returned value is dropped.
    ///
    /// # Errors
    /// A trap, if the guest has too much under way.
    pub(crate) fn begin(
        &self,
        door: &'static str,
        detail: impl fmt::Display,
        bytes: usize,
    ) -> wasmtime::Result<UnderWayCall> {
        self.journal.called(format_args!("{door} {detail}"));
        let call = UnderWayCall { bytes: bytes as u64, all: Arc::clone(&self.under_way) };
        let calls = call.all.calls.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let held = call.all.bytes.fetch_add(call.bytes, Ordering::Relaxed).saturating_add(call.bytes);
        if calls > self.limits.calls_outstanding {
            return Err(TooMuch {
                what: "calls under way",
                budget: self.limits.calls_outstanding.into(),
                advice: "await some before making more",
            }
            .into());
        }
        if held > self.limits.call_bytes {
            return Err(TooMuch {
                what: "bytes handed over in calls under way",
                budget: self.limits.call_bytes,
                advice: "await some before making more, or hand over less at once",
            }
            .into());
        }
        Ok(call)
    }
}

#[derive(Default)]
struct UnderWay {
    calls: AtomicU32,
    bytes: AtomicU64,
}

/// One call under way. Dropping it, also when the guest has lost interest, makes room for another.
pub(crate) struct UnderWayCall {
    bytes: u64,
    all: Arc<UnderWay>,
}

impl Drop for UnderWayCall {
    fn drop(&mut self) {
        self.all.calls.fetch_sub(1, Ordering::Relaxed);
        self.all.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl WasiView for Inside {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}
