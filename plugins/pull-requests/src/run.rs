//! The order of things: walk down the list, read what is not read yet, emit, checkpoint; what failed is tried again at
//! the end; what is still missing then is told as a gap.

mod taking;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::pin::pin;

use futures::StreamExt;
use seedbed_sdk::{Error, Gap, Host, Level, Outcome, Time, fan_out_in_order};

use crate::coverage::Step;
use crate::emission::Emission;
use crate::graphql::Graphql;
use crate::params::{Api, Params, Wanted};
use crate::rest::Rest;
use crate::rows;
use crate::source::{List, Listed, Page, Source, is_a_mistake};
use crate::state::State;

const DAY: u64 = 86_400;

/// What was touched during a walk stands above it, so another walk follows. Each is shorter than the one before; this
/// bounds them where somebody touches faster than we read, and the next run reads the rest.
const WALKS: usize = 5;

/// Pull requests in a page of the list: of the first walk, and of those that look for what moved meanwhile.
const PAGES: [u32; 2] = [100, 30];

/// After so many pull requests there is a checkpoint: a run that dies loses at most the work on as many.
const CHECKPOINT_EVERY: usize = 25;

/// Runs the job.
///
/// # Errors
/// Wrong parameters, a repository that is not there, a request that is not granted, a destination that fails. A
/// spent quota or a failing GitHub is no error: the outcome is partial and the next run goes on.
pub async fn run(host: &impl Host, params: Params) -> Result<Outcome, String> {
    let wanted = Wanted::of(&params)?;
    match params.api {
        Api::Rest => seed(host, Rest::new(host, &wanted), &wanted).await,
        Api::Graphql => seed(host, Graphql::new(host, &wanted), &wanted).await,
    }
}

async fn seed<H: Host, S: Source>(host: &H, mut source: S, wanted: &Wanted) -> Result<Outcome, String> {
    let repository = match source.repository().await {
        Ok(repository) => repository,
        Err(Error::Absent { status, message }) => {
            return Err(format!(
                "the repository {} is not there, or no credential may see it (GitHub answered {status}: {message})",
                wanted.repo
            ));
        }
        Err(
            error @ (Error::Exhausted { .. }
            | Error::OverBudget(_)
            | Error::Unavailable(_)
            | Error::TooSlow(_)),
        ) => {
            return Ok(Outcome::Partial(vec![Gap {
                what: "everything that an earlier run did not read".to_owned(),
                reason: error.to_string(),
                retry_at: error.retry_at(),
            }]));
        }
        Err(error) => return Err(format!("the repository {}: {error}", wanted.repo)),
    };
    let emission = Emission::new(host, wanted);
    emission.repository(&repository).await.map_err(|e| e.to_string())?;
    let horizon =
        wanted.days_back.map(|days| Time::from_unix(host.now().saturating_sub(u64::from(days) * DAY)));
    let mut run = Run {
        host,
        wanted,
        horizon,
        state: State::resume(host, wanted, repository.id),
        repository,
        emission,
        gaps: Vec::new(),
        stopped: None,
        failures_in_a_row: 0,
        read: 0,
        total: None,
        since_checkpoint: 0,
    };
    run.walks(&source).await?;
    run.due(&source).await?;
    run.end().await
}

struct Run<'a, H> {
    host: &'a H,
    wanted: &'a Wanted,
    /// Nothing that was last updated before this is wanted.
    horizon: Option<Time>,
    state: State,
    repository: rows::Repository,
    emission: Emission<'a, H>,
    gaps: Vec<Gap>,
    /// What ended the run early: a spent quota or budget, or GitHub being down.
    stopped: Option<Error>,
    failures_in_a_row: usize,
    /// Pull requests read by this run.
    read: u64,
    total: Option<u64>,
    since_checkpoint: usize,
}

/// Why pull requests are being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Occasion {
    /// They stood in the list. What fails is tried again later.
    Walk,
    /// They were due. What fails is a gap.
    Due,
}

/// One page of the walk, decided on.
struct Plan {
    items: Vec<(Listed, Step)>,
    /// Where nothing is left to do.
    ended_at: Option<Listed>,
    /// Whether the walk ends with this page.
    last: bool,
}

impl<H: Host> Run<'_, H> {
    async fn walks<S: Source>(&mut self, source: &S) -> Result<(), String> {
        for number in 1..=WALKS {
            let before = self.read;
            let page = if number == 1 { PAGES[0] } else { PAGES[1] };
            let went_through = self.walk(source, page).await?;
            if !went_through || self.read == before {
                break;
            }
            if number == WALKS {
                self.host.log(
                    Level::Info,
                    "pull requests change faster than they are read; the next run reads the rest",
                );
            }
        }
        Ok(())
    }

    /// One walk from the top of the list; false if it was cut short.
    async fn walk<S: Source>(&mut self, source: &S, page: u32) -> Result<bool, String> {
        self.state.coverage.start();
        let mut list = source.list(page);
        let mut previous = BTreeSet::new();
        let mut position = 0;
        loop {
            let page = match list.next().await {
                Ok(Some(page)) => page,
                // 409: an empty repository has no list at all.
                Ok(None) | Err(Error::Rejected { status: 409, .. }) => break,
                Err(error) => {
                    self.list_failed(error)?;
                    return Ok(false);
                }
            };
            self.note_total(&page);
            let plan = self.plan(page, &mut previous, &mut position);
            self.read(source, &plan.items, Occasion::Walk).await?;
            if self.stopped.is_some() {
                return Ok(false);
            }
            if let Some(item) = &plan.ended_at {
                self.state.coverage.ended_at(item);
            }
            if plan.last {
                break;
            }
            if self.since_checkpoint > 0 {
                self.checkpoint().await?;
            }
        }
        self.state.coverage.reached_the_bottom();
        Ok(true)
    }

    /// Decides what to do with each item of a page. `previous` are the last page's ids: when something above moves,
    /// a list by page numbers shows items twice.
    fn plan(&self, page: Page, previous: &mut BTreeSet<i64>, position: &mut u32) -> Plan {
        let ids = page.items.iter().map(|item| item.id).collect();
        let previous = std::mem::replace(previous, ids);
        let mut plan = Plan { items: Vec::new(), ended_at: None, last: false };
        for item in page.items {
            if previous.contains(&item.id) {
                continue;
            }
            let too_many = self.wanted.max_prs.is_some_and(|max| *position >= max);
            let too_old = self.horizon.as_ref().is_some_and(|horizon| item.updated_at < *horizon);
            if too_many || too_old {
                plan.last = true;
                break;
            }
            match self.state.coverage.step(&item) {
                Step::End => {
                    plan.ended_at = Some(item);
                    plan.last = true;
                    break;
                }
                step => plan.items.push((item, step)),
            }
            *position += 1;
        }
        plan
    }

    /// Reads those of `items` that are to be read, several at once, and takes the results in order.
    async fn read<S: Source>(
        &mut self,
        source: &S,
        items: &[(Listed, Step)],
        occasion: Occasion,
    ) -> Result<(), String> {
        let wanted: Vec<Listed> =
            items.iter().filter(|(_, step)| *step == Step::Read).map(|(item, _)| item.clone()).collect();
        // Once the run is stopped no more is started, yet what is under way may still come out whole.
        let stopped = Cell::new(false);
        let parts = wanted.chunks(S::TOGETHER).take_while(|_| !stopped.get());
        let mut answers =
            pin!(fan_out_in_order(S::AT_ONCE, parts, |part| async move { (part, source.read(part).await) }));
        let mut walk = items.iter();
        while let Some((part, units)) = answers.next().await {
            for (item, unit) in part.iter().zip(units) {
                self.take(item, unit, occasion).await?;
                for (passed, step) in walk.by_ref() {
                    self.pass(passed, occasion);
                    if *step == Step::Read {
                        break;
                    }
                }
            }
            stopped.set(self.stopped.is_some());
            if self.since_checkpoint >= CHECKPOINT_EVERY {
                self.checkpoint().await?;
            }
        }
        if self.stopped.is_none() {
            walk.for_each(|(passed, _)| self.pass(passed, occasion));
        }
        Ok(())
    }

    fn pass(&mut self, item: &Listed, occasion: Occasion) {
        if occasion == Occasion::Walk {
            self.state.coverage.passed(item);
        }
    }

    /// Reads what is due: what failed before, and what is watched.
    async fn due<S: Source>(&mut self, source: &S) -> Result<(), String> {
        if self.stopped.is_some() || self.state.due.is_empty() {
            return Ok(());
        }
        let due: Vec<(Listed, Step)> = self
            .state
            .due
            .iter()
            .map(|(&number, &id)| {
                (Listed { id, number, updated_at: Time::from_unix(0), head_sha: None }, Step::Read)
            })
            .collect();
        self.read(source, &due, Occasion::Due).await
    }

    fn list_failed(&mut self, error: Error) -> Result<(), String> {
        if is_a_mistake(&error) {
            return Err(format!("the list of pull requests: {error}"));
        }
        if error.ends_the_run() {
            self.stopped = Some(error);
        } else {
            self.gap("the rest of the list of pull requests".to_owned(), error.to_string());
        }
        Ok(())
    }

    fn note_total(&mut self, page: &Page) {
        // How many are young enough is not known before they are read.
        if self.horizon.is_none() && self.total.is_none() {
            let max = self.wanted.max_prs.map_or(u64::MAX, u64::from);
            self.total = page.total.map(|total| total.min(max));
        }
    }

    async fn checkpoint(&mut self) -> Result<(), String> {
        self.since_checkpoint = 0;
        self.host.checkpoint(&self.state.to_text()).await.map_err(|e| e.to_string())
    }

    async fn end(mut self) -> Result<Outcome, String> {
        self.checkpoint().await?;
        if let Some(error) = self.stopped.take() {
            self.host.log(Level::Info, &format!("stopped after {} pull requests: {error}", self.read));
            self.gaps.push(Gap {
                what: format!("pull requests beyond the {} that this run read", self.read),
                reason: error.to_string(),
                retry_at: error.retry_at(),
            });
        }
        if self.gaps.is_empty() {
            self.host.log(Level::Info, &format!("{} pull requests read", self.read));
            Ok(Outcome::Complete)
        } else {
            Ok(Outcome::Partial(self.gaps))
        }
    }
}

#[cfg(test)]
mod tests;
