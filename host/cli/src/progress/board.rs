//! Where running tasks leave word of how far they are, and where displays look.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use seedbed_github::Client;

use super::view::{Running, Tasks, View, Work, quotas};
/// A guest may name any number of pieces of work; the display shows this many of a task.
const MOST_WORKS: usize = 6;

/// One run's tasks.
pub(crate) struct Board {
    started: Instant,
    client: Client,
    tasks: Mutex<Vec<Arc<Entry>>>,
}

/// One task on the board.
pub(crate) struct Entry {
    name: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    stage: Stage,
    records: Option<seedbed_records::Task>,
    rows: u64,
    works: BTreeMap<String, (u64, Option<u64>)>,
}

#[derive(Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Waiting,
    Running,
    Done,
}

impl Board {
    /// An empty board.
    pub(crate) fn new(client: Client) -> Self {
        Self { started: Instant::now(), client, tasks: Mutex::default() }
    }

    /// Puts a task on the board.
    pub(crate) fn add(&self, name: String) -> Arc<Entry> {
        let entry = Arc::new(Entry { name, state: Mutex::default() });
        held(&self.tasks).push(Arc::clone(&entry));
        entry
    }

    /// The run as it is now. May wait for a checkpoint that is being written: not for an async thread.
    pub(crate) fn view(&self) -> View {
        let entries = held(&self.tasks).clone();
        let mut tasks = Tasks { total: entries.len(), ..Tasks::default() };
        let (mut rows, mut running) = (0, Vec::new());
        for entry in &entries {
            rows += entry.rows();
            let state = held(&entry.state);
            match state.stage {
                Stage::Waiting => {}
                Stage::Done => tasks.done += 1,
                Stage::Running => {
                    tasks.running += 1;
                    running.push(Running { task: entry.name.clone(), works: works(&state.works) });
                }
            }
        }
        let elapsed_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let requests = self.client.totals().requests;
        View { elapsed_ms, tasks, rows, requests, quota: quotas(&self.client.pool().snapshot()), running }
    }
}

impl Entry {
    /// The task's sandbox runs, and its rows are counted there.
    pub(crate) fn began(&self, records: seedbed_records::Task) {
        let mut state = held(&self.state);
        state.stage = Stage::Running;
        state.records = Some(records);
    }

    /// The task ended with this many rows.
    pub(crate) fn ended(&self, rows: u64) {
        let mut state = held(&self.state);
        *state = State { stage: Stage::Done, rows, ..State::default() };
    }

    /// The guest says how far a piece of work is.
    pub(crate) fn update(&self, label: &str, done: u64, total: Option<u64>) {
        let mut state = held(&self.state);
        if state.works.contains_key(label) || state.works.len() < MOST_WORKS {
            state.works.insert(label.to_owned(), (done, total));
        }
    }

    fn rows(&self) -> u64 {
        let records = {
            let state = held(&self.state);
            match &state.records {
                Some(records) => records.clone(),
                None => return state.rows,
            }
        };
        // Outside the lock: counting may wait for a checkpoint, and the guest's `update` must not.
        records.counts().values().sum()
    }
}

fn works(works: &BTreeMap<String, (u64, Option<u64>)>) -> Vec<Work> {
    works
        .iter()
        .map(|(label, (done, total))| Work { label: label.clone(), done: *done, total: *total })
        .collect()
}

/// What a panicking thread left is still worth showing.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
