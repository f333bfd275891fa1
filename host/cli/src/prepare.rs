//! From manifests to jobs that can run. In the order in which mistakes are cheapest to tell: manifests, plugins,
//! parameters, sinks. Asks GitHub nothing.

use std::path::{Path, PathBuf};

use seedbed_records::{OpenError, Store, Stream};
use seedbed_runtime::{Description, LoadError, Plugin, Sandboxes, Settings};

use crate::exit::Failure;
use crate::manifest::Manifest;
use crate::plan::{self, Override, TaskPlan};
use crate::{paths, terminal};

/// A job whose plugin is loaded and whose parameters are right.
pub(crate) struct Job {
    /// The manifest.
    pub(crate) manifest: Manifest,
    /// The component's file.
    pub(crate) component: PathBuf,
    /// The component.
    pub(crate) plugin: Plugin,
    /// What the plugin says of itself.
    pub(crate) description: Description,
    /// Its streams.
    pub(crate) streams: Vec<Stream>,
    /// What is to be run.
    pub(crate) tasks: Vec<TaskPlan>,
}

/// Reads all manifests.
///
/// # Errors
/// All mistakes of all of them.
pub(crate) fn manifests(paths: &[PathBuf]) -> Result<Vec<Manifest>, Failure> {
    let (mut manifests, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match Manifest::read(path) {
            Ok(manifest) => manifests.push(manifest),
            Err(mistakes) => problems.extend(mistakes),
        }
    }
    for (at, manifest) in manifests.iter().enumerate() {
        let sink = place(manifest.sink.spec.path());
        if let Some(other) = manifests[..at].iter().find(|other| place(other.sink.spec.path()) == sink) {
            let message = format!("the jobs `{}` and `{}` have the same sink", other.name, manifest.name);
            problems.push(manifest.problem(manifest.sink.at.clone(), message).help("give each job its own"));
        }
    }
    if problems.is_empty() { Ok(manifests) } else { Err(problems.into()) }
}

/// The sandboxes of this program, with the user's cache of compiled code.
///
/// # Errors
/// The system can't run WebAssembly.
pub(crate) fn sandboxes() -> Result<Sandboxes, Failure> {
    let settings = Settings { code_cache: paths::code_cache() };
    Sandboxes::new(settings)
        .map_err(|error| anyhow::Error::from(error).context("can't set up the sandbox").into())
}

/// Loads a job's plugin and lays out its tasks.
///
/// # Errors
/// What is wrong with the plugin or its parameters.
pub(crate) async fn job(
    manifest: Manifest,
    sandboxes: &Sandboxes,
    overrides: &[Override],
    build: bool,
) -> Result<Job, Failure> {
    let component = component(&manifest, build)?;
    let plugin = sandboxes.load(&component).map_err(|error| not_loaded(&manifest, &component, error))?;
    let description = plugin.describe().await.map_err(|failure| {
        let shown = component.display();
        Failure::Failed(anyhow::anyhow!("{shown} can't say what it is: {failure}"))
    })?;
    let at = manifest.plugin.span();
    let schema = serde_json::from_str(&description.params).map_err(|error| {
        manifest.problem(at.clone(), format!("the plugin's schema of its parameters is no JSON: {error}"))
    })?;
    let tasks = plan::tasks(&manifest, overrides, &schema)?;
    let (mut streams, mut problems) = (Vec::new(), Vec::new());
    for stream in &description.streams {
        match Stream::new(&stream.name, &stream.schema, stream.primary_key.clone()) {
            Ok(stream) => streams.push(stream),
            Err(error) => problems.push(manifest.problem(at.clone(), format!("the plugin's {error}"))),
        }
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    Ok(Job { manifest, component, plugin, description, streams, tasks })
}

/// Opens a job's sink and takes its lock.
///
/// # Errors
/// Exit 2 where the manifest names a wrong place; exit 1 where another run holds it, or it is damaged.
pub(crate) fn store(job: &Job, fresh: bool) -> Result<Store, Failure> {
    open(job, fresh).map_err(|error| not_opened(job, error))
}

fn open(job: &Job, fresh: bool) -> Result<Store, OpenError> {
    Store::open(&job.manifest.sink.spec, &job.manifest.name, job.streams.clone(), fresh)
}

fn not_opened(job: &Job, error: OpenError) -> Failure {
    match error {
        OpenError::Locked { .. } | OpenError::Damaged { .. } => Failure::Failed(error.into()),
        _ => job.manifest.problem(job.manifest.sink.at.clone(), error.to_string()).into(),
    }
}

/// Whether a job's sink can be opened at all; nothing in it changes.
///
/// # Errors
/// As of [`store`]; but not another shape or damage, which a fresh start mends or tells.
pub(crate) fn openable(job: &Job) -> Result<(), Failure> {
    match open(job, false) {
        Err(error @ (OpenError::Locked { .. } | OpenError::Unwritable { .. })) => Err(not_opened(job, error)),
        _ => Ok(()),
    }
}

/// The component that a manifest names, built if it is a folder and the user said so.
fn component(manifest: &Manifest, build: bool) -> Result<PathBuf, Failure> {
    let named = manifest.plugin.get_ref();
    let shown = named.display();
    let problem = |message: String| manifest.problem(manifest.plugin.span(), message);
    if !named.is_dir() {
        return if named.exists() {
            Ok(named.clone())
        } else {
            Err(problem(format!("the plugin {shown} does not exist")).into())
        };
    }
    if build {
        return Ok(built(named)?);
    }
    let component = seedbed_build::component_path(named);
    if component.exists() {
        return Ok(component);
    }
    let help = format!("build it with `host build {shown}`, or give --build");
    Err(problem(format!("the plugin {shown} is not built yet")).help(help).into())
}

/// Builds a plugin's folder.
///
/// # Errors
/// It does not build; the text says what is missing.
pub(crate) fn built(folder: &Path) -> anyhow::Result<PathBuf> {
    let built = seedbed_build::build(folder, &mut |line| terminal::say(format_args!("{line}")))?;
    let (component, seconds) = (built.component.display(), built.seconds);
    terminal::say(format_args!("built {component} in {seconds:.1} s"));
    Ok(built.component)
}

fn not_loaded(manifest: &Manifest, component: &Path, error: LoadError) -> Failure {
    let message = format!("can't use the plugin {}: {error}", component.display());
    manifest.problem(manifest.plugin.span(), message).into()
}

/// A path by which two sinks can be compared, whether they exist yet or not.
fn place(path: &Path) -> PathBuf {
    if let Ok(whole) = path.canonicalize() {
        return whole;
    }
    let name = path.file_name().map(PathBuf::from).unwrap_or_default();
    path.parent()
        .and_then(|folder| folder.canonicalize().ok())
        .map_or(path.to_owned(), |folder| folder.join(name))
}
