//! Makes a world out of a seed: skewed like real repositories, with every oddity that GitHub's two APIs show.
//!
//! A repository depends on the seed and its own name only, so adding another one changes nothing in it.

mod activity;
mod checks;
mod code;
mod oddities;
mod people;
mod pulls;
mod text;

use std::collections::HashMap;
use std::hash::Hasher;
use std::sync::{Arc, OnceLock};

use crate::config::{Config, RepoConfig};
use crate::model::{Account, AccountKind, Label, Repository, Team, Time, World};

pub(crate) use code::sha;
use people::People;

/// The whole world of a configuration.
pub(crate) fn world(config: &Config) -> World {
    let now = Time(config.now);
    let mut people = People::new(config.seed, now);
    let repositories: Vec<_> =
        config.repositories.iter().map(|r| Arc::new(repository(config.seed, now, r, &mut people))).collect();
    World { now, repositories, accounts: people.into_accounts() }
}

/// Ids of one kind in one repository: ascending, with gaps, beyond 2^31.
#[derive(Debug)]
pub(super) struct Ids {
    next: u64,
}

impl Ids {
    fn new(repository: u64, kind: u64) -> Self {
        Self { next: 2_900_000_000 + (repository % 997) * 10_000_000_000 + kind * 1_000_000_000 }
    }

    pub(super) fn take(&mut self, rng: &mut fastrand::Rng) -> u64 {
        self.next += rng.u64(1..60);
        self.next
    }
}

/// All ids of one repository.
#[derive(Debug)]
pub(super) struct AllIds {
    pub pull: Ids,
    pub review: Ids,
    pub review_comment: Ids,
    pub comment: Ids,
    pub check: Ids,
    pub suite: Ids,
    pub status: Ids,
    pub thread: Ids,
}

impl AllIds {
    fn new(repository: u64) -> Self {
        let ids = |kind| Ids::new(repository, kind);
        Self {
            pull: ids(0),
            review: ids(1),
            review_comment: ids(2),
            comment: ids(3),
            check: ids(4),
            suite: ids(5),
            status: ids(6),
            thread: ids(7),
        }
    }
}

/// A stable hash of a name.
pub(super) fn hash_of(name: &str) -> u64 {
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    hasher.write(name.as_bytes());
    hasher.finish()
}

/// FNV-1a: the standard library's hasher is not promised to stay the same.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// A number that is mostly near the median and now and then many times that (log-normal), at most `most`.
pub(super) fn skewed(rng: &mut fastrand::Rng, median: f64, sigma: f64, most: u64) -> u64 {
    let normal: f64 = (0..12).map(|_| rng.f64()).sum::<f64>() - 6.0;
    let value = median * (sigma * normal).exp();
    (value.round().max(0.0) as u64).min(most)
}

fn repository(seed: u64, now: Time, wanted: &RepoConfig, people: &mut People) -> Repository {
    let hash = hash_of(&wanted.full_name);
    let mut rng = fastrand::Rng::with_seed(seed ^ hash);
    let (owner_login, name) = wanted.full_name.split_once('/').unwrap_or(("octo", &wanted.full_name));
    let owner = people.organization(owner_login, hash);
    let id = 100_000_000 + hash % 900_000_000;
    let mut label_ids = Ids::new(hash, 8);
    let labels: Vec<_> = text::LABELS
        .iter()
        .map(|(name, color, description)| {
            Arc::new(Label {
                id: label_ids.take(&mut rng),
                name: (*name).to_owned(),
                color: (*color).to_owned(),
                description: description.map(str::to_owned),
            })
        })
        .collect();
    let teams = ["Core", "Design Systems", "Payments"]
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let slug = name.to_lowercase().replace(' ', "-");
            Arc::new(Team { id: 3_000_000 + hash % 1_000_000 + i as u64, name: (*name).to_owned(), slug })
        })
        .collect();
    let mut repository = Repository {
        id,
        owner,
        name: name.to_owned(),
        former_names: wanted.renamed_from.iter().cloned().collect(),
        private: wanted.private,
        description: (!wanted.empty).then(|| format!("{name}: made to be read ✨")),
        language: (!wanted.empty).then(|| text::LANGUAGES[(hash % 4) as usize].to_owned()),
        default_branch: if hash.is_multiple_of(3) { "master" } else { "main" }.to_owned(),
        created_at: now.minus(900 * 86_400 + hash % 40_000_000),
        updated_at: now.minus(3_600 + hash % 80_000),
        pushed_at: now.minus(600 + hash % 3_000),
        empty: wanted.empty,
        pulls: Vec::new(),
        labels,
        teams,
        commit_home: HashMap::new(),
        update_order: OnceLock::new(),
        rest_json: OnceLock::new(),
    };
    if wanted.empty {
        repository.pushed_at = repository.created_at;
    }
    // GitHub detects no language in some repositories that have code.
    if hash.is_multiple_of(11) {
        repository.language = None;
    }
    if !wanted.empty {
        repository.pulls = pulls::generate(&mut rng, now, wanted, &repository, people);
        let numbers: Vec<u64> = repository.pulls.iter().map(|p| p.number).collect();
        for number in numbers {
            repository.index_commits(number);
        }
    }
    repository
}

/// An organisation as owner.
pub(super) fn organization(login: &str, hash: u64, created_at: Time) -> Arc<Account> {
    Arc::new(Account::new(20_000_000 + hash % 90_000_000, login, AccountKind::Organization, None, created_at))
}

#[cfg(test)]
mod tests;
