//! What people say on a pull request: reviews, review comments in threads, and comments.

use super::{Author, Time, node_id};

/// The state of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewState {
    /// Approved.
    Approved,
    /// Changes requested.
    ChangesRequested,
    /// Commented; each reply in a thread makes one of these with an empty body.
    Commented,
    /// Dismissed.
    Dismissed,
    /// Not submitted. Only its author sees it, so neither API ever shows it to the simulator's users.
    Pending,
}

impl ReviewState {
    /// The word that both APIs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "APPROVED",
            Self::ChangesRequested => "CHANGES_REQUESTED",
            Self::Commented => "COMMENTED",
            Self::Dismissed => "DISMISSED",
            Self::Pending => "PENDING",
        }
    }
}

/// One review.
#[derive(Debug, Clone)]
pub struct Review {
    /// Database id, beyond 2^31.
    pub id: u64,
    /// Who reviewed.
    pub author: Author,
    /// Its state.
    pub state: ReviewState,
    /// Its text, often empty. (A review's body is never null in either API.)
    pub body: String,
    /// When it was submitted.
    pub submitted_at: Time,
    /// The commit it was made on; none if that commit is gone after a force-push.
    pub commit_sha: Option<String>,
}

impl Review {
    /// The opaque global id.
    pub fn node_id(&self) -> String {
        node_id("PRR", self.id)
    }
}

/// A conversation on one place of the diff.
#[derive(Debug, Clone)]
pub struct ReviewThread {
    /// A number for the global id (REST doesn't know threads).
    pub id: u64,
    /// The file.
    pub path: String,
    /// The line.
    pub line: u64,
    /// Whether someone marked it as resolved.
    pub resolved: bool,
    /// Whether the line is no longer part of the diff.
    pub outdated: bool,
    /// The comments in order: the first, then replies, each of a review of its own.
    pub comments: Vec<ReviewComment>,
}

impl ReviewThread {
    /// The opaque global id.
    pub fn node_id(&self) -> String {
        node_id("PRRT", self.id)
    }
}

/// One comment of a thread.
#[derive(Debug, Clone)]
pub struct ReviewComment {
    /// Database id, beyond 2^31.
    pub id: u64,
    /// The review it belongs to.
    pub review_id: u64,
    /// Whether that review is pending, so that the comment must not be shown.
    pub pending: bool,
    /// Who wrote it.
    pub author: Author,
    /// Its text.
    pub body: String,
    /// When it was written.
    pub created_at: Time,
    /// When it was last edited.
    pub updated_at: Time,
    /// The first comment of the thread, if this is a reply.
    pub in_reply_to: Option<u64>,
    /// The commit it was made on.
    pub commit_sha: String,
}

impl ReviewComment {
    /// The opaque global id.
    pub fn node_id(&self) -> String {
        node_id("PRRC", self.id)
    }
}

/// A comment on the pull request as a whole.
#[derive(Debug, Clone)]
pub struct IssueComment {
    /// Database id, beyond 2^31.
    pub id: u64,
    /// Who wrote it.
    pub author: Author,
    /// Its text, possibly empty.
    pub body: String,
    /// When it was written.
    pub created_at: Time,
    /// When it was last edited.
    pub updated_at: Time,
}

impl IssueComment {
    /// The opaque global id.
    pub fn node_id(&self) -> String {
        node_id("IC", self.id)
    }
}
