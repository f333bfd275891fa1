//! `progress`: a few short labels, however many a guest makes up.

use crate::{Level, bindings::seedbed::job::progress as wit, plain, sandbox::Inside};

/// Different labels a task may have. Each may be a line on somebody's screen.
const LABELS: usize = 64;
/// Bytes of one label.
const LABEL: usize = 80;

impl wit::Host for Inside {
    fn update(&mut self, label: String, done: u64, total: Option<u64>) -> wasmtime::Result<()> {
        let label = plain::line(&label, LABEL);
        if !self.labels.contains(&label) {
            if self.labels.len() > LABELS {
                return Ok(());
            }
            self.labels.insert(label.clone());
            if self.labels.len() > LABELS {
                let told = format!("progress has more than {LABELS} labels; further ones are not shown");
                self.journal.say(Level::Warn, &told);
                return Ok(());
            }
        }
        self.doors.progress.update(&label, done, total);
        Ok(())
    }
}
