//! What can be seen of a run at one moment, and how it is said in a line.

use std::collections::BTreeMap;
use std::time::Duration;

use seedbed_github::OwnerView;
use serde::Serialize;

use crate::manifest::unit::duration_shown;

/// A run at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct View {
    /// Milliseconds since the run began.
    pub(crate) elapsed_ms: u64,
    /// How many tasks there are, and how far they are.
    pub(crate) tasks: Tasks,
    /// Rows accepted in this run.
    pub(crate) rows: u64,
    /// Requests sent in this run.
    pub(crate) requests: u64,
    /// What is left of the quotas in use, by GitHub's resource, over all owners.
    pub(crate) quota: BTreeMap<String, Quota>,
    /// What the running tasks say of themselves.
    pub(crate) running: Vec<Running>,
}

/// Tasks by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Tasks {
    /// All of them.
    pub(crate) total: usize,
    /// Those in a sandbox now.
    pub(crate) running: usize,
    /// Those that ended.
    pub(crate) done: usize,
}

/// One resource's quota over all owners whose window is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Quota {
    /// What is left.
    pub(crate) remaining: u64,
    /// What there is in a window.
    pub(crate) limit: u64,
    /// When the first of the windows ends, in seconds since the Unix epoch.
    pub(crate) reset: Option<u64>,
}

/// A running task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Running {
    /// Its job and its row of the matrix.
    pub(crate) task: String,
    /// What it said last of each piece of work.
    pub(crate) works: Vec<Work>,
}

/// A piece of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Work {
    /// What it is.
    pub(crate) label: String,
    /// How much of it is done.
    pub(crate) done: u64,
    /// How much there is, where it is known.
    pub(crate) total: Option<u64>,
}

/// The quotas of a pool, by resource. Windows that nobody knows anything of yet are left out.
pub(crate) fn quotas(owners: &[OwnerView]) -> BTreeMap<String, Quota> {
    let mut quotas: BTreeMap<String, Quota> = BTreeMap::new();
    for (resource, window) in owners.iter().flat_map(|owner| &owner.windows) {
        let (Some(limit), Some(remaining)) = (window.limit, window.remaining) else { continue };
        let quota = quotas.entry(resource.clone()).or_default();
        quota.limit += limit;
        quota.remaining += remaining;
        let reset = window.reset.map(seedbed_github::Timestamp::seconds);
        quota.reset = quota.reset.into_iter().chain(reset).min();
    }
    quotas
}

impl View {
    /// The whole run in one line; `now` is in seconds since the Unix epoch.
    pub(crate) fn line(&self, now: u64) -> String {
        let Tasks { total, done, .. } = self.tasks;
        let mut parts = vec![
            format!("{done} of {} done", counted(total as u64, "task")),
            counted(self.rows, "row"),
            counted(self.requests, "request"),
        ];
        for (resource, quota) in &self.quota {
            let reset = quota.reset.map(|at| at.saturating_sub(now)).filter(|left| *left > 0);
            let reset =
                reset.map(|left| format!(", resets in {}", duration_shown(Duration::from_secs(left))));
            parts.push(format!(
                "{resource} {} of {} left{}",
                grouped(quota.remaining),
                grouped(quota.limit),
                reset.unwrap_or_default()
            ));
        }
        parts.join(" · ")
    }
}

impl Running {
    /// The task in one line.
    pub(crate) fn line(&self) -> String {
        let works = self.works.iter().map(|work| match work.total {
            Some(total) => format!("{} {}/{}", work.label, grouped(work.done), grouped(total)),
            None => format!("{} {}", work.label, grouped(work.done)),
        });
        let works = works.collect::<Vec<_>>().join(", ");
        if works.is_empty() { self.task.clone() } else { format!("{}: {works}", self.task) }
    }
}

/// `1 row`, `12,345 rows`.
pub(crate) fn counted(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// `12,345`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_fits_in_a_line() {
        let view = View {
            elapsed_ms: 12_000,
            tasks: Tasks { total: 8, running: 3, done: 2 },
            rows: 12_345,
            requests: 1,
            quota: BTreeMap::from([(
                "graphql".to_owned(),
                Quota { remaining: 14_512, limit: 15_000, reset: Some(1_600) },
            )]),
            running: vec![],
        };
        assert_eq!(
            view.line(1_000),
            "2 of 8 tasks done · 12,345 rows · 1 request · graphql 14,512 of 15,000 left, resets in 10 min"
        );
    }

    #[test]
    fn a_task_says_what_it_is_at() {
        let work = |label: &str, done, total| Work { label: label.to_owned(), done, total };
        let works = vec![work("pull requests", 1_200, Some(1_900)), work("users", 7, None)];
        let task = Running { task: "gumroad antiwork/gumroad".to_owned(), works };
        assert_eq!(task.line(), "gumroad antiwork/gumroad: pull requests 1,200/1,900, users 7");
    }

    #[test]
    fn long_numbers_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
