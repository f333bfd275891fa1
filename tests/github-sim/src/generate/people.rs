//! The accounts of a world.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{organization, text};
use crate::model::{Account, AccountKind, Author, GitActor, Time};

/// Everyone; shared by all repositories of a world.
#[derive(Debug)]
pub(super) struct People {
    users: Vec<Arc<Account>>,
    /// Bots that open pull requests.
    pub dependabot: Arc<Account>,
    pub renovate: Arc<Account>,
    /// Bots that review and comment.
    reviewers: Vec<Arc<Account>>,
    /// Commits made on the web are committed by this account.
    web_flow: Arc<Account>,
    organizations: BTreeMap<String, Arc<Account>>,
    now: Time,
}

impl People {
    pub(super) fn new(seed: u64, now: Time) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed ^ 0x9e0_91e);
        let users = (0..120)
            .map(|i| {
                let first = text::FIRST[rng.usize(..text::FIRST.len())];
                let last = text::LAST[rng.usize(..text::LAST.len())];
                let login = match rng.u8(0..4) {
                    0 => format!("{}{i}", first.to_lowercase()),
                    1 => format!("{}-{}-{i}", first.to_lowercase(), last.to_lowercase()),
                    2 => format!("{first}{last}{i}"),
                    _ => format!("x{}{i}", last.to_lowercase()),
                };
                // GitHub's logins are ASCII, whatever the names are.
                let login: String = login.chars().filter(char::is_ascii).collect();
                let name = rng.bool().then(|| format!("{first} {last}"));
                let age = rng.u64(100..5_000) * 86_400;
                Arc::new(Account::new(
                    1_000 + i * 1_700_003 % 190_000_000,
                    login,
                    AccountKind::User,
                    name,
                    now.minus(age),
                ))
            })
            .collect();
        let bot =
            |id, login| Arc::new(Account::new(id, login, AccountKind::Bot, None, now.minus(2_000 * 86_400)));
        let web_flow = Account::new(
            19_864_447,
            "web-flow",
            AccountKind::User,
            Some("GitHub Web Flow".to_owned()),
            now.minus(3_000 * 86_400),
        );
        Self {
            users,
            dependabot: bot(49_699_333, "dependabot[bot]"),
            renovate: bot(29_139_614, "renovate[bot]"),
            reviewers: vec![bot(136_622_811, "coderabbitai[bot]"), bot(206_951_365, "cursor[bot]")],
            web_flow: Arc::new(web_flow),
            organizations: BTreeMap::new(),
            now,
        }
    }

    pub(super) fn organization(&mut self, login: &str, hash: u64) -> Arc<Account> {
        let created_at = self.now.minus(2_500 * 86_400);
        let new = || organization(login, hash, created_at);
        Arc::clone(self.organizations.entry(login.to_owned()).or_insert_with(new))
    }

    /// A person; the first ones far more often than the last.
    pub(super) fn user(&self, rng: &mut fastrand::Rng) -> Arc<Account> {
        let skew = rng.f64() * rng.f64();
        Arc::clone(&self.users[(skew * self.users.len() as f64) as usize % self.users.len()])
    }

    /// A person whose account still exists, mostly.
    pub(super) fn author(&self, rng: &mut fastrand::Rng) -> Author {
        (rng.u8(0..50) != 0).then(|| self.user(rng))
    }

    /// Who reviews or comments: people, bots, deleted accounts.
    pub(super) fn voice(&self, rng: &mut fastrand::Rng) -> Author {
        match rng.u8(0..100) {
            0..3 => None,
            3..18 => Some(Arc::clone(&self.reviewers[rng.usize(..self.reviewers.len())])),
            _ => Some(self.user(rng)),
        }
    }

    /// How Git names an account (none: an e-mail nobody has on GitHub).
    pub(super) fn git_actor(&self, rng: &mut fastrand::Rng, account: Author, date: Time) -> GitActor {
        match account {
            Some(account) => GitActor {
                name: account.name.clone().unwrap_or_else(|| account.login.clone()),
                email: format!("{}+{}@users.noreply.github.com", account.id, account.login),
                date,
                account: Some(account),
            },
            None => {
                let name = text::FIRST[rng.usize(..text::FIRST.len())];
                GitActor {
                    name: name.to_owned(),
                    email: format!("{}@localhost", name.to_lowercase()),
                    date,
                    account: None,
                }
            }
        }
    }

    /// The committer of what was committed on the web.
    pub(super) fn web_committer(&self, date: Time) -> GitActor {
        GitActor {
            name: "GitHub".to_owned(),
            email: "noreply@github.com".to_owned(),
            date,
            account: Some(Arc::clone(&self.web_flow)),
        }
    }

    pub(super) fn into_accounts(self) -> Vec<Arc<Account>> {
        let mut all = self.users;
        all.extend(self.reviewers);
        all.extend([self.dependabot, self.renovate, self.web_flow]);
        all.extend(self.organizations.into_values());
        all.sort_by_key(|a| a.id);
        all
    }
}
