//! What each credential is known to see, and not to see.
//!
//! Learnt once from a refusal, so that no request is wasted on it again; a success proves the contrary.

use std::collections::{BTreeSet, HashMap, HashSet};

/// More than any run learns; a server must not fill the memory.
const MOST_FACTS: usize = 100_000;

/// What a request is about, in lower case: GitHub's names don't differ by case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct About {
    /// `owner/name`.
    repository: Option<String>,
    topic: Option<String>,
}

/// How far a denial reaches.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Scope {
    Owner(String),
    Repository(String),
    Topic(String, String),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    denied: HashMap<Scope, BTreeSet<usize>>,
    seen: HashSet<(usize, String)>,
}

impl About {
    pub(crate) fn new(repository: Option<&str>, topic: Option<&str>) -> Self {
        Self { repository: repository.map(str::to_lowercase), topic: topic.map(str::to_owned) }
    }

    /// The scopes that a request about this lies in.
    fn scopes(&self) -> impl Iterator<Item = Scope> + '_ {
        let repository = self.repository.as_deref();
        let owner = self.owner().map(|owner| Scope::Owner(owner.to_owned()));
        let topic = repository.zip(self.topic.as_deref());
        let topic = topic.map(|(name, topic)| Scope::Topic(name.to_owned(), topic.to_owned()));
        owner.into_iter().chain(repository.map(|name| Scope::Repository(name.to_owned()))).chain(topic)
    }

    fn owner(&self) -> Option<&str> {
        self.repository.as_deref()?.split('/').next()
    }
}

impl Access {
    /// Whether the credential `seat` is known not to see it.
    pub(crate) fn is_denied(&self, seat: usize, about: &About) -> bool {
        // The usual case, and this is asked for every credential.
        !self.denied.is_empty()
            && about.scopes().any(|scope| self.denied.get(&scope).is_some_and(|seats| seats.contains(&seat)))
    }

    /// Whether any credential is known not to see it.
    pub(crate) fn concerns(&self, about: &About) -> bool {
        !self.denied.is_empty() && about.scopes().any(|scope| self.denied.contains_key(&scope))
    }

    /// `seat` is refused by a whole organisation or user: the one named, or the one that was asked about.
    pub(crate) fn deny_owner(&mut self, seat: usize, about: &About, named: Option<&str>) {
        let owner = named.map(str::to_lowercase).or_else(|| about.owner().map(str::to_owned));
        if let Some(owner) = owner {
            self.deny(seat, Scope::Owner(owner));
        }
    }

    /// `seat` can't see the repository at all.
    pub(crate) fn deny_repository(&mut self, seat: usize, about: &About) {
        if let Some(repository) = about.repository.clone() {
            self.deny(seat, Scope::Repository(repository));
        }
    }

    /// `seat` lacks the permission for this kind of request about the repository.
    pub(crate) fn deny_topic(&mut self, seat: usize, about: &About) {
        if let (Some(repository), Some(topic)) = (about.repository.clone(), about.topic.clone()) {
            self.deny(seat, Scope::Topic(repository, topic));
        }
    }

    fn deny(&mut self, seat: usize, scope: Scope) {
        if self.denied.len() < MOST_FACTS || self.denied.contains_key(&scope) {
            self.denied.entry(scope).or_default().insert(seat);
        }
    }

    /// `seat` has had a good answer about the repository.
    pub(crate) fn see(&mut self, seat: usize, about: &About) {
        if let Some(repository) = &about.repository
            && self.seen.len() < MOST_FACTS
        {
            self.seen.insert((seat, repository.clone()));
        }
    }

    /// Whether `seat` has had a good answer about the repository.
    pub(crate) fn has_seen(&self, seat: usize, about: &About) -> bool {
        about.repository.clone().is_some_and(|repository| self.seen.contains(&(seat, repository)))
    }

    /// What `seat` is known not to see, for people.
    pub(crate) fn denials(&self, seat: usize) -> Vec<String> {
        let scopes = self.denied.iter().filter(|(_, seats)| seats.contains(&seat));
        let mut denials: Vec<_> = scopes
            .map(|(scope, _)| match scope {
                Scope::Owner(name) | Scope::Repository(name) => name.clone(),
                Scope::Topic(name, topic) => format!("{name} ({topic})"),
            })
            .collect();
        denials.sort();
        denials
    }
}

#[cfg(test)]
mod tests {
    use super::{About, Access};

    fn about(repository: &str, topic: &str) -> About {
        About::new(Some(repository), Some(topic))
    }

    #[test]
    fn a_denial_reaches_as_far_as_it_says() {
        let mut access = Access::default();
        access.deny_owner(0, &about("octo/a", "pulls"), None);
        access.deny_repository(1, &about("octo/a", "pulls"));
        access.deny_topic(2, &about("octo/a", "check-runs"));
        let denied = |repository: &str, topic: &str| {
            [0, 1, 2].map(|seat| access.is_denied(seat, &about(repository, topic)))
        };
        assert_eq!(denied("octo/b", "pulls"), [true, false, false]);
        assert_eq!(denied("Octo/A", "pulls"), [true, true, false], "names don't differ by case");
        assert_eq!(denied("octo/a", "check-runs"), [true, true, true]);
        assert_eq!(denied("other/a", "check-runs"), [false, false, false]);
        assert_eq!(access.denials(2), ["octo/a (check-runs)"]);
        assert!(access.concerns(&about("octo/b", "x")) && !access.concerns(&about("other/a", "x")));
    }

    #[test]
    fn a_named_organisation_is_the_one_that_refuses() {
        let mut access = Access::default();
        access.deny_owner(0, &about("fork/a", "pulls"), Some("Octo-Org"));
        assert!(access.is_denied(0, &about("octo-org/z", "pulls")));
        assert!(!access.is_denied(0, &about("fork/a", "pulls")));
    }

    #[test]
    fn without_a_repository_there_is_nothing_to_learn() {
        let mut access = Access::default();
        let nothing = About::new(None, Some("search"));
        access.deny_owner(0, &nothing, None);
        access.deny_repository(0, &nothing);
        access.deny_topic(0, &nothing);
        access.see(0, &nothing);
        assert!(!access.is_denied(0, &nothing) && !access.has_seen(0, &nothing));
    }
}
