//! The commit file, `_seedbed.json`: what of the folder is committed. Small, and always replaced as a whole.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};

use crate::{OpenError, sink::Shape};

const NAME: &str = "_seedbed.json";
const NEW: &str = "_seedbed.json.new";
const LAYOUT: u32 = 1;

/// What is committed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Commit {
    layout: u32,
    /// By name. Streams of other jobs in the same folder stay in here.
    pub(super) streams: BTreeMap<String, Logged>,
    /// States, by job and task.
    tasks: BTreeMap<String, BTreeMap<String, String>>,
}

/// What is committed of one log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Logged {
    /// Bytes.
    pub(super) length: u64,
    #[serde(flatten)]
    pub(super) shape: Shape,
}

impl Default for Commit {
    fn default() -> Self {
        Commit { layout: LAYOUT, streams: BTreeMap::new(), tasks: BTreeMap::new() }
    }
}

impl Commit {
    /// The folder's commit; `None` where there never was one.
    pub(super) fn read(folder: &Path) -> Result<Option<Commit>, OpenError> {
        let path = folder.join(NAME);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(OpenError::Unwritable { path, reason: e.to_string() }),
        };
        // The layout first: a newer one may have other fields.
        #[derive(Deserialize)]
        struct Layout {
            layout: u32,
        }
        let damaged = |e: serde_json::Error| OpenError::Damaged { path: path.clone(), reason: e.to_string() };
        let Layout { layout } = serde_json::from_slice(&bytes).map_err(damaged)?;
        if layout != LAYOUT {
            return Err(OpenError::OtherSchema {
                path,
                reason: format!("its layout is {layout}, this seedbed knows {LAYOUT}"),
                help: "use the seedbed that wrote it, or name another path".to_owned(),
            });
        }
        serde_json::from_slice(&bytes).map(Some).map_err(damaged)
    }

    /// Makes this the folder's commit, durably. Everything it speaks of has to be on disk already.
    pub(super) fn write(&self, folder: &Path) -> Result<(), WriteError> {
        let write_new = || -> io::Result<()> {
            let mut file = File::create(folder.join(NEW))?;
            file.write_all(&serde_json::to_vec(self)?)?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            fs::rename(folder.join(NEW), folder.join(NAME))
        };
        write_new().map_err(WriteError::Before)?;
        // The rename itself, and the names of logs made at this opening.
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(WriteError::After)
    }

    /// Forgets all rows and states, and keeps the streams: their logs are ours to cut.
    pub(super) fn start_over(&mut self) {
        self.tasks.clear();
        for logged in self.streams.values_mut() {
            logged.length = 0;
        }
    }

    pub(super) fn length(&self, stream: &str) -> u64 {
        self.streams.get(stream).map_or(0, |logged| logged.length)
    }

    pub(super) fn set_length(&mut self, stream: &str, length: u64) {
        if let Some(logged) = self.streams.get_mut(stream) {
            logged.length = length;
        }
    }

    pub(super) fn state(&self, job: &str, task: &str) -> Option<&str> {
        Some(self.tasks.get(job)?.get(task)?)
    }

    pub(super) fn set_state(&mut self, job: &str, task: &str, state: &str) {
        self.tasks.entry(job.to_owned()).or_default().insert(task.to_owned(), state.to_owned());
    }
}

/// Why a commit file was not replaced, or perhaps was.
#[derive(Debug)]
pub(super) enum WriteError {
    /// The old one stands.
    Before(io::Error),
    /// The new one stands, but a power cut may bring the old one back.
    After(io::Error),
}

impl WriteError {
    pub(super) fn may_have_happened(&self) -> bool {
        matches!(self, WriteError::After(_))
    }

    pub(super) fn as_io(&self) -> &io::Error {
        match self {
            WriteError::Before(e) | WriteError::After(e) => e,
        }
    }

    pub(super) fn into_io(self) -> io::Error {
        match self {
            WriteError::Before(e) | WriteError::After(e) => e,
        }
    }
}
