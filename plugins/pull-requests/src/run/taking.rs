//! What became of each pull request: emitted, to be tried again, or told as missing.

use seedbed_sdk::{Error, Gap, Host, Level, Time};

use super::{DAY, Occasion, Run};
use crate::source::{Listed, Unit, is_a_mistake};

/// For so long after a pull request's last change (in seconds) its check runs are read again by each run.
const RECHECK: u64 = 7 * DAY;

/// After so many failures in a row GitHub is taken to be down. Each was retried by the host already.
const FAILURES_IN_A_ROW: usize = 10;

impl<H: Host> Run<'_, H> {
    /// Takes in what became of one pull request.
    pub(super) async fn take(
        &mut self,
        item: &Listed,
        unit: Result<Unit, Error>,
        occasion: Occasion,
    ) -> Result<(), String> {
        let (number, id) = (item.number, item.id);
        self.note_failure(&unit);
        match unit {
            Ok(unit) => {
                self.state.due.remove(&number);
                self.tell_lacks(item, &unit, occasion);
                self.watch(item, &unit);
                self.emission.unit(id, &unit).await.map_err(|e| format!("#{number}: {e}"))?;
                self.read += 1;
                self.since_checkpoint += 1;
                self.host.progress(&self.repository.full_name, self.read, self.total);
            }
            Err(error) if is_a_mistake(&error) => return Err(format!("#{number}: {error}")),
            Err(error) if error.ends_the_run() => {
                self.state.due.insert(number, id);
                self.stopped.get_or_insert(error);
            }
            Err(error) if occasion == Occasion::Due => {
                if matches!(error, Error::Absent { .. }) {
                    self.state.due.remove(&number);
                    self.state.watched.remove(&number);
                }
                self.gap(format!("pull request #{number}"), error.to_string());
            }
            Err(error) => {
                self.host.log(Level::Warn, &format!("#{number} is tried again at the end: {error}"));
                self.state.due.insert(number, id);
            }
        }
        Ok(())
    }

    /// Stops the run when nothing comes any more: the rest would fail too, slowly.
    fn note_failure(&mut self, unit: &Result<Unit, Error>) {
        match unit {
            Err(error @ Error::Unavailable(_)) => {
                self.failures_in_a_row += 1;
                if self.failures_in_a_row >= FAILURES_IN_A_ROW {
                    self.stopped.get_or_insert(error.clone());
                }
            }
            Err(_) => {}
            Ok(_) => self.failures_in_a_row = 0,
        }
    }

    fn tell_lacks(&mut self, item: &Listed, unit: &Unit, occasion: Occasion) {
        for lack in &unit.lacks {
            if lack.again {
                self.state.due.insert(item.number, item.id);
            }
            let what = format!("{} of #{}", lack.part, item.number);
            if lack.again && occasion == Occasion::Walk {
                self.host.log(Level::Warn, &format!("{what} are tried again at the end: {}", lack.reason));
            } else {
                self.gap(what, lack.reason.clone());
            }
        }
    }

    /// Notes whether the next run must look at it again although nothing will have moved it.
    fn watch(&mut self, item: &Listed, unit: &Unit) {
        let Some(row) = &unit.pull_request else { return };
        let wanted = self.horizon.as_ref().is_none_or(|horizon| row.updated_at >= *horizon);
        let young = row.updated_at >= Time::from_unix(self.host.now().saturating_sub(RECHECK));
        if wanted && (row.state == "open" || young) {
            self.state.watched.insert(item.number, item.id);
        } else {
            self.state.watched.remove(&item.number);
        }
    }

    pub(super) fn gap(&mut self, what: String, reason: String) {
        self.host.log(Level::Warn, &format!("missing: {what}: {reason}"));
        self.gaps.push(Gap { what, reason, retry_at: None });
    }
}
