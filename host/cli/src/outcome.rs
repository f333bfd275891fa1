//! What became of a task: how the guest ended, what it could not get, and what that makes of the job.
//!
//! Pure: the rules of what is complete, partial and failed stand here and nowhere else.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::exit::Exit;
use crate::manifest::OnExhausted;

/// How a task or a job ended, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// Everything is there.
    Complete,
    /// What is there is kept; the next run goes on.
    Partial,
    /// It broke; what was checkpointed is kept.
    Failed,
}

impl Outcome {
    /// As it is printed.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Complete => Self::Complete,
            Outcome::Partial => Self::Partial,
            Outcome::Failed => Self::Failed,
        }
    }
}

/// Something that should be among the rows and is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Gap {
    /// What is missing.
    pub(crate) what: String,
    /// Why.
    pub(crate) reason: String,
    /// When it can be had, in seconds since the Unix epoch.
    pub(crate) retry_at: Option<u64>,
}

/// How the guest came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// `run` returned: with these gaps, or with none.
    Returned(Vec<Gap>),
    /// The user stopped the program.
    Stopped,
    /// It broke, or a limit ended it; the text says which.
    Broke(String),
}

/// A task's outcome and what is missing.
pub(crate) fn judge(end: End, unresolved: &[String], on_exhausted: OnExhausted) -> (Outcome, Vec<Gap>) {
    let rest =
        |reason: String| vec![Gap { what: "the rest of this task".to_owned(), reason, retry_at: None }];
    match end {
        End::Broke(why) => (Outcome::Failed, rest(why)),
        End::Stopped => (Outcome::Partial, rest("stopped by the user".to_owned())),
        End::Returned(gaps) => {
            let exhausted = gaps.iter().any(|gap| gap.retry_at.is_some())
                || unresolved.iter().any(|what| is_exhaustion(what));
            let outcome = match (gaps.is_empty() && unresolved.is_empty(), on_exhausted) {
                (true, _) => Outcome::Complete,
                (false, OnExhausted::Fail) if exhausted => Outcome::Failed,
                (false, _) => Outcome::Partial,
            };
            (outcome, gaps)
        }
    }
}

/// Unresolved requests come as text; a test holds this against what [`seedbed_github::Error`] says.
fn is_exhaustion(unresolved: &str) -> bool {
    unresolved.contains("the GitHub quota `")
}

/// A task after its end.
#[derive(Debug, Clone)]
pub(crate) struct TaskReport {
    /// Its row of the matrix, for people.
    pub(crate) label: String,
    /// Its parameters.
    pub(crate) params: Map<String, Value>,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// What is missing, as the guest told it, or why it broke.
    pub(crate) gaps: Vec<Gap>,
    /// What is missing although the guest did not tell.
    pub(crate) unresolved: Vec<String>,
    /// When the earliest of that can be had, where GitHub's limits were the reason.
    pub(crate) retry_at: Option<u64>,
    /// Rows that are in the sink thanks to this run, by stream.
    pub(crate) rows: BTreeMap<String, u64>,
    /// Requests that it asked for and that were sent.
    pub(crate) requests: u64,
    /// The guest's own computing.
    pub(crate) guest_cpu: Duration,
    /// The most memory the guest had, in bytes.
    pub(crate) peak_memory: u64,
}

/// A job after its end.
#[derive(Debug, Clone)]
pub(crate) struct JobReport {
    /// The job's name.
    pub(crate) job: String,
    /// Where its rows are.
    pub(crate) sink: String,
    /// Its tasks, in the order of the matrix.
    pub(crate) tasks: Vec<TaskReport>,
}

impl JobReport {
    /// The worst of its tasks.
    pub(crate) fn outcome(&self) -> Outcome {
        self.tasks.iter().map(|task| task.outcome).max().unwrap_or(Outcome::Complete)
    }

    /// The earliest time at which something that is missing can be had.
    pub(crate) fn retry_at(&self) -> Option<u64> {
        let known = |task: &TaskReport| {
            let gaps = task.gaps.iter().filter_map(|gap| gap.retry_at).min();
            gaps.into_iter().chain(task.retry_at).min()
        };
        self.tasks.iter().filter_map(known).min()
    }

    /// Rows of this run by stream, over all tasks.
    pub(crate) fn rows(&self) -> BTreeMap<&str, u64> {
        let mut rows = BTreeMap::new();
        for (stream, count) in self.tasks.iter().flat_map(|task| &task.rows) {
            *rows.entry(stream.as_str()).or_default() += count;
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(retry_at: Option<u64>) -> Gap {
        Gap { what: "reviews of 7".to_owned(), reason: "exhausted".to_owned(), retry_at }
    }

    #[test]
    fn a_guest_that_got_everything_is_complete() {
        assert_eq!(judge(End::Returned(vec![]), &[], OnExhausted::Fail), (Outcome::Complete, vec![]));
    }

    #[test]
    fn a_gap_makes_a_task_partial_whether_the_guest_tells_it_or_not() {
        let told = End::Returned(vec![gap(None)]);
        assert_eq!(judge(told, &[], OnExhausted::Partial).0, Outcome::Partial);
        let swallowed = ["unavailable: GET /repos/a/b".to_owned()];
        assert_eq!(judge(End::Returned(vec![]), &swallowed, OnExhausted::Partial).0, Outcome::Partial);
    }

    #[test]
    fn running_out_of_quota_is_a_failure_only_where_the_manifest_says_so() {
        let exhausted = || End::Returned(vec![gap(Some(1_000))]);
        assert_eq!(judge(exhausted(), &[], OnExhausted::Partial).0, Outcome::Partial);
        assert_eq!(judge(exhausted(), &[], OnExhausted::Wait).0, Outcome::Partial);
        assert_eq!(judge(exhausted(), &[], OnExhausted::Fail).0, Outcome::Failed);
        assert_eq!(judge(End::Returned(vec![gap(None)]), &[], OnExhausted::Fail).0, Outcome::Partial);
        let swallowed = seedbed_github::Error::Exhausted { bucket: "core".to_owned(), retry_at: 1_000 };
        let swallowed = [format!("GET /repos/a/b: {swallowed}")];
        assert_eq!(judge(End::Returned(vec![]), &swallowed, OnExhausted::Fail).0, Outcome::Failed);
    }

    #[test]
    fn a_broken_task_failed_and_a_stopped_one_can_go_on() {
        let (outcome, gaps) = judge(End::Broke("over 60 s of cpu".to_owned()), &[], OnExhausted::Partial);
        assert_eq!((outcome, gaps[0].reason.as_str()), (Outcome::Failed, "over 60 s of cpu"));
        let (outcome, gaps) = judge(End::Stopped, &[], OnExhausted::Fail);
        assert_eq!((outcome, gaps[0].reason.as_str()), (Outcome::Partial, "stopped by the user"));
    }

    #[test]
    fn a_job_is_as_good_as_its_worst_task_and_can_go_on_at_the_first_reset() {
        let task = |outcome, retry_at: Option<u64>, reviews| TaskReport {
            retry_at: None,
            label: String::new(),
            params: Map::new(),
            outcome,
            gaps: vec![gap(retry_at)],
            unresolved: vec![],
            rows: BTreeMap::from([("reviews".to_owned(), reviews)]),
            requests: 0,
            guest_cpu: Duration::ZERO,
            peak_memory: 0,
        };
        let tasks = vec![
            task(Outcome::Complete, None, 3),
            task(Outcome::Partial, Some(90), 4),
            task(Outcome::Partial, Some(60), 0),
        ];
        let report = JobReport { job: "two".to_owned(), sink: String::new(), tasks };
        assert_eq!((report.outcome(), report.retry_at()), (Outcome::Partial, Some(60)));
        assert_eq!(report.rows(), BTreeMap::from([("reviews", 7)]));
    }
}
