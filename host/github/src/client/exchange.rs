//! One request until there is an answer: leases, tries, failover, back-off.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use tokio::time::Instant;

use super::Inner;
use super::backoff::retry_after;
use super::transport::{Message, Received};
use crate::account::Account;
use crate::credential::{Credential, CredentialId};
use crate::error::Error;
use crate::pool::{NoLease, Want};
use crate::time::Timestamp;
use crate::verdict::{Api, Pause, Ruling};

/// An answer that no other try would change for the better.
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// `Some`: it is a redirect, to where its `Location` says.
    pub(super) moved: Option<Option<String>>,
}

/// What a secondary limit without any hint lasts at least, as GitHub's documentation asks for.
const USUAL_PAUSE: u64 = 60;

/// What another try may wait at least, however long the first one stood in line.
const LEAST_PATIENCE: Duration = Duration::from_secs(15);

/// The tries of one request.
struct Tries<'a> {
    inner: &'a Inner,
    message: &'a Message,
    account: &'a Account,
    want: Want,
    sent: u32,
    failures: u32,
    /// A 404 that may only mean that this credential can't see it: another one is asked once.
    doubt: Option<(CredentialId, Result<Answered, Error>)>,
    /// GitHub's words to the last credential that had no access.
    denied: Option<String>,
}

enum Next {
    Done(Result<Answered, Error>),
    /// Another credential, at once; the error stands if there are no tries left.
    Again(Error),
    /// The same later; the error stands if there are no tries left.
    Later(Error, Option<Duration>),
}

impl Inner {
    /// Sends `message` until it is answered, with one credential at a time.
    pub(super) async fn exchange(
        &self,
        message: &Message,
        want: Want,
        account: &Account,
    ) -> Result<Answered, Error> {
        let want = Want { patience: account.patience(), ..want };
        Tries { inner: self, message, account, want, sent: 0, failures: 0, doubt: None, denied: None }
            .run()
            .await
    }
}

impl Tries<'_> {
    async fn run(mut self) -> Result<Answered, Error> {
        loop {
            let next = match self.once().await {
                Ok(next) => next,
                Err(none) => return self.without_lease(none),
            };
            let is_last = self.sent >= self.inner.max_tries;
            match next {
                Next::Done(result) => return result,
                // A 404 that no other credential could be asked about is still a 404.
                Next::Again(error) | Next::Later(error, _) if is_last => {
                    return self.doubt.take().map_or(Err(error), |(_, result)| result);
                }
                Next::Again(_) => {}
                Next::Later(_, asked) => {
                    self.failures += 1;
                    let wait = self.inner.backoff.after(self.failures, asked, fastrand::f64());
                    tokio::select! {
                        () = tokio::time::sleep(wait) => {}
                        () = self.inner.until_stopped() => return Err(Error::stopped()),
                    }
                }
            }
        }
    }

    /// One try.
    async fn once(&mut self) -> Result<Next, NoLease> {
        let begun = Instant::now();
        let lease = self.inner.pool.lease(&self.want).await?;
        // A long line must not leave another try without any patience.
        let least = self.account.patience().min(LEAST_PATIENCE);
        self.want.patience = self.want.patience.saturating_sub(begun.elapsed()).max(least);
        if self.inner.is_stopped() {
            lease.unused();
            return Err(NoLease::Stopped);
        }
        if let Err(error) = self.account.pay(self.points()) {
            lease.unused();
            return Ok(Next::Done(Err(error)));
        }
        let credential = lease.credential().clone();
        self.inner.counters.sent(&self.want.bucket, self.sent > 0);
        self.sent += 1;
        let received = match self.inner.transport.send(self.message, &credential).await {
            Ok(received) => received,
            Err(error) => {
                lease.unused();
                return Ok(Next::Done(Err(error)));
            }
        };
        lease.settle(&received.verdict);
        let told = received.verdict.learnt.window.as_ref().and_then(|window| window.resource.as_ref());
        if let Some(told) = told {
            self.inner.counters.recount(&self.want.bucket, told);
        }
        tracing::debug!(
            credential = credential.masked(),
            resource = told.unwrap_or(&self.want.bucket).as_str(),
            status = received.status,
            verdict = in_short(&received.verdict.ruling),
            tries = self.sent,
            milliseconds = u64::try_from(received.took.as_millis()).unwrap_or(u64::MAX),
            "asked GitHub"
        );
        if let Some(told) = told {
            // The guess by the path was wrong: what is spent, or asked for next, is this.
            self.want.bucket = told.clone();
        }
        Ok(self.after(&credential, received))
    }

    fn points(&self) -> u64 {
        if self.message.api() == Api::Graphql { u64::from(self.want.points) } else { 0 }
    }

    /// What an answer leads to.
    fn after(&mut self, credential: &Credential, received: Received) -> Next {
        let Received { verdict, status, headers, body, at, .. } = received;
        let is_limit = verdict.is_limit();
        if is_limit {
            self.inner.counters.refused();
            self.account.note_refusal();
            self.account.correct(self.points(), 0);
        }
        let answered = |moved| Answered { status, headers: headers.clone(), body: body.clone(), moved };
        let result = match verdict.ruling {
            Ruling::Success => Ok(answered(None)),
            Ruling::Moved { location } => Ok(answered(Some(location))),
            Ruling::Absent { status, message } => Err(Error::Absent { status, message }),
            Ruling::Rejected { status, message } => Err(Error::Rejected { status, message }),
            Ruling::TooSlow { reason } => Err(Error::TooSlow(reason)),
            Ruling::Unchanged => Err(Error::Rejected {
                status,
                message: "nothing has changed, but nothing was kept".to_owned(),
            }),
            Ruling::Transient { reason } => {
                return Next::Later(self.gave_up(&reason), retry_after(&headers, at));
            }
            Ruling::Accepted => {
                let reason = "GitHub is still computing the answer";
                return Next::Later(self.gave_up(reason), retry_after(&headers, at));
            }
            Ruling::PrimaryLimit { reset } => return Next::Again(self.exhausted(at, reset)),
            Ruling::SecondaryLimit { pause } => {
                let until = pause.map(|pause| match pause {
                    Pause::Seconds(seconds) => at.plus(seconds),
                    Pause::Until(time) => time,
                });
                return Next::Again(self.exhausted(at, until));
            }
            // The pool has put it away; nothing more is sent with it. Except for anonymous access, which it keeps: some
            // of GitHub can be read so, this can't.
            Ruling::BadCredential { message } => {
                if credential.is_anonymous() {
                    return Next::Done(Err(Error::Rejected { status, message }));
                }
                return Next::Again(Error::Unavailable(format!("a credential was refused: {message}")));
            }
            Ruling::NoAccess { message, .. } => {
                self.want.skip.push(credential.id());
                self.denied = Some(message.clone());
                return Next::Again(Error::Rejected { status: 403, message });
            }
        };
        self.weigh(credential.id(), verdict.learnt.maybe_hidden, result)
    }

    /// Whether another credential is asked before a 404 is believed; and what the pool learns if that one sees more.
    fn weigh(&mut self, credential: CredentialId, hidden: bool, result: Result<Answered, Error>) -> Next {
        let Some(repository) = &self.want.repository else { return Next::Done(result) };
        match &self.doubt {
            None if hidden && !self.inner.pool.sees(credential, repository) => {
                self.want.skip.push(credential);
                self.doubt = Some((credential, result));
                Next::Again(Error::Unavailable("no second credential could be asked".to_owned()))
            }
            Some((blind, _)) if !hidden && result.is_ok() => {
                self.inner.pool.deny(*blind, repository);
                Next::Done(result)
            }
            _ => Next::Done(result),
        }
    }

    /// What is told where no credential can be had.
    fn without_lease(self, none: NoLease) -> Result<Answered, Error> {
        let doubted = self.doubt.as_ref().zip(self.want.repository.as_ref());
        let is_believed = doubted.is_some_and(|((id, _), repository)| self.inner.pool.sees(*id, repository));
        match (none, self.denied, self.doubt) {
            (NoLease::Exhausted { .. }, None, Some((_, result))) if is_believed => result,
            (NoLease::NoAccess, Some(message), _) => Err(Error::Rejected { status: 403, message }),
            (NoLease::NoAccess | NoLease::NoCredential(_), None, Some((_, result))) => result,
            (NoLease::NoAccess, None, None) => {
                let what = self.want.repository.unwrap_or_else(|| "this".to_owned());
                Err(Error::Rejected { status: 403, message: format!("no credential has access to {what}") })
            }
            (none, ..) => Err(none.into()),
        }
    }

    fn exhausted(&self, at: Timestamp, until: Option<Timestamp>) -> Error {
        let retry_at = until.unwrap_or_else(|| at.plus(USUAL_PAUSE)).seconds();
        Error::Exhausted { bucket: self.want.bucket.to_string(), retry_at }
    }

    fn gave_up(&self, reason: &str) -> Error {
        let tries = self.sent;
        Error::Unavailable(if tries > 1 {
            format!("{reason} (after {tries} tries)")
        } else {
            reason.to_owned()
        })
    }
}

fn in_short(ruling: &Ruling) -> &'static str {
    match ruling {
        Ruling::Success => "success",
        Ruling::Unchanged => "unchanged",
        Ruling::Moved { .. } => "moved",
        Ruling::Accepted => "accepted",
        Ruling::PrimaryLimit { .. } => "primary limit",
        Ruling::SecondaryLimit { .. } => "secondary limit",
        Ruling::BadCredential { .. } => "bad credential",
        Ruling::NoAccess { .. } => "no access",
        Ruling::Absent { .. } => "absent",
        Ruling::Rejected { .. } => "rejected",
        Ruling::Transient { .. } => "transient",
        Ruling::TooSlow { .. } => "too slow",
    }
}
