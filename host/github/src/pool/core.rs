//! The core of the pool: who waits, who is asked, who gets the next lease.
//!
//! Plain data with time as an argument: no lock, no timer, no runtime. The skin around it locks it, calls it, and then
//! wakes those in [`Core::take_wakes`]. One waiter, the oldest, keeps the time for all (see [`Core::poll`]), so that a
//! window that opens wakes those it can serve and nobody else.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::access::{About, Access};
use super::clock::{Moment, Skew};
use super::consider::Considered;
use super::line::{Line, Ticket};
use super::owner::Owner;
use super::selection::{Stop, Wait};
use super::want::{NoLease, Want};
use crate::credential::{Credential, CredentialId};
use crate::policy::Policy;
use crate::resource::Resource;

/// All that the pool knows.
#[derive(Debug)]
pub(crate) struct Core {
    pub(super) policy: Policy,
    /// One for each credential, in the order in which they were given.
    pub(super) seats: Vec<Seat>,
    pub(super) owners: Vec<Owner>,
    /// The owners in use for each resource, in the order in which they came into use.
    pub(super) in_use: BTreeMap<Resource, Vec<usize>>,
    pub(super) access: Access,
    pub(super) skew: Skew,
    /// The serial of the latest lease.
    pub(super) serial: u64,
    pub(super) line: Line,
    /// Points that have been announced and not yet been leased.
    pub(super) announced: BTreeMap<Resource, u64>,
    /// When time alone may let somebody go on, as of the last look.
    next_look: Option<Duration>,
    /// Whoever wakes up then.
    keeper: Option<Ticket>,
    wakes: Vec<Waker>,
    stopped: bool,
}

/// One credential, and how it has done.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) credential: Credential,
    pub(super) owner: usize,
    /// Why it is not used again.
    pub(super) quarantined: Option<String>,
    /// Too fresh to be used before this steady time.
    pub(super) resting_until: Duration,
    pub(super) first_leased: Option<Duration>,
    /// Whether GitHub has accepted it once.
    pub(super) proven: bool,
    pub(super) requests: u64,
}

/// A want, as the core sees it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) resource: Resource,
    pub(super) points: u64,
    pub(super) about: Arc<About>,
    pub(super) skip: Arc<[usize]>,
    /// The steady time at which patience ends.
    pub(super) deadline: Duration,
    /// How long it was ready to wait when it came.
    patience: Duration,
}

/// What stands behind a lease.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) seat: usize,
    pub(crate) resource: Resource,
    pub(super) points: u64,
    pub(super) about: Arc<About>,
    /// Leases are numbered as they are given.
    pub(super) serial: u64,
    pub(super) at: Moment,
    /// The response time that its owner's pace was charged.
    pub(super) charge: f64,
}

/// What the core says to a waiter that looks.
#[derive(Debug)]
pub(crate) enum Polled {
    Done(Result<Grant, NoLease>),
    /// Nothing yet; look again when woken, and at this steady time.
    Pending(Duration),
}

impl Core {
    pub(crate) fn new(credentials: Vec<Credential>, policy: Policy) -> Self {
        let policy = Policy { in_flight: policy.in_flight.max(1), ..policy };
        let seat = |(owner, credential)| Seat {
            credential,
            owner,
            quarantined: None,
            resting_until: Duration::ZERO,
            first_leased: None,
            proven: false,
            requests: 0,
        };
        let seats: Vec<_> = credentials.into_iter().enumerate().map(seat).collect();
        let owners = (0..seats.len()).map(|seat| Owner { seats: vec![seat], ..Owner::default() }).collect();
        Self {
            policy,
            seats,
            owners,
            in_use: BTreeMap::new(),
            access: Access::default(),
            skew: Skew::default(),
            serial: 0,
            line: Line::default(),
            announced: BTreeMap::new(),
            next_look: None,
            keeper: None,
            wakes: Vec::new(),
            stopped: false,
        }
    }

    /// Joins the line. The ticket must be polled to its end, or given up with [`Core::leave`].
    pub(crate) fn ask(&mut self, want: &Want, now: Moment) -> Ticket {
        let skip = want.skip.iter().filter_map(|id| self.seat_of(*id)).collect();
        let asked = Asked {
            resource: want.bucket.clone(),
            points: u64::from(want.points),
            about: Arc::new(About::new(want.repository.as_deref(), want.topic.as_deref())),
            skip,
            deadline: now.steady.saturating_add(want.patience),
            patience: want.patience,
        };
        let ticket = self.line.join(asked);
        if self.stopped {
            self.end(ticket, Err(NoLease::Stopped));
        } else {
            self.serve(now);
        }
        ticket
    }

    /// Looks whether a ticket has come to its end, and remembers whom to wake when it does.
    pub(crate) fn poll(&mut self, ticket: Ticket, waker: &Waker, now: Moment) -> Polled {
        let due = self.keeper == Some(ticket) && self.next_look.is_some_and(|at| at <= now.steady);
        if due {
            self.serve(now);
        }
        if let Some(deadline) = self.line.waiting(ticket).map(|asked| asked.deadline)
            && deadline <= now.steady
        {
            self.run_out_of_patience(ticket, now);
        }
        if let Some(outcome) = self.line.fetch(ticket) {
            return Polled::Done(outcome);
        }
        self.line.remember_waker(ticket, waker);
        let deadline = self.line.waiting(ticket).map_or(now.steady, |asked| asked.deadline);
        let next = self.next_look.filter(|_| self.keeper == Some(ticket));
        Polled::Pending(next.map_or(deadline, |next| next.min(deadline)))
    }

    /// Gives a place in the line up; a lease that was given and not fetched goes to the next.
    pub(crate) fn leave(&mut self, ticket: Ticket, now: Moment) {
        let waited = self.line.waiting(ticket).is_some();
        match self.line.leave(ticket) {
            Some(grant) => self.give_back(grant, now),
            // It may have stood in the way of those behind it, or have kept the time.
            None if waited => self.serve(now),
            None => {}
        }
    }

    pub(crate) fn announce(&mut self, resource: Resource, points: u64) {
        let announced = self.announced.entry(resource).or_default();
        *announced = announced.saturating_add(points);
    }

    pub(crate) fn stop(&mut self) {
        self.stopped = true;
        for ticket in self.line.everyone() {
            self.end(ticket, Err(NoLease::Stopped));
        }
    }

    /// Whom to wake, once the lock is released.
    pub(crate) fn take_wakes(&mut self) -> Vec<Waker> {
        std::mem::take(&mut self.wakes)
    }

    pub(crate) fn seat_of(&self, id: CredentialId) -> Option<usize> {
        self.seats.iter().position(|seat| seat.credential.id() == id)
    }

    /// Serves the line, oldest first. To be called after anything that may let somebody go on.
    pub(super) fn serve(&mut self, now: Moment) {
        self.next_look = None;
        let mut lanes: Vec<_> = self.line.resources().into_iter().map(|resource| (resource, 0)).collect();
        loop {
            let heads = lanes.iter().enumerate();
            let heads = heads
                .filter_map(|(lane, (resource, after))| Some((self.line.next_in(resource, *after)?, lane)));
            let Some(((ticket, asked), lane)) = heads.min_by_key(|((ticket, _), _)| *ticket) else { break };
            match self.consider(asked, now) {
                Considered::Take { owner, seat } => {
                    let asked = asked.clone();
                    let grant = self.grant(owner, seat, asked, now);
                    self.end(ticket, Ok(grant));
                }
                Considered::Refuse(why) => self.end(ticket, Err(why)),
                Considered::Wait(wait) if is_hopeless(wait, asked, now) => {
                    let why = exhausted(&asked.resource, wait, now);
                    self.end(ticket, Err(why));
                }
                Considered::Wait(wait) => {
                    let particular = !asked.skip.is_empty() || self.access.concerns(&asked.about);
                    self.next_look = earliest(self.next_look, wait.until);
                    if particular {
                        // It can't use all credentials, so those behind it may still be served.
                        lanes[lane].1 = ticket;
                    } else {
                        let (resource, _) = lanes.swap_remove(lane);
                        self.refuse_impatient(&resource, ticket, wait, now);
                    }
                }
            }
        }
        self.appoint_keeper();
    }

    /// Behind a waiter that may use every credential nobody is served sooner; some can't wait that long.
    fn refuse_impatient(&mut self, resource: &Resource, after: Ticket, wait: Wait, now: Moment) {
        let behind = self.line.lane_after(resource, after);
        let hopeless: Vec<_> =
            behind.filter(|(_, asked)| is_hopeless(wait, asked, now)).map(|(ticket, _)| ticket).collect();
        for ticket in hopeless {
            self.end(ticket, Err(exhausted(resource, wait, now)));
        }
    }

    fn run_out_of_patience(&mut self, ticket: Ticket, now: Moment) {
        let Some(asked) = self.line.waiting(ticket).cloned() else { return };
        let outcome = match self.consider(&asked, now) {
            // Served at the last moment, although others may stand before it: they have time left.
            Considered::Take { owner, seat } => Ok(self.grant(owner, seat, asked, now)),
            // Its turn comes: only the pace is in the way, and that is no quota that is spent.
            Considered::Wait(wait) if moves_on(wait, &asked, now) => {
                self.line.extend(ticket, now.steady.saturating_add(asked.patience));
                return self.serve(now);
            }
            Considered::Wait(wait) => Err(exhausted(&asked.resource, wait, now)),
            Considered::Refuse(why) => Err(why),
        };
        self.end(ticket, outcome);
        // It may have stood in the way of those behind it.
        self.serve(now);
    }

    fn end(&mut self, ticket: Ticket, outcome: Result<Grant, NoLease>) {
        self.wakes.extend(self.line.resolve(ticket, outcome));
    }

    /// The oldest waiter sleeps until the next look; it is told whenever that changes.
    fn appoint_keeper(&mut self) {
        self.keeper = self.line.oldest();
        if self.next_look.is_some() {
            self.wakes.extend(self.keeper.and_then(|keeper| self.line.waker(keeper)));
        }
    }

    fn grant(&mut self, owner: usize, seat: usize, asked: Asked, now: Moment) -> Grant {
        self.use_owner(owner, &asked, now);
        self.serial += 1;
        let state = &mut self.owners[owner];
        state.in_flight += 1;
        let charge = state.pace.take(&self.policy, asked.resource.is_graphql(), now.steady);
        if let Some(window) = state.window(&asked.resource) {
            window.reserve(asked.points, now);
        }
        self.seats[seat].first_leased.get_or_insert(now.steady);
        if let Some(announced) = self.announced.get_mut(&asked.resource) {
            *announced = announced.saturating_sub(asked.points);
        }
        let Asked { resource, points, about, .. } = asked;
        Grant { seat, resource, points, about, serial: self.serial, at: now, charge }
    }

    /// Keeps the list of owners in use: those with a lasting stop leave it, the new one joins at its end.
    fn use_owner(&mut self, owner: usize, asked: &Asked, now: Moment) {
        let used = self.in_use.entry(asked.resource.clone()).or_default();
        if used.first() == Some(&owner) {
            return;
        }
        let (owners, policy, server) = (&mut self.owners, &self.policy, self.skew.server(now));
        used.retain(|&other| {
            let stop = owners[other].candidate(other, &asked.resource, asked.points, policy, server).stop;
            let stays = !stop.is_some_and(Stop::is_lasting);
            if !stays {
                owners[other].in_use.remove(&asked.resource);
            }
            stays
        });
        if owners[owner].in_use.insert(asked.resource.clone()) {
            used.push(owner);
        }
    }
}

/// Whether a want's patience ends before anything can help it.
fn is_hopeless(wait: Wait, asked: &Asked, now: Moment) -> bool {
    !wait.for_an_answer
        && !moves_on(wait, asked, now)
        && wait.until.is_none_or(|until| until > asked.deadline)
}

/// Whether the line only moves slowly: the next in it is served within the patience that this one began with.
fn moves_on(wait: Wait, asked: &Asked, now: Moment) -> bool {
    wait.paced && wait.until.is_some_and(|until| until <= now.steady.saturating_add(asked.patience))
}

fn exhausted(resource: &Resource, wait: Wait, now: Moment) -> NoLease {
    let retry_at = now.wall_at(wait.until.unwrap_or(now.steady));
    NoLease::Exhausted { resource: resource.clone(), retry_at }
}

pub(super) fn earliest(one: Option<Duration>, other: Option<Duration>) -> Option<Duration> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
