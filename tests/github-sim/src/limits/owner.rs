//! Tokens, their owners, and the decision on each request.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use super::secondary::{Cooling, Secondary};
use super::{Access, Window, WindowView};
use crate::config::{Config, OwnerConfig};

/// One owner of quota.
#[derive(Debug)]
pub(crate) struct Owner {
    /// A user's or an installation's id; limit messages name it.
    pub id: u64,
    /// The user's login; for an installation `installation-ID`; for the anonymous its address.
    pub login: String,
    pub kind: OwnerKind,
    pub secondary: Secondary,
    windows: BTreeMap<&'static str, Window>,
}

/// Whose quota it is; decides the words of a limit's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnerKind {
    User,
    Installation,
    /// Everyone at one address who gives no credential.
    Address,
}

impl Owner {
    pub(crate) fn window(&mut self, resource: &str) -> Option<&mut Window> {
        self.windows.get_mut(resource)
    }

    pub(crate) fn view(&self, resource: &str, now: u64) -> WindowView {
        let nothing = WindowView { limit: 0, remaining: 0, used: 0, reset: now };
        self.windows.get(resource).map_or(nothing, |w| w.view(now))
    }

    /// All windows, by resource.
    pub(crate) fn views(&self, now: u64) -> BTreeMap<&'static str, WindowView> {
        self.windows.iter().map(|(name, w)| (*name, w.view(now))).collect()
    }
}

/// One token.
#[derive(Debug)]
pub(crate) struct TokenState {
    pub owner: usize,
    pub revoked: bool,
    pub access: Access,
}

/// Who a request says it is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presented {
    /// A known token or none; the index of the owner.
    Owner(usize),
    /// Unknown or revoked: 401.
    Bad,
    /// Good or bad, but there were too many bad ones lately: 403.
    TooManyBad,
}

/// What is to be done with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    Serve,
    Primary(WindowView),
    Secondary(Cooling),
}

/// All tokens and owners. The last owner is the anonymous one.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub owners: Vec<Owner>,
    pub tokens: HashMap<String, TokenState>,
    /// The tokens in the order of the owners.
    pub order: Vec<String>,
    bad_allowed: u32,
    bad_window: u64,
    /// Bad credentials lately: since when, how many; by owner, `None` for unknown tokens.
    bad: HashMap<Option<usize>, (u64, u32)>,
}

impl Credentials {
    pub(crate) fn new(config: &Config) -> Self {
        let mut rng = fastrand::Rng::with_seed(config.seed ^ 0x70_6b_65_6e);
        let (mut owners, mut tokens, mut order) = (Vec::new(), HashMap::new(), Vec::new());
        let length = config.window.as_secs();
        let search_length = length.div_ceil(60);
        for (index, wanted) in config.owners.iter().enumerate() {
            let id = if wanted.installation { 41_000_000 } else { 1_200_000 } + index as u64 * 7_919;
            let (kind, login, prefix) = if wanted.installation {
                (OwnerKind::Installation, format!("installation-{id}"), "ghs_")
            } else {
                (OwnerKind::User, format!("seed-owner-{}", index + 1), "ghp_")
            };
            owners.push(Owner {
                id,
                login,
                kind,
                secondary: Secondary::new(config.secondary.clone()),
                windows: BTreeMap::from([
                    ("core", Window::new(wanted.core, length)),
                    ("graphql", Window::new(wanted.graphql, length)),
                    ("search", Window::new(wanted.search, search_length)),
                    ("code_search", Window::new(10, search_length)),
                    ("integration_manifest", Window::new(5_000, length)),
                ]),
            });
            begin(owners.last_mut(), wanted);
            for _ in 0..wanted.tokens {
                let token = format!("{prefix}{}", (0..36).map(|_| rng.alphanumeric()).collect::<String>());
                let access = Access { all_private: wanted.sees_private, ..Access::default() };
                tokens.insert(token.clone(), TokenState { owner: index, revoked: false, access });
                order.push(token);
            }
        }
        owners.push(Owner {
            id: 0,
            login: "127.0.0.1".to_owned(),
            kind: OwnerKind::Address,
            secondary: Secondary::new(config.secondary.clone()),
            windows: BTreeMap::from([
                ("core", Window::new(60, length)),
                ("graphql", Window::new(0, length)),
                ("search", Window::new(10, search_length)),
            ]),
        });
        let bad_window = u64::try_from(config.window.as_millis() / 60).unwrap_or(u64::MAX);
        Self {
            owners,
            tokens,
            order,
            bad_allowed: config.bad_credentials_allowed,
            bad_window,
            bad: HashMap::new(),
        }
    }

    /// The owner of those who give no credential.
    pub(crate) fn anonymous(&self) -> usize {
        self.owners.len() - 1
    }

    /// Reads a credential (none: anonymous). `now` in milliseconds.
    pub(crate) fn present(&mut self, token: Option<&str>, now: u64) -> Presented {
        let Some(token) = token else { return Presented::Owner(self.anonymous()) };
        let state = self.tokens.get(token);
        let owner = state.map(|s| s.owner);
        let over = |entry: Option<&(u64, u32)>| {
            entry.is_some_and(|(since, n)| now < since + self.bad_window && *n > self.bad_allowed)
        };
        if over(self.bad.get(&None)) || (owner.is_some() && over(self.bad.get(&owner))) {
            return Presented::TooManyBad;
        }
        match state {
            Some(state) if !state.revoked => Presented::Owner(state.owner),
            _ => {
                let entry = self.bad.entry(owner).or_insert((now, 0));
                *entry = if now < entry.0 + self.bad_window { (entry.0, entry.1 + 1) } else { (now, 1) };
                Presented::Bad
            }
        }
    }

    /// Decides on a request of one owner; counts it. Must be followed by [`leave`](Self::leave). `now` in milliseconds;
    /// `points` of the secondary limit; `free`: not counted by the primary limit.
    pub(crate) fn enter(
        &mut self,
        owner: usize,
        resource: &str,
        points: u32,
        free: bool,
        now: u64,
    ) -> Admission {
        let Some(owner) = self.owners.get_mut(owner) else { return Admission::Serve };
        if let Err(cooling) = owner.secondary.enter(now, resource == "graphql", points) {
            return Admission::Secondary(cooling);
        }
        if free {
            return Admission::Serve;
        }
        let seconds = now / 1_000;
        let Some(window) = owner.window(resource) else { return Admission::Serve };
        let open = window.open(seconds);
        window.charge(seconds, 1);
        if open { Admission::Serve } else { Admission::Primary(window.view(seconds)) }
    }

    /// A request has left after so much work.
    pub(crate) fn leave(&mut self, owner: usize, resource: &str, worked: Duration, now: u64) {
        if let Some(owner) = self.owners.get_mut(owner) {
            owner.secondary.done(now, resource == "graphql", worked);
        }
    }
}

/// Puts windows into the state that a configuration wants at the start.
fn begin(owner: Option<&mut Owner>, wanted: &OwnerConfig) {
    let real = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let Some(owner) = owner else { return };
    let reset = wanted.reset_in.map(|length| real + length.as_secs().max(1));
    for (resource, limit, remaining) in
        [("core", wanted.core, wanted.core_remaining), ("graphql", wanted.graphql, wanted.graphql_remaining)]
    {
        if let Some(window) = owner.window(resource).filter(|_| remaining.is_some() || reset.is_some()) {
            window.set(real, remaining.unwrap_or(limit), reset);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials() -> Credentials {
        Credentials::new(&Config { bad_credentials_allowed: 2, ..Config::default() })
    }

    #[test]
    fn tokens_look_real_and_come_from_the_seed() {
        let (one, two) = (credentials(), credentials());
        assert_eq!(one.order, two.order);
        let other = Credentials::new(&Config { seed: 2, ..Config::default() });
        assert_ne!(one.order, other.order);
        assert!(one.order.iter().all(|t| t.len() == 40 && t.starts_with("ghp_")));
    }

    #[test]
    fn repeated_bad_credentials_make_it_refuse_good_ones_until_it_forgets() {
        let mut all = credentials();
        let good = all.order[0].clone();
        for _ in 0..3 {
            assert_eq!(all.present(Some("ghp_nonsense"), 0), Presented::Bad);
        }
        assert_eq!(all.present(Some(&good), 1), Presented::TooManyBad);
        assert_eq!(all.present(Some(&good), 60_000), Presented::Owner(0));
    }

    #[test]
    fn a_revoked_token_hurts_only_its_own_owner() {
        let mut all = credentials();
        let (revoked, other) = (all.order[0].clone(), all.order[1].clone());
        all.tokens.get_mut(&revoked).unwrap().revoked = true;
        for _ in 0..3 {
            assert_eq!(all.present(Some(&revoked), 0), Presented::Bad);
        }
        assert_eq!(all.present(Some(&revoked), 0), Presented::TooManyBad);
        assert_eq!(all.present(Some(&other), 0), Presented::Owner(1));
    }

    #[test]
    fn an_empty_window_refuses_and_the_next_one_serves() {
        let mut all = credentials();
        all.owners[0].window("core").unwrap().set(0, 1, None);
        assert_eq!(all.enter(0, "core", 1, false, 1_000), Admission::Serve);
        assert!(matches!(all.enter(0, "core", 1, false, 2_000), Admission::Primary(v) if v.remaining == 0));
        assert_eq!(all.enter(0, "graphql", 1, false, 2_000), Admission::Serve, "another bucket");
        assert_eq!(all.enter(0, "core", 1, true, 2_000), Admission::Serve, "/rate_limit is free");
        assert_eq!(all.enter(0, "core", 1, false, 3_600_000), Admission::Serve, "the reset");
    }
}
