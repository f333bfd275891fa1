//! Check runs and statuses of a head commit, with reruns.

use super::{AllIds, skewed, text};
use crate::model::{App, CheckRun, CommitStatus, Time};

/// The check runs of a commit pushed at `pushed`: `count` distinct checks, some of them with earlier attempts.
pub(super) fn runs(
    rng: &mut fastrand::Rng,
    ids: &mut AllIds,
    count: u64,
    pushed: Time,
    now: Time,
) -> Vec<CheckRun> {
    let suites = [ids.suite.take(rng), ids.suite.take(rng), ids.suite.take(rng)];
    let mut all = Vec::new();
    for index in 0..count as usize {
        let known = text::CHECKS.len();
        let name = match (index / known, text::CHECKS[index % known]) {
            (0, name) => name.to_owned(),
            (round, name) => format!("{name} [{round}]"),
        };
        let (app, suite_id) = match name.split([' ', '/']).next() {
            Some("codecov") => (App::Codecov, suites[1]),
            Some("Vercel") => (App::Vercel, suites[2]),
            _ => (App::Actions, suites[0]),
        };
        let attempts = if rng.u8(0..7) == 0 { rng.u64(2..4) } else { 1 };
        let mut start = pushed.plus(rng.u64(5..120));
        for attempt in 1..=attempts {
            let last = attempt == attempts;
            let run = CheckRun {
                id: ids.check.take(rng),
                suite_id,
                name: name.clone(),
                status: "completed",
                conclusion: Some(if last { conclusion(rng) } else { "failure" }),
                started_at: Some(start),
                completed_at: Some(start.plus(rng.u64(3..900))),
                app,
            };
            start = start.plus(1_000);
            all.push(if last { unfinished(rng, run, now) } else { run });
        }
    }
    all.sort_by_key(|run| run.id);
    all
}

fn conclusion(rng: &mut fastrand::Rng) -> &'static str {
    match rng.u8(0..100) {
        0..78 => "success",
        78..86 => "failure",
        86..92 => "skipped",
        92..95 => "neutral",
        95..98 => "cancelled",
        98 => "timed_out",
        _ => "action_required",
    }
}

/// A few runs are still queued or under way.
fn unfinished(rng: &mut fastrand::Rng, mut run: CheckRun, now: Time) -> CheckRun {
    let future = run.completed_at.is_some_and(|at| at > now);
    match rng.u8(0..60) {
        0 => (run.status, run.conclusion, run.started_at, run.completed_at) = ("queued", None, None, None),
        n if n == 1 || future => (run.status, run.conclusion, run.completed_at) = ("in_progress", None, None),
        _ => {}
    }
    run
}

/// Commit statuses, on some heads.
pub(super) fn statuses(rng: &mut fastrand::Rng, ids: &mut AllIds, pushed: Time) -> Vec<CommitStatus> {
    if rng.u8(0..4) != 0 {
        return Vec::new();
    }
    (0..rng.u64(1..4))
        .map(|i| CommitStatus {
            id: ids.status.take(rng),
            context: format!("ci/buildkite-{i}"),
            state: ["success", "success", "failure", "pending", "error"][rng.usize(..5)],
            description: rng.bool().then(|| "Build finished".to_owned()),
            created_at: pushed.plus(rng.u64(10..2_000)),
        })
        .collect()
}

/// How many checks a head has: none at all for some.
pub(super) fn count(rng: &mut fastrand::Rng) -> u64 {
    if rng.u8(0..7) == 0 { 0 } else { skewed(rng, 6.0, 0.6, 40).max(1) }
}
