//! Runs the tasks of all jobs on one pool of credentials: so many sandboxes at once, the jobs taking turns.

use std::sync::Arc;

use seedbed_github::Client;
use seedbed_records::Store;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::manifest::OnExhausted;
use crate::outcome::{JobReport, Outcome, TaskReport};
use crate::plan::TaskPlan;
use crate::prepare::Job;
use crate::progress::{Board, Entry};
use crate::signals::Stop;
use crate::task::{self, Setting};

/// What all tasks share.
pub(crate) struct Run {
    /// The one client.
    pub(crate) client: Client,
    /// Whether the user wants it to end.
    pub(crate) stop: Stop,
    /// Where progress is told.
    pub(crate) board: Arc<Board>,
    /// The time that guests see, in seconds since the Unix epoch.
    pub(crate) now: u64,
    /// Sandboxes at once.
    pub(crate) parallel: usize,
    /// What to do when every credential is used up, if the command line says so.
    pub(crate) on_exhausted: Option<OnExhausted>,
}

/// Runs everything to its end.
pub(crate) async fn run(jobs: Vec<(Job, Store)>, run: &Run) -> Vec<JobReport> {
    let room = Arc::new(Semaphore::new(run.parallel));
    let mut running: JoinSet<(usize, usize, TaskReport)> = JoinSet::new();
    let settings: Vec<Arc<Setting>> =
        jobs.iter().map(|(job, store)| Arc::new(Setting::of(job, store.clone(), run))).collect();
    for (job, at) in turns(&jobs.iter().map(|(job, _)| job.tasks.len()).collect::<Vec<_>>()) {
        let plan = jobs[job].0.tasks[at].clone();
        let entry = run.board.add(plan.named(&jobs[job].0.manifest.name));
        let (setting, room, stop) = (Arc::clone(&settings[job]), Arc::clone(&room), run.stop.clone());
        running.spawn(async move {
            // The semaphore is never closed.
            let _place = room.acquire_owned().await;
            (job, at, one(&setting, plan, entry, stop).await)
        });
    }
    let mut ended: Vec<Vec<Option<TaskReport>>> =
        jobs.iter().map(|(job, _)| vec![None; job.tasks.len()]).collect();
    while let Some(task) = running.join_next().await {
        match task {
            Ok((job, at, report)) => ended[job][at] = Some(report),
            // Its report is missing, which the lines below turn into a failed task.
            Err(error) => tracing::error!("a task broke inside the host: {}", broken(&error)),
        }
    }
    jobs.iter()
        .zip(ended)
        .map(|((job, _), tasks)| JobReport {
            job: job.manifest.name.clone(),
            sink: job.manifest.sink.spec.path().display().to_string(),
            tasks: (job.tasks.iter().zip(tasks))
                .map(|(plan, report)| report.unwrap_or_else(|| task::unknown_end(plan)))
                .collect(),
        })
        .collect()
}

async fn one(setting: &Setting, plan: TaskPlan, entry: Arc<Entry>, stop: Stop) -> TaskReport {
    let report = task::run(setting, plan, Arc::clone(&entry), stop).await;
    entry.ended(report.rows.values().sum());
    if report.outcome == Outcome::Failed {
        tracing::debug!(task = report.label, "failed");
    }
    report
}

/// A panic's text may hold anything, so it is not repeated.
fn broken(error: &tokio::task::JoinError) -> &'static str {
    if error.is_panic() { "a panic, reported above" } else { "it was cancelled" }
}

/// The first task of each job, then the second of each: a job of a thousand tasks does not keep a small one waiting.
fn turns(tasks: &[usize]) -> impl Iterator<Item = (usize, usize)> + use<> {
    let mut turns: Vec<(usize, usize)> =
        tasks.iter().enumerate().flat_map(|(job, count)| (0..*count).map(move |at| (job, at))).collect();
    turns.sort_by_key(|(job, at)| (*at, *job));
    turns.into_iter()
}

#[cfg(test)]
mod tests {
    use super::turns;

    #[test]
    fn jobs_take_turns() {
        let order: Vec<_> = turns(&[3, 0, 1]).collect();
        assert_eq!(order, [(0, 0), (2, 0), (0, 1), (0, 2)]);
    }
}
