//! What a run leaves for the next one, in the job's checkpoint.

use std::collections::BTreeMap;

use seedbed_sdk::{Host, Level, Time};
use serde::{Deserialize, Serialize};

use crate::coverage::Coverage;
use crate::params::Wanted;

const VERSION: u32 = 1;

/// The state of one task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct State {
    version: u32,
    /// When the run that wrote this began, in seconds since the Unix epoch.
    written_by: u64,
    /// What that run read: another question starts over.
    wanted: Wanted,
    /// The repository's id: a name can pass to another repository.
    repository: i64,
    /// Which part of the list is read.
    pub(crate) coverage: Coverage,
    /// Pull requests to read wherever they stand in the list, number to id: their reading failed, or was cut off.
    pub(crate) due: BTreeMap<i64, i64>,
    /// Pull requests whose check runs may still change, number to id. That moves no `updated_at`, so they are read again
    /// by each run.
    pub(crate) watched: BTreeMap<i64, i64>,
}

impl State {
    /// The state to go on from, or a new one.
    pub(crate) fn resume(host: &impl Host, wanted: &Wanted, repository: i64) -> Self {
        let fresh = Self {
            version: VERSION,
            written_by: host.now(),
            wanted: wanted.clone(),
            repository,
            coverage: Coverage::default(),
            due: BTreeMap::new(),
            watched: BTreeMap::new(),
        };
        let Some(text) = host.resume() else { return fresh };
        let mut state = match serde_json::from_str::<Self>(&text) {
            Ok(state) if state.version == VERSION => state,
            Ok(_) => {
                host.log(Level::Warn, "the checkpoint is of another version of this job: starting over");
                return fresh;
            }
            Err(error) => {
                host.log(Level::Warn, &format!("the checkpoint can't be read, starting over: {error}"));
                return fresh;
            }
        };
        if state.wanted != *wanted || state.repository != repository {
            host.log(Level::Info, "the checkpoint is of another question: starting over");
            return fresh;
        }
        state.coverage.doubt_since(&Time::from_unix(state.written_by));
        state.written_by = host.now();
        if state.coverage.is_whole() {
            state.due.extend(&state.watched);
        }
        state
    }

    /// The text for the checkpoint.
    pub(crate) fn to_text(&self) -> String {
        // A struct of numbers, texts and maps with integer keys: there is nothing that could fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}
