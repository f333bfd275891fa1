//! The receipt: what a run did and cost, as JSON. Holds masks, never a token.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use seedbed_github::Totals;
use serde::Serialize;
use serde_json::{Map, Value};
use tempfile::NamedTempFile;

use crate::manifest::Problem;
use crate::outcome::{Gap, JobReport, Outcome, TaskReport};

/// What a run did and cost.
#[derive(Debug, Serialize)]
pub(crate) struct Receipt<'a> {
    started_at: String,
    finished_at: String,
    jobs: Vec<Job<'a>>,
    github: &'a Totals,
}

#[derive(Debug, Serialize)]
struct Job<'a> {
    job: &'a str,
    outcome: Outcome,
    retry_at: Option<u64>,
    tasks: Vec<Task<'a>>,
}

#[derive(Debug, Serialize)]
struct Task<'a> {
    params: &'a Map<String, Value>,
    outcome: Outcome,
    gaps: &'a [Gap],
    unresolved: &'a [String],
    rows: &'a BTreeMap<String, u64>,
    requests: u64,
    guest_cpu_ms: u64,
    peak_memory_bytes: u64,
}

impl<'a> Receipt<'a> {
    /// The receipt of a run.
    pub(crate) fn of(
        (started, finished): (jiff::Timestamp, jiff::Timestamp),
        jobs: &'a [JobReport],
        github: &'a Totals,
    ) -> Self {
        Self {
            started_at: format!("{started:.0}"),
            finished_at: format!("{finished:.0}"),
            jobs: jobs.iter().map(Job::of).collect(),
            github,
        }
    }
}

impl<'a> Job<'a> {
    fn of(report: &'a JobReport) -> Self {
        Self {
            job: &report.job,
            outcome: report.outcome(),
            retry_at: report.retry_at(),
            tasks: report.tasks.iter().map(Task::of).collect(),
        }
    }
}

impl<'a> Task<'a> {
    fn of(report: &'a TaskReport) -> Self {
        Self {
            params: &report.params,
            outcome: report.outcome,
            gaps: &report.gaps,
            unresolved: &report.unresolved,
            rows: &report.rows,
            requests: report.requests,
            guest_cpu_ms: u64::try_from(report.guest_cpu.as_millis()).unwrap_or(u64::MAX),
            peak_memory_bytes: report.peak_memory,
        }
    }
}

/// A place for the receipt, opened before the run so that a run of hours does not end without one.
pub(crate) struct Place {
    path: PathBuf,
    out: Out,
}

enum Out {
    /// A file beside the destination, which takes its place once it is whole.
    Beside(NamedTempFile),
    /// A pipe or a device, which is written to and never replaced.
    Straight(File),
}

impl Place {
    /// # Errors
    /// Nothing can be written there.
    pub(crate) fn open(path: &Path) -> Result<Self, Problem> {
        let told = |why: String| Problem::new(format!("can't write the receipt {}: {why}", path.display()));
        if path.is_dir() {
            return Err(told("it is a folder".to_owned()));
        }
        if path.metadata().is_ok_and(|there| !there.is_file()) {
            let file = File::options().write(true).open(path).map_err(|error| told(error.to_string()))?;
            return Ok(Self { path: path.to_owned(), out: Out::Straight(file) });
        }
        // A symbolic link stays one.
        let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
        // Beside its destination, so that the rename stays on one file system and is atomic.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::Builder::new()
            .prefix(".receipt-")
            .tempfile_in(folder)
            .map_err(|error| told(error.to_string()))?;
        Ok(Self { path: path.to_owned(), out: Out::Beside(file) })
    }

    /// Writes the receipt: all of it, or none.
    pub(crate) fn write(self, receipt: &Receipt<'_>) -> anyhow::Result<()> {
        let Self { path, out } = self;
        let write = || -> anyhow::Result<()> {
            let mut text = serde_json::to_vec_pretty(receipt)?;
            text.push(b'\n');
            match out {
                Out::Straight(mut file) => file.write_all(&text)?,
                Out::Beside(mut file) => {
                    file.write_all(&text)?;
                    file.as_file().sync_all()?;
                    file.persist(&path)?;
                }
            }
            Ok(())
        };
        write().with_context(|| format!("can't write the receipt {}", path.display()))
    }
}
