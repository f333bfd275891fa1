//! Windows that are asked for (`GET /rate_limit`), instead of learnt along the way.

use std::sync::Arc;

use super::Pool;
use super::access::About;
use super::clock::Moment;
use super::core::{Core, Grant};
use crate::credential::{Credential, CredentialId};
use crate::resource::Resource;
use crate::verdict::{Reading, Verdict};

/// When a survey was begun, in the pool's order of things: what is heard later than that wins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    serial: u64,
    at: Moment,
}

impl Pool {
    /// All credentials, in the order in which they were given.
    pub(crate) fn credentials(&self) -> Vec<Credential> {
        self.lock().seats.iter().map(|seat| seat.credential.clone()).collect()
    }

    /// To be called before the question is sent.
    pub(crate) fn survey_begins(&self) -> Asked {
        self.change(|core, at| {
            core.serial += 1;
            Asked { serial: core.serial, at }
        })
    }

    /// What the answer to `credential` says of its windows.
    pub(crate) fn survey(
        &self,
        credential: CredentialId,
        verdict: &Verdict,
        windows: &[Reading],
        asked: Asked,
    ) {
        self.change(|core, now| core.survey(credential, verdict, windows, asked, now));
    }
}

impl Core {
    fn survey(
        &mut self,
        id: CredentialId,
        verdict: &Verdict,
        windows: &[Reading],
        asked: Asked,
        now: Moment,
    ) {
        let Some(seat) = self.seat_of(id) else { return };
        if let Some(date) = verdict.learnt.server_time {
            self.skew.learn(date, asked.at, now);
        }
        if let Some(id) = verdict.learnt.owner {
            self.learn_owner(seat, id, now);
        }
        let server = self.skew.server(now);
        let owner = &mut self.owners[self.seats[seat].owner];
        for reading in windows {
            if let Some(window) = reading.resource.as_ref().and_then(|resource| owner.window(resource)) {
                window.hear(reading, asked.serial, server);
            }
        }
        let about = Arc::new(About::new(None, None));
        let (resource, points, charge) = (Resource::CORE, 0, 0.0);
        let grant = Grant { seat, resource, points, about, serial: asked.serial, at: asked.at, charge };
        self.learn_ruling(&grant, &verdict.ruling, false, now);
        self.serve(now);
    }
}
