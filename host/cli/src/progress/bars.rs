//! Bars on a terminal: a line for the run, one for each running task as far as they fit.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::view::View;
use crate::terminal;

/// Running tasks that are shown; the first line counts all of them.
const MOST_TASKS: usize = 8;

pub(super) struct Bars {
    bars: &'static MultiProgress,
    run: ProgressBar,
    tasks: Vec<ProgressBar>,
}

impl Bars {
    pub(super) fn new() -> Self {
        let bars = terminal::bars();
        let run = bars.add(ProgressBar::new_spinner().with_style(style("{spinner} {elapsed} {wide_msg}")));
        Self { bars, run, tasks: Vec::new() }
    }

    pub(super) fn show(&mut self, view: &View, now: u64) {
        self.run.set_message(view.line(now));
        self.run.tick();
        let running = &view.running[..view.running.len().min(MOST_TASKS)];
        while self.tasks.len() > running.len() {
            if let Some(bar) = self.tasks.pop() {
                bar.finish_and_clear();
                self.bars.remove(&bar);
            }
        }
        while self.tasks.len() < running.len() {
            self.tasks.push(self.bars.add(ProgressBar::no_length().with_style(style("  {wide_msg}"))));
        }
        for (bar, task) in self.tasks.iter().zip(running) {
            let known =
                task.works.iter().find_map(|work| Some((work.done, work.total.filter(|all| *all > 0)?)));
            bar.set_style(style(if known.is_some() { "  {bar:24} {wide_msg}" } else { "  {wide_msg}" }));
            if let Some((done, total)) = known {
                bar.set_length(total);
                bar.set_position(done.min(total));
            }
            bar.set_message(task.line());
            bar.tick();
        }
    }

    pub(super) fn clear(self) {
        for bar in self.tasks.iter().chain([&self.run]) {
            bar.finish_and_clear();
        }
        drop(self.bars.clear());
    }
}

/// The templates are fixed and tried by a test; the default style stands in for one that does not parse.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━━╌")
}

#[cfg(test)]
mod tests {
    use indicatif::ProgressStyle;

    #[test]
    fn the_templates_parse() {
        for template in ["{spinner} {elapsed} {wide_msg}", "  {wide_msg}", "  {bar:24} {wide_msg}"] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
