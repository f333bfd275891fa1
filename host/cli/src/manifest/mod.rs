//! A job's manifest: TOML in, a checked value or a list of mistakes out.
//!
//! Nothing is loaded, built or asked here, so that a mistake in the manifest is told before anything else happens.

mod github;
mod limits;
mod params;
mod problem;
mod reading;
mod sink;
#[cfg(test)]
mod tests;
pub(crate) mod unit;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::NamedSource;
use toml::Spanned;
use toml::de::DeTable;

pub(crate) use github::{GitHub, OnExhausted};
pub(crate) use limits::Limits;
pub(crate) use params::{Axis, Params, pointer_token};
pub(crate) use problem::{Problem, Source};
pub(crate) use sink::Sink;

use crate::paths;
use reading::{Reading, Section};

/// A manifest longer than this is something else.
const LONGEST: u64 = 1 << 20;

/// One job.
#[derive(Debug, Clone)]
pub(crate) struct Manifest {
    /// The text, for messages about it.
    pub(crate) source: Source,
    /// The job's name: the sink knows it by this.
    pub(crate) name: String,
    /// A folder to build, or a component; relative to the manifest.
    pub(crate) plugin: Spanned<PathBuf>,
    /// One task for each combination.
    pub(crate) matrix: Vec<Axis>,
    /// The same for each task.
    pub(crate) params: Params,
    /// The way to GitHub.
    pub(crate) github: GitHub,
    /// One task's limits.
    pub(crate) limits: Limits,
    /// Where the rows go.
    pub(crate) sink: Sink,
}

impl Manifest {
    /// Reads the manifest at `path`.
    ///
    /// # Errors
    /// Every mistake in it, in the order of the text; or the one that it can't be read.
    pub(crate) fn read(path: &Path) -> Result<Self, Vec<Problem>> {
        let text = text_of(path).map_err(|problem| vec![problem])?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        Self::parse(&path.display().to_string(), text, folder)
    }

    /// Reads a manifest's text; `name` stands in messages, paths are relative to `folder`.
    fn parse(name: &str, text: String, folder: &Path) -> Result<Self, Vec<Problem>> {
        let source: Source = Arc::new(NamedSource::new(name, text));
        let document = DeTable::parse(source.inner()).map_err(|error| vec![not_toml(&source, &error)])?;
        let reading = Reading::of(&source);
        let read = read_top(&reading, document.get_ref(), folder);
        let mut problems = reading.problems();
        match read {
            Some(manifest) if problems.is_empty() => Ok(manifest),
            _ => {
                if problems.is_empty() {
                    problems.push(Problem::new(format!("{name} is no manifest")));
                }
                Err(problems)
            }
        }
    }

    /// A mistake at `at` of this manifest.
    pub(crate) fn problem(&self, at: std::ops::Range<usize>, message: impl Into<String>) -> Problem {
        Problem::at(&self.source, at, message)
    }
}

fn read_top(reading: &Reading, table: &DeTable<'_>, folder: &Path) -> Option<Manifest> {
    let top = Section::top(reading, table);
    let name = top.parsed("name", job_name);
    let plugin = top.string("plugin").filter(|path| {
        let empty = path.get_ref().is_empty();
        if empty {
            reading.wrong(reading.problem(path.span(), "`plugin` is empty"));
        }
        !empty
    });
    if name.is_none() {
        top.missing("name", "name = \"my-job\"");
    }
    if plugin.is_none() {
        top.missing("plugin", "plugin = \"../plugins/pull-requests\"");
    }
    let matrix = top.section("matrix").map(|section| params::read_matrix(&section)).unwrap_or_default();
    let params = top.section("params").map(|section| params::read_params(&section)).unwrap_or_default();
    for axis in &matrix {
        if let Some(at) = params.keys.get(axis.key.get_ref()) {
            let message = format!("`{}` stands in [params] and in [matrix]", axis.key.get_ref());
            reading.wrong(reading.problem(at.clone(), message).label("here too").help("keep one of them"));
        }
    }
    let github = top.section("github").map_or_else(|| Some(GitHub::none()), GitHub::read);
    let limits = top.section("limits").map(Limits::read).unwrap_or_default();
    let sink = top.section("sink").map(|section| Sink::read(section, folder));
    if sink.is_none() {
        top.missing("sink", "[sink]");
    }
    top.finish();
    let plugin = plugin.map(|path| Spanned::new(path.span(), paths::within(folder, path.get_ref())));
    let source = Arc::clone(&reading.source);
    Some(Manifest {
        source,
        name: name?,
        plugin: plugin?,
        matrix,
        params,
        github: github?,
        limits,
        sink: sink??,
    })
}

fn job_name(text: &str) -> Result<String, String> {
    let usable = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.len() > 100 || !text.chars().all(usable) {
        return Err("expected a name of letters, digits, `-`, `_` and `.`, such as \"gumroad\"".to_owned());
    }
    Ok(text.to_owned())
}

fn text_of(path: &Path) -> Result<String, Problem> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| {
        let problem = Problem::new(format!("can't read the manifest {shown}: {error}"));
        match error.kind() {
            std::io::ErrorKind::IsADirectory => problem.help("name a file, such as jobs/gumroad.toml"),
            _ => problem,
        }
    };
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    if length > LONGEST {
        return Err(Problem::new(format!("{shown} is no manifest: it is larger than 1 MiB")));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes)
        .map_err(|_| Problem::new(format!("{shown} is no manifest: it is not UTF-8 text")))
}

fn not_toml(source: &Source, error: &toml::de::Error) -> Problem {
    let message = format!("{} is not valid TOML: {}", source.name(), error.message());
    match error.span() {
        Some(at) => Problem::at(source, at, message),
        None => Problem::new(message),
    }
}
