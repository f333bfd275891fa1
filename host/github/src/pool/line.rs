//! Who waits, in which order, and the lease or refusal that they have not yet fetched.
//!
//! One lane for each resource: a search that waits for its minute holds up no one else. Tickets are numbered over all
//! lanes, so that the oldest is known.

use std::collections::{BTreeMap, HashMap};
use std::task::Waker;
use std::time::Duration;

use super::core::{Asked, Grant};
use super::want::NoLease;
use crate::resource::Resource;

/// A place in the line; later ones are greater.
pub(crate) type Ticket = u64;

#[derive(Debug, Default)]
pub(crate) struct Line {
    lanes: BTreeMap<Resource, BTreeMap<Ticket, Asked>>,
    slots: HashMap<Ticket, Slot>,
    issued: Ticket,
}

#[derive(Debug)]
enum Slot {
    Waiting { resource: Resource, waker: Option<Waker> },
    Done(Result<Grant, NoLease>),
}

impl Line {
    pub(crate) fn join(&mut self, asked: Asked) -> Ticket {
        self.issued += 1;
        let resource = asked.resource.clone();
        self.slots.insert(self.issued, Slot::Waiting { resource: resource.clone(), waker: None });
        self.lanes.entry(resource).or_default().insert(self.issued, asked);
        self.issued
    }

    /// The oldest waiter after `after` in the lane of `resource`.
    pub(crate) fn next_in(&self, resource: &Resource, after: Ticket) -> Option<(Ticket, &Asked)> {
        self.lanes.get(resource)?.range(after + 1..).next().map(|(ticket, asked)| (*ticket, asked))
    }

    /// The oldest waiter of all.
    pub(crate) fn oldest(&self) -> Option<Ticket> {
        self.lanes.values().filter_map(|lane| lane.keys().next()).min().copied()
    }

    pub(crate) fn waiting(&self, ticket: Ticket) -> Option<&Asked> {
        match self.slots.get(&ticket)? {
            Slot::Waiting { resource, .. } => self.lanes.get(resource)?.get(&ticket),
            Slot::Done(_) => None,
        }
    }

    pub(crate) fn resources(&self) -> Vec<Resource> {
        self.lanes.keys().cloned().collect()
    }

    /// The waiters of a lane after `after`.
    pub(crate) fn lane_after(
        &self,
        resource: &Resource,
        after: Ticket,
    ) -> impl Iterator<Item = (Ticket, &Asked)> + use<'_> {
        let lane = self.lanes.get(resource);
        lane.into_iter().flat_map(move |lane| lane.range(after + 1..)).map(|(ticket, asked)| (*ticket, asked))
    }

    /// Points that the waiters of a lane want.
    pub(crate) fn demand(&self, resource: &Resource) -> u64 {
        // All cost 1 but for GraphQL, whose lanes are short; so the length is near enough, and costs nothing.
        self.lanes.get(resource).map_or(0, |lane| lane.len() as u64)
    }

    /// Lets a waiter wait until `deadline`.
    pub(crate) fn extend(&mut self, ticket: Ticket, deadline: Duration) {
        if let Some(Slot::Waiting { resource, .. }) = self.slots.get(&ticket)
            && let Some(asked) = self.lanes.get_mut(resource).and_then(|lane| lane.get_mut(&ticket))
        {
            asked.deadline = deadline;
        }
    }

    /// Ends a wait; returns whom to wake.
    pub(crate) fn resolve(&mut self, ticket: Ticket, outcome: Result<Grant, NoLease>) -> Option<Waker> {
        let slot = self.slots.get_mut(&ticket)?;
        let Slot::Waiting { resource, waker } = slot else { return None };
        let waker = waker.take();
        if let Some(lane) = self.lanes.get_mut(resource) {
            lane.remove(&ticket);
            if lane.is_empty() {
                self.lanes.remove(resource);
            }
        }
        *slot = Slot::Done(outcome);
        waker
    }

    /// Fetches the outcome; `None` as long as there is none.
    pub(crate) fn fetch(&mut self, ticket: Ticket) -> Option<Result<Grant, NoLease>> {
        match self.slots.remove(&ticket)? {
            Slot::Done(outcome) => Some(outcome),
            waiting @ Slot::Waiting { .. } => {
                self.slots.insert(ticket, waiting);
                None
            }
        }
    }

    /// Leaves the line; returns a lease that had been given already.
    pub(crate) fn leave(&mut self, ticket: Ticket) -> Option<Grant> {
        let _ = self.resolve(ticket, Err(NoLease::Stopped));
        self.fetch(ticket)?.ok()
    }

    pub(crate) fn remember_waker(&mut self, ticket: Ticket, new: &Waker) {
        if let Some(Slot::Waiting { waker, .. }) = self.slots.get_mut(&ticket) {
            match waker {
                Some(old) if old.will_wake(new) => {}
                _ => *waker = Some(new.clone()),
            }
        }
    }

    pub(crate) fn waker(&self, ticket: Ticket) -> Option<Waker> {
        match self.slots.get(&ticket)? {
            Slot::Waiting { waker, .. } => waker.clone(),
            Slot::Done(_) => None,
        }
    }

    /// All that still wait.
    pub(crate) fn everyone(&self) -> Vec<Ticket> {
        self.lanes.values().flat_map(|lane| lane.keys().copied()).collect()
    }
}
