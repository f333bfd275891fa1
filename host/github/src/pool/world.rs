//! For tests: a pool's core, virtual time, and an executor that polls a waiter only when it was woken or its alarm
//! rang, so that a forgotten waiter stays forgotten.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Wake, Waker};
use std::time::Duration;

use secrecy::SecretString;

use super::clock::Moment;
use super::core::{Core, Grant, Polled};
use super::line::Ticket;
use super::want::{NoLease, Want};
use crate::credential::Credential;
use crate::policy::Policy;
use crate::resource::Resource;
use crate::time::Timestamp;
use crate::verdict::{Learnt, Reading, Ruling, Verdict};

/// When every test's world begins, in seconds since the epoch.
pub(super) const START: u64 = 1_700_000_000;

pub(super) struct World {
    pub(super) core: Core,
    pub(super) now: Moment,
    tasks: BTreeMap<Ticket, Task>,
    done: BTreeMap<Ticket, Result<Grant, NoLease>>,
}

struct Task {
    flag: Arc<Flag>,
    alarm: Duration,
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// `ghp_` tokens whose masks are `ghp_…0000`, `ghp_…0001`, ...
pub(super) fn credentials(count: usize) -> Vec<Credential> {
    let token = |n: usize| Credential::token(SecretString::from(format!("ghp_{n:036}"))).unwrap();
    (0..count).map(token).collect()
}

impl World {
    pub(super) fn new(credentials: Vec<Credential>, policy: Policy) -> Self {
        let now = Moment { wall: Duration::from_secs(START), steady: Duration::from_secs(1) };
        Self { core: Core::new(credentials, policy), now, tasks: BTreeMap::new(), done: BTreeMap::new() }
    }

    /// `owners` credentials, unpaced.
    pub(super) fn unpaced(owners: usize) -> Self {
        Self::new(credentials(owners), Policy::unpaced())
    }

    /// Whole seconds since the start.
    pub(super) fn seconds(&self) -> u64 {
        self.now.wall.as_secs() - START
    }

    pub(super) fn ask(&mut self, want: &Want) -> Ticket {
        let ticket = self.core.ask(want, self.now);
        let task = Task { flag: Arc::new(Flag(AtomicBool::new(true))), alarm: Duration::MAX };
        self.tasks.insert(ticket, task);
        self.run();
        ticket
    }

    /// Polls whoever is due until nobody is.
    pub(super) fn run(&mut self) {
        loop {
            self.core.take_wakes().into_iter().for_each(Waker::wake);
            let due = |task: &Task| task.flag.0.load(Ordering::SeqCst) || task.alarm <= self.now.steady;
            let Some((&ticket, task)) = self.tasks.iter_mut().find(|(_, task)| due(task)) else { break };
            task.flag.0.store(false, Ordering::SeqCst);
            match self.core.poll(ticket, &Waker::from(task.flag.clone()), self.now) {
                Polled::Pending(until) => {
                    assert!(until > self.now.steady, "an alarm in the past would never stop ringing");
                    task.alarm = until;
                }
                Polled::Done(outcome) => {
                    self.tasks.remove(&ticket);
                    self.done.insert(ticket, outcome);
                }
            }
        }
    }

    /// Lets time pass, ringing each alarm at its time.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now.steady + time;
        loop {
            let next = self.tasks.values().map(|task| task.alarm).min().unwrap_or(end).min(end);
            let step = next.saturating_sub(self.now.steady);
            self.now = Moment { wall: self.now.wall + step, steady: self.now.steady + step };
            self.run();
            if self.now.steady >= end {
                break;
            }
        }
    }

    pub(super) fn pass_seconds(&mut self, seconds: u64) {
        self.pass(Duration::from_secs(seconds));
    }

    /// The outcome of a ticket, once.
    pub(super) fn outcome(&mut self, ticket: Ticket) -> Option<Result<Grant, NoLease>> {
        self.done.remove(&ticket)
    }

    /// All outcomes that nobody has fetched, in the order of their tickets.
    pub(super) fn outcomes(&mut self) -> BTreeMap<Ticket, Result<Grant, NoLease>> {
        std::mem::take(&mut self.done)
    }

    pub(super) fn waiting(&self) -> usize {
        self.tasks.len()
    }

    /// A lease that must be there at once.
    pub(super) fn lease(&mut self, want: &Want) -> Grant {
        let ticket = self.ask(want);
        self.outcome(ticket).expect("an answer at once").expect("a lease")
    }

    /// A refusal that must be there at once.
    pub(super) fn refusal(&mut self, want: &Want) -> NoLease {
        let ticket = self.ask(want);
        self.outcome(ticket).expect("an answer at once").expect_err("a refusal")
    }

    pub(super) fn leave(&mut self, ticket: Ticket) {
        self.tasks.remove(&ticket);
        match self.done.remove(&ticket) {
            // Fetched already: then it is a lease that is not used.
            Some(Ok(grant)) => self.core.give_back(grant, self.now),
            Some(Err(_)) => {}
            None => self.core.leave(ticket, self.now),
        }
        self.run();
    }

    pub(super) fn settle(&mut self, grant: Grant, verdict: &Verdict) {
        self.core.settle(&grant, verdict, self.now);
        self.run();
    }

    pub(super) fn lose(&mut self, grant: Grant) {
        self.core.lose(&grant, self.now);
        self.run();
    }

    /// One request, answered at once with what remains of a window of 5,000 that ends `ends` seconds after the start.
    /// Returns which credential was used.
    pub(super) fn request(&mut self, want: &Want, remaining: u64, ends: u64) -> usize {
        let grant = self.lease(want);
        let seat = grant.seat;
        self.settle(grant, &good(&want.bucket, 5_000, remaining, ends));
        seat
    }
}

/// A want that does not wait.
pub(super) fn want(resource: Resource) -> Want {
    Want { patience: Duration::ZERO, ..Want::new(resource) }
}

pub(super) fn core_want() -> Want {
    want(Resource::CORE)
}

/// A want that waits for so many seconds.
pub(super) fn patient(seconds: u64) -> Want {
    Want { patience: Duration::from_secs(seconds), ..core_want() }
}

pub(super) fn reading(resource: &Resource, limit: u64, remaining: u64, ends: u64) -> Reading {
    let reset = Timestamp::from_seconds(START + ends);
    Reading { resource: Some(resource.clone()), limit, remaining, used: limit - remaining, reset }
}

pub(super) fn ruled(ruling: Ruling) -> Verdict {
    Verdict { ruling, learnt: Learnt { heard: true, ..Learnt::default() } }
}

/// A good answer that says what remains.
pub(super) fn good(resource: &Resource, limit: u64, remaining: u64, ends: u64) -> Verdict {
    let window = Some(reading(resource, limit, remaining, ends));
    Verdict { ruling: Ruling::Success, learnt: Learnt { heard: true, window, ..Learnt::default() } }
}

/// A primary limit of 5,000, with its headers.
pub(super) fn spent(resource: &Resource, ends: u64) -> Verdict {
    let reset = Some(Timestamp::from_seconds(START + ends));
    Verdict { ruling: Ruling::PrimaryLimit { reset }, ..good(resource, 5_000, 0, ends) }
}
