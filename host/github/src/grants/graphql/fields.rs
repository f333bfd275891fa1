//! Which fields may be entered, by name, and how far one may go in them.
//!
//! Only fields with a selection of their own lead anywhere; they are refused unless they stand in a table here. Names
//! are GitHub's; where one name means several things, the table assumes the one that leads furthest.

/// Where a selection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Room {
    /// In what belongs to the repository: scalars are free.
    Repository,
    /// In an event of a timeline, which may quote other repositories: its own scalars are free.
    Events,
    /// At somebody (or at a language, a licence, a topic): who it is, nothing that they did.
    Person,
    /// At something that may be in another repository: which one it is.
    Names,
    /// In `rateLimit`.
    Quota,
}

/// A secret among a repository's scalars: it lets its holder clone the repository.
const SECRET: &str = "tempCloneToken";

/// What connections are made of.
const PLUMBING: [&str; 4] = ["edges", "node", "nodes", "pageInfo"];

/// Parts of a repository.
const OPEN: [&str; 94] = [
    "afterCommit",
    "annotations",
    "answer",
    "autoMergeRequest",
    "baseRef",
    "beforeCommit",
    "blame",
    "category",
    "checkRun",
    "checkRunCountsByState",
    "checkRuns",
    "checkSuite",
    "checkSuites",
    "combinedContexts",
    "comments",
    "commit",
    "commitComments",
    "commits",
    "context",
    "contexts",
    "defaultBranchRef",
    "deployment",
    "deployments",
    "discussion",
    "discussionCategories",
    "discussionCategory",
    "discussions",
    "end",
    "entries",
    "environment",
    "file",
    "files",
    "history",
    "issue",
    "issueComments",
    "issueOrPullRequest",
    "issueTemplates",
    "issues",
    "label",
    "labels",
    "latestOpinionatedReviews",
    "latestRelease",
    "latestReviews",
    "latestStatus",
    "location",
    "mergeCommit",
    "milestone",
    "milestones",
    "object",
    "options",
    "originalCommit",
    "parents",
    "pinnedDiscussions",
    "pinnedIssues",
    "poll",
    "potentialMergeCommit",
    "pullRequest",
    "pullRequestReview",
    "pullRequestTemplates",
    "pullRequests",
    "ranges",
    "reactionGroups",
    "reactions",
    "ref",
    "refs",
    "release",
    "releaseAssets",
    "releases",
    "replies",
    "replyTo",
    "review",
    "reviewRequests",
    "reviewThreads",
    "reviews",
    "run",
    "runs",
    "signature",
    "start",
    "status",
    "statusCheckRollup",
    "statusContextCountsByState",
    "statuses",
    "steps",
    "subIssuesSummary",
    "tag",
    "tagCommit",
    "target",
    "thread",
    "tree",
    "userContentEdits",
    "viewerLatestReview",
    "viewerLatestReviewRequest",
    "workflow",
    "workflowRun",
];

/// Somebody, or something that is shared by all of GitHub.
const PEOPLE: [&str; 42] = [
    "actor",
    "answerChosenBy",
    "app",
    "assignableUsers",
    "assignee",
    "assignees",
    "author",
    "authors",
    "codeOfConduct",
    "committer",
    "contributingGuidelines",
    "creator",
    "deletedBy",
    "editor",
    "enabledBy",
    "headRepositoryOwner",
    "language",
    "languages",
    "licenseInfo",
    "mentionableUsers",
    "mentions",
    "mergedBy",
    "onBehalfOf",
    "owner",
    "participants",
    "pinnedBy",
    "primaryLanguage",
    "pusher",
    "reactors",
    "repositoryTopics",
    "requestedReviewer",
    "resolvedBy",
    "signer",
    "stargazers",
    "submodule",
    "submodules",
    "suggestedReviewers",
    "tagger",
    "topic",
    "uploadedBy",
    "user",
    "watchers",
];

/// What may be in another repository.
const ELSEWHERE: [&str; 25] = [
    "associatedPullRequests",
    "baseRepository",
    "blockedBy",
    "blocking",
    "branch",
    "canonical",
    "closedByPullRequestsReferences",
    "closer",
    "closingIssuesReferences",
    "commitRepository",
    "duplicate",
    "fromRepository",
    "headRef",
    "headRepository",
    "linkedBranches",
    "matchingPullRequests",
    "parent",
    "repository",
    "source",
    "subIssue",
    "subIssues",
    "subject",
    "templateRepository",
    "trackedInIssues",
    "trackedIssues",
];

const EVENTS: [&str; 2] = ["timeline", "timelineItems"];

const PERSONAL: [&str; 31] = [
    "__typename",
    "avatarUrl",
    "color",
    "combinedSlug",
    "createdAt",
    "cursor",
    "databaseId",
    "date",
    "email",
    "endCursor",
    "fullDatabaseId",
    "hasNextPage",
    "hasPreviousPage",
    "id",
    "isSuggestion",
    "key",
    "login",
    "name",
    "nickname",
    "path",
    "resourcePath",
    "size",
    "slug",
    "spdxId",
    "starredAt",
    "startCursor",
    "subprojectCommitOid",
    "totalCount",
    "totalSize",
    "updatedAt",
    "url",
];

const NAMING: [&str; 20] = [
    "__typename",
    "abbreviatedOid",
    "cursor",
    "databaseId",
    "endCursor",
    "fullDatabaseId",
    "hasNextPage",
    "hasPreviousPage",
    "id",
    "isFork",
    "isPrivate",
    "login",
    "name",
    "nameWithOwner",
    "number",
    "oid",
    "prefix",
    "resourcePath",
    "startCursor",
    "totalCount",
];

const QUOTA: [&str; 7] = ["__typename", "cost", "limit", "nodeCount", "remaining", "resetAt", "used"];

impl Room {
    /// Whether the scalar `name` may be read here.
    pub(super) fn shows(self, name: &str) -> bool {
        match self {
            Self::Repository | Self::Events => name != SECRET,
            Self::Person => PERSONAL.contains(&name),
            Self::Names => NAMING.contains(&name) || name == "url",
            Self::Quota => QUOTA.contains(&name),
        }
    }

    /// The room that the field `name` leads to; `None` if it is closed.
    pub(super) fn leads(self, name: &str) -> Option<Self> {
        if PLUMBING.contains(&name) {
            return (self != Self::Quota).then_some(self);
        }
        match self {
            Self::Quota => None,
            Self::Person => matches!(name, "topic" | "user").then_some(Self::Person),
            Self::Names => matches!(name, "owner" | "repository" | "target").then_some(Self::Names),
            _ if PEOPLE.contains(&name) => Some(Self::Person),
            _ if ELSEWHERE.contains(&name) => Some(Self::Names),
            // An event's commit, issue or pull request can be one of another repository.
            Self::Events => OPEN.contains(&name).then_some(Self::Names),
            Self::Repository if EVENTS.contains(&name) => Some(Self::Events),
            Self::Repository => OPEN.contains(&name).then_some(Self::Repository),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ELSEWHERE, EVENTS, OPEN, PEOPLE, PLUMBING};

    #[test]
    fn every_field_stands_in_one_table() {
        let mut all: Vec<_> =
            OPEN.iter().chain(&PEOPLE).chain(&ELSEWHERE).chain(&EVENTS).chain(&PLUMBING).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
