//! From an answer to what it means: one pure function, [`verdict`].
//!
//! A [`Verdict`] says what the request's sender does next (its [`Ruling`]) and what the pool learns ([`Learnt`]).
//! There is no clock here but the answer's own time, and no I/O.

mod graphql;
mod message;
mod reading;
mod refusal;
mod rest;

use http::HeaderMap;

use crate::resource::Resource;
use crate::time::Timestamp;

/// Which of GitHub's APIs was asked: the same status can mean different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// A REST request.
    Rest,
    /// A GraphQL query.
    Graphql,
}

/// What came back for one request.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Which API was asked.
    pub api: Api,
    /// The HTTP status.
    pub status: u16,
    /// The headers, as they came.
    pub headers: &'a HeaderMap,
    /// The body, decompressed; as much as arrived.
    pub body: &'a [u8],
    /// Whether the whole body arrived. The transport knows: a short `Content-Length`, a cut chunk or gzip stream.
    pub whole: bool,
    /// Whether the request's media type promises a JSON body (a diff or raw file does not). GraphQL always does.
    pub expects_json: bool,
    /// When the answer had arrived, by this machine's clock.
    pub received_at: Timestamp,
}

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What the sender does next.
    pub ruling: Ruling,
    /// What the pool learns, whatever the ruling.
    pub learnt: Learnt,
}

/// What the sender of a request does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// A good answer. (GraphQL: there is data; there may be errors beside it, which are the caller's to see.)
    Success,
    /// 304: what the caller has is still right.
    Unchanged,
    /// 301, 302, 303, 307, 308: the target, if the answer named one. Not followed here: it needs a grant.
    Moved {
        /// The `Location` header.
        location: Option<String>,
    },
    /// 202: GitHub is still computing; ask again later.
    Accepted,
    /// The owner's quota of this resource is spent. Another owner may serve.
    PrimaryLimit {
        /// When it is full again, if the answer said so.
        reset: Option<Timestamp>,
    },
    /// A secondary limit: the owner must be left alone for a while. Another owner may serve.
    SecondaryLimit {
        /// For how long, if the answer said so.
        pause: Option<Pause>,
    },
    /// This credential is no good (revoked, expired, suspended).
    BadCredential {
        /// GitHub's words.
        message: String,
    },
    /// This credential may not see this; another one might.
    NoAccess {
        /// GitHub's words, or what the header said.
        message: String,
        /// How far the refusal reaches.
        reach: Reach,
    },
    /// Nothing there (404, 410, 451). A 404 may hide what this credential can't see: see [`Learnt::maybe_hidden`].
    Absent {
        /// The HTTP status.
        status: u16,
        /// GitHub's words.
        message: String,
    },
    /// GitHub won't, whoever asks (422, 409, a plain 403, an invalid query, ...).
    Rejected {
        /// The HTTP status; 200 for a query that GraphQL refused.
        status: u16,
        /// GitHub's words.
        message: String,
    },
    /// Worth another try after a pause (5xx, cut bodies, HTML in place of JSON, lost connections).
    Transient {
        /// What happened.
        reason: String,
    },
    /// GitHub took too long over a GraphQL query: asking for less may work, the same again won't.
    TooSlow {
        /// What happened.
        reason: String,
    },
}

/// How long a secondary limit wants to be left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// `Retry-After` in seconds, from the arrival of the answer.
    Seconds(u64),
    /// `Retry-After` as an HTTP date, or the window's reset where nothing remains of it; by GitHub's clock.
    Until(Timestamp),
}

/// How far a refusal of a credential reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everything of this organisation or user (single sign-on, IP allow lists, token policies); `None`: the one that
    /// was asked about.
    Owner(Option<String>),
    /// This kind of request about this repository (a permission that the token lacks).
    Topic,
}

/// What an answer teaches about the credential that was used and its owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learnt {
    /// Whether GitHub (or something on the way) answered at all.
    pub heard: bool,
    /// The window that the request was counted in.
    pub window: Option<Reading>,
    /// Whose quota it is, where a limit's message says so.
    pub owner: Option<OwnerId>,
    /// The server's clock, from `Date`.
    pub server_time: Option<Timestamp>,
    /// A 404, or a GraphQL `NOT_FOUND` of what was asked for itself: it may be that only this credential can't see it.
    pub maybe_hidden: bool,
    /// `X-GitHub-SSO: partial-results`: a list leaves out what this credential has no single sign-on for.
    pub partial_results: bool,
}

/// The `x-ratelimit-*` headers of one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The resource it was counted in; `None` if the answer does not say (older servers).
    pub resource: Option<Resource>,
    /// Requests (GraphQL: points) in a window. 0: not limited (GitHub Enterprise Server with limits off).
    pub limit: u64,
    /// What is left of them.
    pub remaining: u64,
    /// What is gone.
    pub used: u64,
    /// When the window ends, by GitHub's clock.
    pub reset: Timestamp,
}

/// Whom GitHub counts a quota for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnerId {
    /// A user: all of their personal, OAuth and app-user tokens together.
    User(u64),
    /// An installation of a GitHub App.
    Installation(u64),
}

impl std::fmt::Display for OwnerId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User(id) => write!(f, "user {id}"),
            Self::Installation(id) => write!(f, "installation {id}"),
        }
    }
}

/// Judges an answer.
pub fn verdict(answer: &Answer<'_>) -> Verdict {
    let (owner, ruling, maybe_hidden) = match answer.api {
        Api::Rest => rest::judge(answer),
        Api::Graphql => graphql::judge(answer),
    };
    let learnt = Learnt {
        heard: true,
        window: reading::of(answer.headers, answer.api),
        owner,
        server_time: reading::server_time(answer.headers),
        maybe_hidden,
        partial_results: refusal::partial_results(answer.headers),
    };
    Verdict { ruling, learnt }
}

impl Verdict {
    /// The verdict on a request that got no answer: the connection failed, or broke before the status line.
    pub fn lost(reason: impl Into<String>) -> Self {
        Self { ruling: Ruling::Transient { reason: reason.into() }, learnt: Learnt::default() }
    }

    /// The verdict on a request that was given up on because the answer took too long.
    pub fn timed_out(api: Api) -> Self {
        let reason = "no answer in time".to_owned();
        let ruling = match api {
            Api::Rest => Ruling::Transient { reason },
            Api::Graphql => Ruling::TooSlow { reason },
        };
        Self { ruling, learnt: Learnt::default() }
    }

    /// Whether GitHub refused because of a limit (what a receipt calls `refused`).
    pub fn is_limit(&self) -> bool {
        matches!(self.ruling, Ruling::PrimaryLimit { .. } | Ruling::SecondaryLimit { .. })
    }

    /// Whether the same request, perhaps with another credential or later, may still succeed.
    pub fn is_worth_another_try(&self) -> bool {
        match self.ruling {
            Ruling::PrimaryLimit { .. } | Ruling::SecondaryLimit { .. } | Ruling::BadCredential { .. } => {
                true
            }
            Ruling::NoAccess { .. } | Ruling::Transient { .. } | Ruling::Accepted => true,
            Ruling::Success | Ruling::Unchanged | Ruling::Moved { .. } | Ruling::TooSlow { .. } => false,
            Ruling::Absent { .. } | Ruling::Rejected { .. } => false,
        }
    }
}
