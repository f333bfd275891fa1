//! What a manifest may say to this job.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The parameters of one task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The repository, `owner/name`. A former name is followed to the present one.
    #[schemars(regex(pattern = r"^[^/\s]+/[^/\s]+$"))]
    pub repo: String,
    /// Only pull requests updated in the last so many days.
    #[serde(default)]
    pub days_back: Option<u32>,
    /// Only so many pull requests, the last updated first.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub max_prs: Option<u32>,
    /// Which of GitHub's APIs to read; the rows are the same.
    #[serde(default)]
    pub api: Api,
    /// Which streams to emit; all if absent. Fewer streams cost fewer requests.
    #[serde(default)]
    pub streams: Option<BTreeSet<StreamName>>,
    /// Whether commits get their `additions` and `deletions`. Default: yes by GraphQL, where they are free; no by
    /// REST, where each commit costs a request.
    #[serde(default)]
    pub commit_stats: Option<bool>,
}

/// One of GitHub's two APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// About 0.2 points a pull request.
    #[default]
    Graphql,
    /// About 7 requests a pull request.
    Rest,
}

/// A stream's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the rows are documented in `rows`")]
pub enum StreamName {
    Repositories,
    Users,
    PullRequests,
    Reviews,
    ReviewComments,
    IssueComments,
    Commits,
    Files,
    CheckRuns,
}

impl StreamName {
    /// All nine.
    pub const ALL: [Self; 9] = [
        Self::Repositories,
        Self::Users,
        Self::PullRequests,
        Self::Reviews,
        Self::ReviewComments,
        Self::IssueComments,
        Self::Commits,
        Self::Files,
        Self::CheckRuns,
    ];

    /// The name as the host knows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Repositories => "repositories",
            Self::Users => "users",
            Self::PullRequests => "pull_requests",
            Self::Reviews => "reviews",
            Self::ReviewComments => "review_comments",
            Self::IssueComments => "issue_comments",
            Self::Commits => "commits",
            Self::Files => "files",
            Self::CheckRuns => "check_runs",
        }
    }
}

/// What is to be read, with the defaults filled in. Kept in the state: a run that reads something else starts over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The repository as the manifest calls it.
    pub repo: String,
    /// See [`Params::days_back`].
    pub days_back: Option<u32>,
    /// See [`Params::max_prs`].
    pub max_prs: Option<u32>,
    /// The streams.
    pub streams: BTreeSet<StreamName>,
    /// Whether commits get their statistics.
    pub commit_stats: bool,
}

impl Wanted {
    /// Fills in the defaults.
    ///
    /// # Errors
    /// A repository that is no `owner/name`.
    pub fn of(params: &Params) -> Result<Self, String> {
        let named = params.repo.split_once('/').is_some_and(|(owner, name)| {
            !owner.is_empty()
                && !name.is_empty()
                && !name.contains('/')
                && !params.repo.contains(char::is_whitespace)
        });
        if !named {
            return Err(format!("`repo` must be owner/name, and is {:?}", params.repo));
        }
        Ok(Self {
            repo: params.repo.clone(),
            days_back: params.days_back,
            max_prs: params.max_prs,
            streams: params.streams.clone().unwrap_or_else(|| StreamName::ALL.into()),
            commit_stats: params.commit_stats.unwrap_or(params.api == Api::Graphql),
        })
    }

    /// Whether this stream is to be emitted.
    pub fn has(&self, stream: StreamName) -> bool {
        self.streams.contains(&stream)
    }

    /// Owner and name.
    pub fn owner_and_name(&self) -> (&str, &str) {
        self.repo.split_once('/').unwrap_or((&self.repo, ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(json: &str) -> Result<Params, String> {
        serde_json::from_str(json).map_err(|e| e.to_string())
    }

    #[test]
    fn the_shortest_manifest_reads_everything_by_graphql() {
        let wanted = Wanted::of(&params(r#"{"repo": "antiwork/gumroad"}"#).unwrap()).unwrap();
        assert_eq!(wanted.streams.len(), 9);
        assert!(wanted.commit_stats);
        assert_eq!(wanted.owner_and_name(), ("antiwork", "gumroad"));
    }

    #[test]
    fn by_rest_commits_have_no_statistics_unless_asked_for() {
        assert!(!Wanted::of(&params(r#"{"repo": "a/b", "api": "rest"}"#).unwrap()).unwrap().commit_stats);
        let asked = params(r#"{"repo": "a/b", "api": "rest", "commit_stats": true}"#).unwrap();
        assert!(Wanted::of(&asked).unwrap().commit_stats);
    }

    #[test]
    fn mistakes_are_told_by_name() {
        assert!(params(r#"{"repo": "a/b", "day_back": 3}"#).unwrap_err().contains("day_back"));
        assert!(params(r#"{"repo": "a/b", "api": "soap"}"#).unwrap_err().contains("soap"));
        assert!(params(r#"{"repo": "a/b", "streams": ["review"]}"#).unwrap_err().contains("review"));
        for repo in ["", "a", "a/", "/b", "a/b/c", "a b/c"] {
            let given = Params { repo: repo.into(), ..params(r#"{"repo": "x/y"}"#).unwrap() };
            assert!(Wanted::of(&given).unwrap_err().contains("owner/name"), "{repo}");
        }
    }

    #[test]
    fn stream_names_are_the_same_in_json_and_in_code() {
        for name in StreamName::ALL {
            assert_eq!(serde_json::to_value(name).unwrap(), name.as_str());
        }
    }
}
