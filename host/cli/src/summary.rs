//! The table at the end of a run: what is there, what it cost, what is missing and when to come back.

use std::time::Duration;

use seedbed_github::Totals;

use crate::manifest::unit::duration_shown;
use crate::outcome::{JobReport, Outcome, TaskReport};
use crate::progress::{counted, grouped};
use crate::terminal;

/// Gaps of one task that are printed; the receipt has them all.
const MOST_GAPS: usize = 10;

/// The whole table. `now` is in seconds since the Unix epoch.
pub(crate) fn table(jobs: &[JobReport], totals: &Totals, took: Duration, now: u64) -> String {
    let mut text = String::new();
    for job in jobs {
        rows(&mut text, job);
    }
    let by_bucket: Vec<String> =
        totals.by_bucket.iter().map(|(bucket, count)| format!("{bucket} {}", grouped(*count))).collect();
    let buckets = if by_bucket.is_empty() { String::new() } else { format!(" ({})", by_bucket.join(", ")) };
    line(&mut text, &format!("{}{buckets}", counted(totals.requests, "request")));
    let and = [
        (totals.unchanged, "unchanged"),
        (totals.refused, "refused"),
        (totals.retries, "tried again"),
        (totals.coalesced, "shared"),
    ];
    let and = and.map(|(count, what)| format!("{} {what}", grouped(count)));
    line(&mut text, &format!("{}, in {}", and.join(", "), duration_shown(took)));
    for job in jobs.iter().filter(|job| job.outcome() != Outcome::Complete) {
        missing(&mut text, job, now);
    }
    text
}

fn rows(text: &mut String, job: &JobReport) {
    line(text, &format!("{}: {}  ->  {}", job.job, job.outcome().name(), job.sink));
    let rows = job.rows();
    let width = rows.keys().map(|stream| stream.chars().count()).max().unwrap_or(0).max(5);
    let counts: Vec<String> = rows.values().map(|count| grouped(*count)).collect();
    let digits = counts.iter().map(String::len).max().unwrap_or(0).max(4);
    line(text, &format!("  {:width$}  {:>digits$}", "stream", "rows"));
    for (stream, count) in rows.keys().zip(&counts) {
        line(text, &format!("  {stream:width$}  {count:>digits$}"));
    }
    line(text, "");
}

fn missing(text: &mut String, job: &JobReport, now: u64) {
    line(text, "");
    line(text, &format!("missing in {}:", job.job));
    for task in job.tasks.iter().filter(|task| task.outcome != Outcome::Complete) {
        gaps(text, task, now);
    }
    if job.outcome() == Outcome::Failed {
        return;
    }
    match job.retry_at() {
        Some(at) if at > now => {
            line(text, &format!("run it again after {} to go on", moment(at, now)));
        }
        _ => line(text, "run it again to go on"),
    }
}

fn gaps(text: &mut String, task: &TaskReport, now: u64) {
    let name = if task.label.is_empty() { String::new() } else { format!("{}: ", task.label) };
    let told = task.gaps.iter().map(|gap| {
        let when = gap.retry_at.filter(|at| *at > now);
        let when = when.map(|at| format!(" (until {})", moment(at, now))).unwrap_or_default();
        format!("{}: {}{when}", gap.what, gap.reason)
    });
    let mut all: Vec<String> = told.collect();
    if all.is_empty() {
        all.extend(task.unresolved.iter().map(|what| format!("not told by the plugin: {what}")));
    } else if !task.unresolved.is_empty() {
        // The plugin told what is missing in its own words; these are the requests behind it.
        let requests = counted(task.unresolved.len() as u64, "request");
        all.push(format!("{requests} without an answer (--receipt FILE names them)"));
    }
    for gap in all.iter().take(MOST_GAPS) {
        line(text, &format!("  {name}{}", terminal::plain(gap, 2_000).replace('\n', "\n    ")));
    }
    if all.len() > MOST_GAPS {
        line(text, &format!("  {name}and {} more (--receipt FILE has them all)", all.len() - MOST_GAPS));
    }
}

/// `14:05 UTC, in 32 min`; with the date if that is another day.
fn moment(at: u64, now: u64) -> String {
    let shown = |format| {
        let time = jiff::Timestamp::from_second(i64::try_from(at).unwrap_or(i64::MAX)).ok()?;
        Some(time.strftime(format).to_string())
    };
    let left = duration_shown(Duration::from_secs(at.saturating_sub(now)));
    let format = if at / 86_400 == now / 86_400 { "%H:%M:%S UTC" } else { "%Y-%m-%d %H:%M:%S UTC" };
    shown(format).map_or_else(|| format!("in {left}"), |time| format!("{time}, in {left}"))
}

fn line(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Map;

    use super::*;
    use crate::outcome::Gap;

    fn report(outcome: Outcome, gaps: Vec<Gap>, unresolved: &[&str]) -> JobReport {
        let rows = [("pull_requests".to_owned(), 919), ("files".to_owned(), 12_345)];
        let task = TaskReport {
            retry_at: None,
            label: "antiwork/gumroad".to_owned(),
            params: Map::new(),
            outcome,
            gaps,
            unresolved: unresolved.iter().map(|what| (*what).to_owned()).collect(),
            rows: BTreeMap::from(rows),
            requests: 131,
            guest_cpu: Duration::from_millis(80),
            peak_memory: 9 << 20,
        };
        JobReport { job: "gumroad".to_owned(), sink: "out/gumroad.db".to_owned(), tasks: vec![task] }
    }

    fn totals() -> Totals {
        Totals {
            requests: 131,
            by_bucket: BTreeMap::from([("core".to_owned(), 1), ("graphql".to_owned(), 130)]),
            refused: 2,
            retries: 3,
            ..Totals::default()
        }
    }

    #[test]
    fn a_complete_run_is_rows_and_costs() {
        let jobs = [report(Outcome::Complete, vec![], &[])];
        let text = table(&jobs, &totals(), Duration::from_millis(12_300), 1_000);
        let expected = "\
gumroad: complete  ->  out/gumroad.db
  stream           rows
  files          12,345
  pull_requests     919

131 requests (core 1, graphql 130)
0 unchanged, 2 refused, 3 tried again, 0 shared, in 12 s
";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_partial_run_says_what_is_missing_and_when_to_come_back() {
        let what = "reviews of 7".to_owned();
        let gap = Gap { what, reason: "exhausted\u{1b}[2J".to_owned(), retry_at: Some(1_777_593_600) };
        let jobs = [report(Outcome::Partial, vec![gap], &["GET /x: unavailable: stopped"])];
        let text = table(&jobs, &totals(), Duration::from_secs(1), 1_777_591_000);
        let end = "\
missing in gumroad:
  antiwork/gumroad: reviews of 7: exhausted[2J (until 2026-05-01 00:00:00 UTC, in 43 min 20 s)
  antiwork/gumroad: 1 request without an answer (--receipt FILE names them)
run it again after 2026-05-01 00:00:00 UTC, in 43 min 20 s to go on
";
        assert!(text.ends_with(end), "{text}");
    }

    #[test]
    fn what_a_plugin_keeps_to_itself_is_told_request_by_request() {
        let requests: Vec<String> = (0..12).map(|n| format!("GET /{n}: unavailable: stopped")).collect();
        let requests: Vec<&str> = requests.iter().map(String::as_str).collect();
        let text = table(&[report(Outcome::Partial, vec![], &requests)], &totals(), Duration::ZERO, 0);
        assert!(
            text.contains("antiwork/gumroad: not told by the plugin: GET /9: unavailable: stopped\n"),
            "{text}"
        );
        let end = "  antiwork/gumroad: and 2 more (--receipt FILE has them all)\nrun it again to go on\n";
        assert!(text.ends_with(end), "{text}");
    }

    #[test]
    fn a_failed_run_does_not_promise_that_another_helps() {
        let gap = Gap { what: "the rest".to_owned(), reason: "over 60 s of cpu".to_owned(), retry_at: None };
        let text = table(&[report(Outcome::Failed, vec![gap], &[])], &totals(), Duration::ZERO, 0);
        assert!(text.ends_with("antiwork/gumroad: the rest: over 60 s of cpu\n"), "{text}");
    }
}
