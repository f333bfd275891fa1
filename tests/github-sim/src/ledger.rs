//! What clients did, as tests want to assert on it.
//!
//! A client can only be blamed for what it could know: a request counts as "sent although" when its own token had been
//! told, at least [`grace`](crate::Config::grace) before. What a sibling token of the same owner was told counts apart.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

/// All counts. Tokens are masked, so that it can be printed.
#[derive(Debug, Clone, Default, Serialize, PartialEq)]
pub struct Ledger {
    /// Every request that arrived, refused ones too.
    pub total: u64,
    /// By masked token; `anonymous` for those without.
    pub requests_by_token: BTreeMap<String, u64>,
    /// By owner (its login).
    pub requests_by_owner: BTreeMap<String, u64>,
    /// By GitHub resource: `core`, `graphql`, ...
    pub requests_by_resource: BTreeMap<String, u64>,
    /// Primary quota spent, by owner and resource (`login/core`).
    pub points_spent: BTreeMap<String, u64>,
    /// Answers by status (a connection broken without an answer is not here).
    pub answers_by_status: BTreeMap<u16, u64>,
    /// Answers with 304, which cost nothing.
    pub not_modified: u64,
    /// Refused by a primary limit.
    pub refused_primary: u64,
    /// Refused by a secondary limit.
    pub refused_secondary: u64,
    /// Sent although this token had been told that its window is spent.
    pub sent_although_exhausted: u64,
    /// The same, told to another token of the owner.
    pub sent_although_sibling_exhausted: u64,
    /// Sent although this token had been told to wait.
    pub sent_during_cooldown: u64,
    /// The same, told to another token of the owner.
    pub sent_during_sibling_cooldown: u64,
    /// Answers with 401.
    pub unauthorized: u64,
    /// Sent with a token that had been answered 401 before.
    pub after_revocation: u64,
    /// The most requests in flight at once, by owner.
    pub concurrency_peak: BTreeMap<String, u32>,
    /// The most REST points in one secondary window, by owner.
    pub points_peak: BTreeMap<String, u32>,
    /// Requests that had been answered well already, or were in flight, and asked again without a validator.
    pub identical_repeated: u64,
    /// Requests with another method than GET (POST for GraphQL is not one).
    pub not_get: u64,
    /// Requests without a `User-Agent`.
    pub without_user_agent: u64,
    /// Answers that were broken on purpose.
    pub faults: u64,
    /// Requests that the client gave up while they were being answered.
    pub given_up: u64,
}

impl Ledger {
    /// Requests with this token.
    pub fn requests(&self, token: &str) -> u64 {
        self.requests_by_token.get(&mask(token)).copied().unwrap_or(0)
    }

    /// Everything that a good client never does: sent although told not to, or with a dead token.
    pub fn offences(&self) -> u64 {
        self.sent_although_exhausted + self.sent_during_cooldown + self.after_revocation + self.not_get
    }
}

/// A token's prefix and last four letters: all that may be printed of it.
pub fn mask(token: &str) -> String {
    let prefix = token.find('_').map_or("", |at| &token[..=at]);
    let last: String = token.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    format!("{prefix}…{last}")
}

/// One request of the log.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Entry {
    /// When it arrived, in milliseconds since the Unix epoch.
    pub at: u64,
    /// The masked token.
    pub token: String,
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The status it was answered with; 0 while it is under way or if the connection was broken instead.
    pub status: u16,
}

/// How many entries the log keeps.
const LOG: usize = 50_000;

/// An arriving request, as the book needs it. Times are milliseconds since the Unix epoch.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    pub now: u64,
    /// The token, or "".
    pub token: String,
    pub owner: String,
    pub resource: &'static str,
    pub method: String,
    pub path: String,
    /// Hash of the body (GraphQL) and of `Accept`.
    pub content: u64,
    pub conditional: bool,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// A good and whole answer, or an error that the request deserved.
    Answered,
    Primary,
    Secondary,
    /// 401.
    Unauthorized,
    /// Broken on purpose.
    Faulty,
    GivenUp,
}

/// The end of a request, as the book needs it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Departure {
    pub now: u64,
    pub status: u16,
    pub end: End,
    /// Points of the primary limit it cost.
    pub points: u32,
    /// The window's end (seconds), if the answer said that nothing is left.
    pub spent_until: Option<u64>,
    /// The cool-down's end (milliseconds), if the answer was a secondary limit.
    pub cooling_until: Option<u64>,
}

/// Where a token was told to stop: when, and until when, in milliseconds.
type Told = (u64, u64);

/// The ledger and what it must remember to be written.
#[derive(Debug, Default)]
pub(crate) struct Book {
    ledger: Ledger,
    grace: u64,
    /// By owner, then token, per resource.
    exhausted: HashMap<(String, &'static str), HashMap<String, Told>>,
    cooling: HashMap<String, HashMap<String, Told>>,
    dead: HashMap<String, u64>,
    /// By request: how many are in flight, and whether it was answered well.
    asked: HashMap<u64, (u32, bool)>,
    log: Vec<Entry>,
}

/// The book's handle of a request under way.
#[derive(Debug)]
pub(crate) struct Line {
    arrival: Arrival,
    key: u64,
    entry: Option<usize>,
}

impl Book {
    pub(crate) fn new(grace_ms: u64) -> Self {
        Self { grace: grace_ms, ..Self::default() }
    }

    pub(crate) fn arrive(&mut self, arrival: Arrival) -> Line {
        let (now, grace) = (arrival.now, self.grace);
        let ledger = &mut self.ledger;
        ledger.total += 1;
        let shown = if arrival.token.is_empty() { "anonymous".to_owned() } else { mask(&arrival.token) };
        *ledger.requests_by_token.entry(shown.clone()).or_default() += 1;
        *ledger.requests_by_owner.entry(arrival.owner.clone()).or_default() += 1;
        *ledger.requests_by_resource.entry(arrival.resource.to_owned()).or_default() += 1;
        if arrival.method != "GET" && !(arrival.method == "POST" && arrival.resource == "graphql") {
            ledger.not_get += 1;
        }

        let binding = |told: &Told| told.0 + grace < now && now < told.1;
        if let Some(told) = self.exhausted.get(&(arrival.owner.clone(), arrival.resource)) {
            let own = told.get(&arrival.token).is_some_and(binding);
            let sibling = told.iter().any(|(token, t)| *token != arrival.token && binding(t));
            ledger.sent_although_exhausted += u64::from(own);
            ledger.sent_although_sibling_exhausted += u64::from(!own && sibling);
        }
        if let Some(told) = self.cooling.get(&arrival.owner) {
            let own = told.get(&arrival.token).is_some_and(binding);
            let sibling = told.iter().any(|(token, t)| *token != arrival.token && binding(t));
            ledger.sent_during_cooldown += u64::from(own);
            ledger.sent_during_sibling_cooldown += u64::from(!own && sibling);
        }
        ledger.after_revocation +=
            u64::from(self.dead.get(&arrival.token).is_some_and(|at| at + grace < now));

        let mut hasher = DefaultHasher::new();
        (&arrival.method, &arrival.path, arrival.content).hash(&mut hasher);
        let key = hasher.finish();
        let asked = self.asked.entry(key).or_default();
        ledger.identical_repeated += u64::from((asked.0 > 0 || asked.1) && !arrival.conditional);
        asked.0 += 1;

        let entry = (self.log.len() < LOG).then(|| {
            self.log.push(Entry {
                at: now,
                token: shown,
                method: arrival.method.clone(),
                path: arrival.path.clone(),
                status: 0,
            });
            self.log.len() - 1
        });
        Line { arrival, key, entry }
    }

    pub(crate) fn depart(&mut self, line: &Line, departure: Departure) {
        let Line { arrival, key, entry } = line;
        let ledger = &mut self.ledger;
        match departure.end {
            End::Answered => {}
            End::Primary => ledger.refused_primary += 1,
            End::Secondary => ledger.refused_secondary += 1,
            End::Unauthorized => {
                ledger.unauthorized += 1;
                self.dead.entry(arrival.token.clone()).or_insert(departure.now);
            }
            End::Faulty => ledger.faults += 1,
            End::GivenUp => ledger.given_up += 1,
        }
        if departure.status != 0 {
            *ledger.answers_by_status.entry(departure.status).or_default() += 1;
        }
        ledger.not_modified += u64::from(departure.status == 304);
        if departure.points > 0 {
            let bucket = format!("{}/{}", arrival.owner, arrival.resource);
            *ledger.points_spent.entry(bucket).or_default() += u64::from(departure.points);
        }
        if let Some(until) = departure.spent_until {
            let told = self.exhausted.entry((arrival.owner.clone(), arrival.resource)).or_default();
            let mine = told.entry(arrival.token.clone()).or_insert((departure.now, 0));
            // A new window: told anew.
            if mine.1 != until * 1_000 {
                *mine = (departure.now, until * 1_000);
            }
        }
        if let Some(until) = departure.cooling_until {
            let told = self.cooling.entry(arrival.owner.clone()).or_default();
            let mine = told.entry(arrival.token.clone()).or_insert((departure.now, until));
            *mine = if mine.1 <= departure.now { (departure.now, until) } else { (mine.0, until) };
        }
        if let Some(asked) = self.asked.get_mut(key) {
            asked.0 = asked.0.saturating_sub(1);
            asked.1 |= departure.end == End::Answered && matches!(departure.status, 200..300 | 304);
        }
        if let Some(entry) = entry.and_then(|at| self.log.get_mut(at)) {
            entry.status = departure.status;
        }
    }

    pub(crate) fn no_user_agent(&mut self) {
        self.ledger.without_user_agent += 1;
    }

    /// Forgets what this owner's tokens were told: a test changed the window behind the client's back.
    pub(crate) fn untell(&mut self, owner: &str) {
        self.exhausted.retain(|(o, _), _| o != owner);
        self.cooling.remove(owner);
    }

    pub(crate) fn ledger(&self) -> Ledger {
        self.ledger.clone()
    }

    pub(crate) fn log(&self) -> Vec<Entry> {
        self.log.clone()
    }

    /// Starts the counts anew, but remembers what was told (a second run is not excused by a new count).
    pub(crate) fn restart(&mut self) {
        self.ledger = Ledger::default();
        self.log.clear();
        self.asked.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrival(now: u64, token: &str) -> Arrival {
        Arrival {
            now,
            token: token.to_owned(),
            owner: "ann".to_owned(),
            resource: "core",
            method: "GET".to_owned(),
            path: "/user".to_owned(),
            content: 0,
            conditional: false,
        }
    }

    fn departure(now: u64, end: End) -> Departure {
        Departure { now, status: 200, end, points: 1, spent_until: None, cooling_until: None }
    }

    #[test]
    fn only_who_was_told_is_blamed_and_only_after_the_grace() {
        let mut book = Book::new(100);
        let first = book.arrive(arrival(0, "ghp_aaaa"));
        book.depart(&first, Departure { spent_until: Some(10), ..departure(1_000, End::Answered) });
        book.arrive(arrival(1_050, "ghp_aaaa"));
        assert_eq!(book.ledger().sent_although_exhausted, 0, "it may have been under way");
        book.arrive(arrival(1_200, "ghp_aaaa"));
        book.arrive(arrival(1_200, "ghp_bbbb"));
        book.arrive(arrival(10_000, "ghp_aaaa"));
        let ledger = book.ledger();
        assert_eq!((ledger.sent_although_exhausted, ledger.sent_although_sibling_exhausted), (1, 1));
    }

    #[test]
    fn asking_the_same_again_counts_unless_the_answer_was_broken_or_a_validator_is_sent() {
        let mut book = Book::new(0);
        let broken = book.arrive(arrival(0, "t"));
        book.depart(&broken, departure(1, End::Faulty));
        let good = book.arrive(arrival(2, "t"));
        book.depart(&good, departure(3, End::Answered));
        assert_eq!(book.ledger().identical_repeated, 0);
        book.arrive(Arrival { conditional: true, ..arrival(4, "t") });
        assert_eq!(book.ledger().identical_repeated, 0);
        book.arrive(arrival(5, "other token, same question"));
        assert_eq!(book.ledger().identical_repeated, 1);
    }

    #[test]
    fn a_mask_shows_prefix_and_last_four() {
        assert_eq!(mask("ghp_abcdefgh1234"), "ghp_…1234");
    }
}
