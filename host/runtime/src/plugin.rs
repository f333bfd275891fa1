//! A plugin: a component that was read, compiled and linked, and what it says of itself.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use sha2::{Digest, Sha256};
use wasmtime::component::Component;

use crate::{
    Doors, Ended, Failure, JOB_PACKAGE_VERSION, Limits, Sandboxes,
    bindings::JobPre,
    engine::Room,
    plain, run,
    sandbox::Inside,
    shape::{self, Shape},
};

/// The largest component that is read. A Python guest has 21 MB.
const LARGEST: u64 = 64 << 20;

/// So many unknown imports are told by name, each in so many bytes.
const NAMES: usize = 20;
const NAME: usize = 200;

/// A component, ready to run any number of times. Clones share it.
#[derive(Clone)]
pub struct Plugin {
    pub(crate) ready: Arc<Ready>,
}

pub(crate) struct Ready {
    pub(crate) job: JobPre<Inside>,
    pub(crate) room: Arc<Room>,
    inspection: Inspection,
}

/// What a component is, seen from outside: nothing of it was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// What it can ask for: names of interfaces, as in `seedbed:job/github@0.1.0`.
    pub imports: Vec<String>,
    /// What it offers.
    pub exports: Vec<String>,
    /// Bytes of the file.
    pub size: u64,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
}

/// What a job says of itself. Nothing of it is checked but its size: it is a stranger's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// JSON Schema of its parameters.
    pub params: String,
    /// The kinds of row that it emits.
    pub streams: Vec<StreamDescription>,
}

/// One kind of row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamDescription {
    /// Its name.
    pub name: String,
    /// JSON Schema of one row.
    pub schema: String,
    /// The columns that identify a row.
    pub primary_key: Vec<String>,
}

/// Why a file is no plugin that this host can run. The message does not repeat the file's name where the caller has it.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// There is no such file.
    #[error("{} does not exist", .0.display())]
    NotFound(PathBuf),
    /// It can't be read.
    #[error("can't read {}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// It is larger than any component that is accepted.
    #[error("it has {size} bytes; at most {largest} are read")]
    TooLarge {
        /// Its size, in bytes.
        size: u64,
        /// The most that is read, in bytes.
        largest: u64,
    },
    /// It is something else; says what.
    #[error("it is not a component: {0}")]
    NotAComponent(String),
    /// It asks for what this host does not offer.
    #[error("it asks for what this host does not offer: {}{}", imports.join(", "), hint(needs.as_deref()))]
    UnknownImports {
        /// What it asks for in vain.
        imports: Vec<String>,
        /// The version of `seedbed:job` that would offer it, where that is the cause.
        needs: Option<String>,
    },
    /// It is a component, but no job: an export is missing or has another type.
    #[error("it is a component, but not a job: {0}")]
    NotAJob(String),
    /// It is damaged, or no valid WebAssembly.
    #[error("it is not valid: {0}")]
    Invalid(String),
}

fn hint(needs: Option<&str>) -> String {
    needs.map_or_else(String::new, |version| {
        format!(
            "; it needs a host that speaks seedbed:job {version} or later, this one speaks {JOB_PACKAGE_VERSION}"
        )
    })
}

impl Sandboxes {
    /// Reads, checks, compiles (or takes from the cache of compiled code) and links a component. Blocks: compiling takes
    /// 50 ms for a small guest, seconds for a Python one. No code of the component runs.
    ///
    /// # Errors
    /// See [`LoadError`].
    pub fn load(&self, path: &Path) -> Result<Plugin, LoadError> {
        self.load_bytes(&read(path)?)
    }

    /// Like [`load`](Self::load), for a component that is in memory.
    ///
    /// # Errors
    /// See [`LoadError`].
    pub fn load_bytes(&self, bytes: &[u8]) -> Result<Plugin, LoadError> {
        let Shape { imports, exports } = shape::read(bytes)?;
        let unknown = shape::unknown(&imports);
        if !unknown.is_empty() {
            // Nothing is validated yet: names may hold anything, any number of times.
            let needs = shape::needed_version(&unknown).map(|version| plain::line(&version, NAME));
            let more = unknown.len().saturating_sub(NAMES);
            let mut imports: Vec<_> =
                unknown.iter().take(NAMES).map(|name| plain::line(name, NAME)).collect();
            imports.extend((more > 0).then(|| format!("and {more} more")));
            return Err(LoadError::UnknownImports { imports, needs });
        }
        for export in ["describe", "run"] {
            if !exports.iter().any(|name| name == export) {
                return Err(LoadError::NotAJob(format!(
                    "it does not export `{export}`, as the world seedbed:job/job wants"
                )));
            }
        }
        let sha256 = hex::encode(Sha256::digest(bytes));
        let room = Arc::clone(self.room());
        let component = compiled(&room, bytes, &sha256)?;
        let linked = room.linker.instantiate_pre(&component).map_err(|why| misfit(&imports, &why))?;
        let job = JobPre::new(linked).map_err(|why| LoadError::NotAJob(in_words(&why)))?;
        let inspection = Inspection { imports, exports, size: bytes.len() as u64, sha256 };
        Ok(Plugin { ready: Arc::new(Ready { job, room, inspection }) })
    }
}

impl Plugin {
    /// What it can ask for.
    #[must_use]
    pub fn inspect(&self) -> &Inspection {
        &self.ready.inspection
    }

    /// What it says of itself. Runs the guest, with every door shut and a second of computing.
    ///
    /// # Errors
    /// See [`Failure`]. Cancelling is dropping the future.
    pub async fn describe(&self) -> Result<Description, Failure> {
        run::describe(Arc::clone(&self.ready)).await
    }

    /// Runs the guest's `run` in a sandbox of its own, in a task of its own: many at once use all cores. Dropping the
    /// future ends the guest, at the latest after 10 ms of its computing.
    ///
    /// # Panics
    /// Outside a tokio runtime that has its timers on.
    pub async fn run(&self, params: String, doors: Doors, limits: Limits) -> Ended {
        run::run(Arc::clone(&self.ready), params, doors, limits).await
    }
}

fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
    let unreadable = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => LoadError::NotFound(path.to_owned()),
        _ => LoadError::Unreadable { path: path.to_owned(), why: e.to_string() },
    };
    // Asked before it is opened: opening a pipe waits for whoever writes to it.
    let about = std::fs::metadata(path).map_err(unreadable)?;
    if about.is_dir() {
        return Err(LoadError::NotAComponent(
            "it is a folder; `host build` makes a component of it".to_owned(),
        ));
    }
    if !about.is_file() {
        return Err(LoadError::NotAComponent("it is no plain file".to_owned()));
    }
    let file = File::open(path).map_err(unreadable)?;
    if about.len() > LARGEST {
        return Err(LoadError::TooLarge { size: about.len(), largest: LARGEST });
    }
    let mut bytes = Vec::new();
    // The size may be a lie (a pipe, a file that grows).
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(LoadError::TooLarge { size: bytes.len() as u64, largest: LARGEST });
    }
    Ok(bytes)
}

fn compiled(room: &Room, bytes: &[u8], sha256: &str) -> Result<Component, LoadError> {
    let kept = room.cache.as_ref().and_then(|cache| cache.load(&room.engine, sha256));
    if let Some(component) = kept {
        return Ok(component);
    }
    let component =
        Component::from_binary(&room.engine, bytes).map_err(|why| LoadError::Invalid(in_words(&why)))?;
    if let Some(cache) = &room.cache {
        cache.store(&component, sha256);
    }
    Ok(component)
}

/// A component whose interfaces are known by name, but not all of their functions, or not with these types.
fn misfit(imports: &[String], why: &wasmtime::Error) -> LoadError {
    LoadError::UnknownImports { imports: vec![in_words(why)], needs: shape::needed_version(imports) }
}

fn in_words(error: &wasmtime::Error) -> String {
    crate::plain::line(&format!("{error:#}"), 600)
}
