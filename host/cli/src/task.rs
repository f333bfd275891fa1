//! One task, from its sandbox's start to its report.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use seedbed_github::{Budget, Client, Scoped, Usage};
use seedbed_records::Store;
use seedbed_runtime as runtime;
use seedbed_runtime::{Doors, LiveRecords, Plugin, Records};

use crate::logging;
use crate::manifest::{GitHub, Limits, OnExhausted};
use crate::outcome::{End, Gap, TaskReport, judge};
use crate::plan::TaskPlan;
use crate::prepare::Job;
use crate::progress::Entry;
use crate::schedule::Run;
use crate::signals::Stop;

/// What the tasks of one job share.
pub(crate) struct Setting {
    job: String,
    plugin: Plugin,
    store: Store,
    /// The job's view of GitHub, whose budget its tasks share.
    github: Scoped,
    limits: Limits,
    on_exhausted: OnExhausted,
    clock: u64,
}

impl Setting {
    pub(crate) fn of(job: &Job, store: Store, run: &Run) -> Self {
        let on_exhausted = run.on_exhausted.unwrap_or(job.manifest.github.on_exhausted);
        Self {
            job: job.manifest.name.clone(),
            plugin: job.plugin.clone(),
            store,
            github: scoped(&run.client, &job.manifest.github, on_exhausted, job.manifest.limits),
            limits: job.manifest.limits,
            on_exhausted,
            clock: run.now,
        }
    }
}

fn scoped(client: &Client, github: &GitHub, on_exhausted: OnExhausted, limits: Limits) -> Scoped {
    let patience = match on_exhausted {
        OnExhausted::Wait => limits.wall,
        OnExhausted::Partial | OnExhausted::Fail => Budget::default().patience,
    };
    // A guest that is told in time ends partial and keeps its rows; one that runs into the wall fails.
    let waits_end_after = Some(limits.wall.saturating_sub((limits.wall / 10).min(Duration::from_secs(30))));
    let GitHub { max_requests, max_points, in_flight, .. } = *github;
    client.scoped(
        github.grants.clone(),
        Budget { max_requests, max_points, in_flight, patience, waits_end_after },
    )
}

/// Runs the task until the guest returns, breaks or is stopped.
pub(crate) async fn run(setting: &Setting, plan: TaskPlan, entry: Arc<Entry>, stop: Stop) -> TaskReport {
    if stop.asked() {
        return report(plan, End::Stopped, setting.on_exhausted, Cost::default());
    }
    let (store, key) = (setting.store.clone(), plan.key.clone());
    let records = match blocking(move || store.task(&key)).await {
        Ok(records) => records,
        Err(why) => return report(plan, End::Broke(why), setting.on_exhausted, Cost::default()),
    };
    entry.began(records.clone());
    let scoped = setting.github.task();
    let task_name = plan.named(&setting.job);
    let word = Arc::new(Word { task: task_name.clone(), entry });
    let door = LiveRecords::new(records.clone());
    let doors = Doors {
        github: Arc::new(scoped.clone()),
        records: Arc::new(door.clone()),
        progress: Arc::clone(&word) as _,
        log: word,
        clock: setting.clock,
    };
    let limits = runtime::Limits {
        memory: setting.limits.memory,
        cpu: setting.limits.cpu,
        wall: setting.limits.wall,
        ..runtime::Limits::default()
    };
    let params = serde_json::Value::Object(plan.params.clone()).to_string();
    let ended = tokio::select! {
        biased;
        () = stop.wait() => None,
        ended = setting.plugin.run(params, doors, limits) => Some(ended),
    };
    let mut cost = Cost::default();
    let mut end = match ended {
        None => End::Stopped,
        Some(ended) => {
            (cost.guest_cpu, cost.peak_memory) = (ended.guest_cpu, ended.peak_memory);
            if ended.result.is_err() && !ended.trail.calls.is_empty() {
                let calls = ended.trail.calls.join("; ");
                tracing::warn!(target: logging::JOB, task = task_name, "its last calls before it failed: {calls}");
            }
            end_of(ended.result)
        }
    };
    // A dropped sandbox may have left a write under way.
    door.close().await;
    let returned = matches!(end, End::Returned(_));
    let last = records.clone();
    let kept = blocking(move || {
        if returned {
            last.finish()
        } else {
            last.abandon();
            Ok(())
        }
    });
    if let Err(why) = kept.await {
        end = End::Broke(why);
    }
    cost.rows = records.committed_counts();
    cost.usage = scoped.usage();
    report(plan, end, setting.on_exhausted, cost)
}

/// The report of a task that ended in a way that nobody foresaw.
pub(crate) fn unknown_end(plan: &TaskPlan) -> TaskReport {
    let end = End::Broke("an error inside the host, reported above".to_owned());
    report(plan.clone(), end, OnExhausted::default(), Cost::default())
}

#[derive(Default)]
struct Cost {
    rows: BTreeMap<String, u64>,
    usage: Usage,
    guest_cpu: Duration,
    peak_memory: u64,
}

fn report(plan: TaskPlan, end: End, on_exhausted: OnExhausted, cost: Cost) -> TaskReport {
    let (outcome, gaps) = judge(end, &cost.usage.unresolved, on_exhausted);
    TaskReport {
        label: plan.label,
        params: plan.params,
        outcome,
        gaps,
        unresolved: cost.usage.unresolved,
        retry_at: cost.usage.retry_at,
        rows: cost.rows,
        requests: cost.usage.requests,
        guest_cpu: cost.guest_cpu,
        peak_memory: cost.peak_memory,
    }
}

fn end_of(result: Result<runtime::Outcome, runtime::Failure>) -> End {
    match result {
        Ok(runtime::Outcome::Complete) => End::Returned(Vec::new()),
        Ok(runtime::Outcome::Partial(gaps)) => {
            let gaps: Vec<Gap> = gaps
                .into_iter()
                .map(|gap| Gap { what: gap.what, reason: gap.reason, retry_at: gap.retry_at })
                .collect();
            if !gaps.is_empty() {
                return End::Returned(gaps);
            }
            // "Partial" without a word of what is missing is still no "complete".
            let (what, reason) = ("something".to_owned(), "the plugin does not say what".to_owned());
            End::Returned(vec![Gap { what, reason, retry_at: None }])
        }
        Err(failure) => End::Broke(failure.to_string()),
    }
}

/// Databases block: they get a thread where that harms nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, seedbed_records::Error> + Send + 'static,
) -> Result<T, String> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("an error inside the host while writing rows, reported above".to_owned()),
    }
}

/// What a guest says: how far it is, and its log.
struct Word {
    task: String,
    entry: Arc<Entry>,
}

impl runtime::Progress for Word {
    fn update(&self, label: &str, done: u64, total: Option<u64>) {
        self.entry.update(label, done, total);
    }
}

impl runtime::Log for Word {
    fn write(&self, level: runtime::Level, message: &str) {
        let task = self.task.as_str();
        match level {
            runtime::Level::Debug => tracing::debug!(target: logging::JOB, task, "{message}"),
            runtime::Level::Info => tracing::info!(target: logging::JOB, task, "{message}"),
            runtime::Level::Warn => tracing::warn!(target: logging::JOB, task, "{message}"),
            runtime::Level::Error => tracing::error!(target: logging::JOB, task, "{message}"),
        }
    }
}
