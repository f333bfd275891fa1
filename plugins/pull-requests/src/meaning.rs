//! What GitHub's words mean: where the two APIs differ, both are brought to the same value here.

use std::collections::{BTreeMap, BTreeSet};

use crate::rows::{CheckRun, User};

/// The account that stands for deleted ones in REST; GraphQL says null.
const GHOST: &str = "ghost";

/// A login as REST writes it: a bot's ends in `[bot]`, which GraphQL leaves out.
pub(crate) fn login(kind: &str, login: &str) -> String {
    if kind == "Bot" && !login.ends_with("[bot]") { format!("{login}[bot]") } else { login.to_owned() }
}

/// Somebody, or `None` for a deleted account.
pub(crate) fn somebody(kind: &str, name: &str, id: Option<i64>) -> Option<Somebody> {
    (name != GHOST && !name.is_empty()).then(|| Somebody {
        id,
        login: login(kind, name),
        kind: kind.to_owned(),
    })
}

/// An account that is named somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Somebody {
    /// Without an id there is no row in `users` (GraphQL has none for enterprise accounts).
    pub(crate) id: Option<i64>,
    pub(crate) login: String,
    pub(crate) kind: String,
}

/// Those who were named in the rows of one pull request.
#[derive(Debug, Default)]
pub(crate) struct Named(BTreeSet<User>);

impl Named {
    /// Notes somebody and gives the login for the row that names them.
    pub(crate) fn login(&mut self, somebody: Option<Somebody>) -> Option<String> {
        self.note(somebody.as_ref());
        somebody.map(|s| s.login)
    }

    /// Notes somebody.
    pub(crate) fn note(&mut self, somebody: Option<&Somebody>) {
        if let Some(Somebody { id: Some(id), login, kind }) = somebody {
            self.0.insert(User { id: *id, login: login.clone(), kind: kind.clone() });
        }
    }

    /// The rows.
    pub(crate) fn into_users(self) -> BTreeSet<User> {
        self.0
    }
}

/// A text, or nothing: REST says null or `""` where GraphQL always says `""`.
pub(crate) fn text(text: Option<String>) -> Option<String> {
    text.filter(|t| !t.is_empty())
}

/// A pull request's state: GraphQL's `MERGED` is a closed one with `merged_at`.
pub(crate) fn state(word: &str) -> String {
    if word.eq_ignore_ascii_case("open") { "open".to_owned() } else { "closed".to_owned() }
}

/// How a file changed, in REST's words.
pub(crate) fn file_status(word: &str) -> String {
    if word == "DELETED" { "removed".to_owned() } else { word.to_ascii_lowercase() }
}

/// A list of names in an order that both APIs share.
pub(crate) fn sorted(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_unstable();
    names
}

/// Of each check (a name in a suite) the latest run, by ascending id: REST's `filter=latest`. GraphQL's rollup can
/// hold earlier attempts too.
pub(crate) fn latest(runs: impl IntoIterator<Item = (Option<i64>, CheckRun)>) -> Vec<CheckRun> {
    let mut latest: BTreeMap<(Option<i64>, String), CheckRun> = BTreeMap::new();
    for (suite, run) in runs {
        let key = (suite, run.name.clone());
        if latest.get(&key).is_none_or(|known| known.id < run.id) {
            latest.insert(key, run);
        }
    }
    let mut runs: Vec<_> = latest.into_values().collect();
    runs.sort_unstable_by_key(|run| run.id);
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_is_called_the_same_whoever_tells_of_it() {
        let by_rest = somebody("Bot", "dependabot[bot]", Some(49_699_333));
        let by_graphql = somebody("Bot", "dependabot", Some(49_699_333));
        assert_eq!(by_rest, by_graphql);
        assert_eq!(by_rest.unwrap().login, "dependabot[bot]");
        assert_eq!(somebody("User", "dependabot", Some(1)).unwrap().login, "dependabot");
    }

    #[test]
    fn a_deleted_account_is_nobody() {
        let mut named = Named::default();
        assert_eq!(named.login(somebody("User", "ghost", Some(10_137))), None);
        assert!(named.into_users().is_empty());
    }

    #[test]
    fn merged_is_closed_and_deleted_is_removed() {
        assert_eq!(
            ["OPEN", "MERGED", "CLOSED", "open", "closed"].map(state),
            ["open", "closed", "closed", "open", "closed"]
        );
        assert_eq!(["DELETED", "ADDED", "renamed"].map(file_status), ["removed", "added", "renamed"]);
        assert_eq!(text(Some(String::new())), None);
    }

    #[test]
    fn of_a_rerun_check_the_latest_attempt_counts() {
        let run = |id, name: &str| CheckRun {
            id,
            pull_request_id: 1,
            head_sha: "s".into(),
            name: name.into(),
            status: "completed".into(),
            conclusion: None,
            started_at: None,
            completed_at: None,
        };
        let runs = [
            (Some(1), run(9, "test")),
            (Some(1), run(5, "test")),
            (Some(2), run(4, "test")),
            (Some(1), run(7, "lint")),
        ];
        assert_eq!(latest(runs).iter().map(|r| r.id).collect::<Vec<_>>(), [4, 7, 9]);
    }
}
