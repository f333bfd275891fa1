//! A pull request and what is counted on it.

use std::sync::Arc;

use super::{
    Account, Author, Commit, FileChange, IssueComment, Review, ReviewComment, ReviewState, ReviewThread,
    Team, Time, node_id,
};

/// A label of the repository.
#[derive(Debug)]
pub struct Label {
    /// Database id, beyond 2^31.
    pub id: u64,
    /// Its name, possibly with an emoji.
    pub name: String,
    /// Six hexadecimal digits.
    pub color: String,
    /// Its description.
    pub description: Option<String>,
}

impl Label {
    /// The opaque global id.
    pub fn node_id(&self) -> String {
        node_id("LA", self.id)
    }
}

/// Who is asked for a review (GraphQL's union `RequestedReviewer`).
#[derive(Debug, Clone)]
pub enum Reviewer {
    /// A person or a bot.
    Account(Arc<Account>),
    /// A team: REST's `requested_teams`.
    Team(Arc<Team>),
}

/// One pull request.
#[derive(Debug, Clone)]
pub struct PullRequest {
    /// Database id, beyond 2^31.
    pub id: u64,
    /// Its number in the repository (issues take numbers too, so there are gaps).
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its text: `None` is REST's null (GraphQL: `""`), `Some("")` is `""` in both.
    pub body: Option<String>,
    /// Who opened it.
    pub author: Author,
    /// Whether it is open. Closed and with `merged_at`: merged.
    pub open: bool,
    /// Whether it is a draft.
    pub draft: bool,
    /// When it was opened.
    pub created_at: Time,
    /// When it last changed. Check runs don't move it.
    pub updated_at: Time,
    /// When it was closed or merged.
    pub closed_at: Option<Time>,
    /// When it was merged.
    pub merged_at: Option<Time>,
    /// Who merged it (none: unmerged, or a deleted account).
    pub merged_by: Author,
    /// The branch it wants to go to.
    pub base_ref: String,
    /// That branch's commit.
    pub base_sha: String,
    /// Its own branch.
    pub head_ref: String,
    /// Its newest commit: the last of `commits`.
    pub head_sha: String,
    /// The fork's owner; none if the branch is in the repository itself.
    pub head_fork: Option<Arc<Account>>,
    /// REST's `merge_commit_sha`: the merge commit, or a test merge while it is unmerged.
    pub merge_commit_sha: Option<String>,
    /// Labels.
    pub labels: Vec<Arc<Label>>,
    /// Assignees.
    pub assignees: Vec<Arc<Account>>,
    /// Open requests for a review.
    pub requested_reviewers: Vec<Reviewer>,
    /// Commits, oldest first, the head last.
    pub commits: Vec<Commit>,
    /// Commits that a force-push took off the branch; still found by their sha.
    pub former_commits: Vec<Commit>,
    /// Files, in the order of their paths.
    pub files: Vec<FileChange>,
    /// Reviews in ascending id, pending ones included: read [`visible_reviews`](Self::visible_reviews).
    pub reviews: Vec<Review>,
    /// Threads in ascending id, pending comments included: read [`visible_threads`](Self::visible_threads).
    pub threads: Vec<ReviewThread>,
    /// Comments in ascending id.
    pub comments: Vec<IssueComment>,
}

impl PullRequest {
    /// GraphQL's state: `OPEN`, `CLOSED` or `MERGED`.
    pub fn graphql_state(&self) -> &'static str {
        match (self.open, self.merged_at) {
            (true, _) => "OPEN",
            (false, Some(_)) => "MERGED",
            (false, None) => "CLOSED",
        }
    }

    /// REST's state: `open` or `closed`.
    pub fn rest_state(&self) -> &'static str {
        if self.open { "open" } else { "closed" }
    }

    /// The merge commit (GraphQL's `mergeCommit.oid`): none unless merged.
    pub fn merge_commit(&self) -> Option<&str> {
        self.merged_at.and(self.merge_commit_sha.as_deref())
    }

    /// Lines added in all files.
    pub fn additions(&self) -> u64 {
        self.files.iter().map(|f| f.additions).sum()
    }

    /// Lines deleted in all files.
    pub fn deletions(&self) -> u64 {
        self.files.iter().map(|f| f.deletions).sum()
    }

    /// The newest commit.
    pub fn head(&self) -> Option<&Commit> {
        self.commits.last()
    }

    /// A commit of it, on its branch or forced off it.
    pub fn commit(&self, sha: &str) -> Option<&Commit> {
        self.commits.iter().rev().chain(&self.former_commits).find(|c| c.sha == sha)
    }

    /// The reviews that others than their authors can see, in ascending id.
    pub fn visible_reviews(&self) -> impl Iterator<Item = &Review> + Clone {
        self.reviews.iter().filter(|r| r.state != ReviewState::Pending)
    }

    /// The threads that have a visible comment, in ascending id.
    pub fn visible_threads(&self) -> impl Iterator<Item = &ReviewThread> + Clone {
        self.threads.iter().filter(|t| t.comments.iter().any(|c| !c.pending))
    }

    /// All visible review comments with their threads, in ascending id (REST's order).
    pub fn review_comments(&self) -> Vec<(&ReviewThread, &ReviewComment)> {
        let mut all: Vec<_> = self
            .threads
            .iter()
            .flat_map(|t| t.comments.iter().filter(|c| !c.pending).map(move |c| (t, c)))
            .collect();
        all.sort_by_key(|(_, c)| c.id);
        all
    }

    /// The visible comments of one review, in ascending id.
    pub fn comments_of_review(&self, review_id: u64) -> Vec<(&ReviewThread, &ReviewComment)> {
        self.review_comments().into_iter().filter(|(_, c)| c.review_id == review_id).collect()
    }

    /// The opaque global id.
    pub fn node_id(&self) -> String {
        node_id("PR", self.id)
    }
}
