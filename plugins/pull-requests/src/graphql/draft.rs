//! A pull request being put together from pages.

use seedbed_sdk::Error;

use super::queries::{ListKind, More, reads_reviews};
use super::shape;
use super::types::{self, Connection, Lists};
use crate::meaning::Named;
use crate::params::{StreamName, Wanted};
use crate::source::{Lack, Unit};

/// A list as far as it was read.
#[derive(Debug)]
struct Gathered<T> {
    items: Vec<T>,
    /// How many GitHub says there are, itself included what it then gave as null.
    stated: usize,
}

impl<T> Default for Gathered<T> {
    fn default() -> Self {
        Self { items: Vec::new(), stated: 0 }
    }
}

impl<T> Gathered<T> {
    /// Takes in a page; gives the cursor if there are more.
    fn take(&mut self, page: Connection<T>) -> Option<String> {
        self.stated = page.total_count;
        self.items.extend(page.nodes.into_iter().flatten().flatten());
        next(page.page_info)
    }

    /// How many are missing, once all pages are read.
    fn missing(&self) -> usize {
        self.stated.saturating_sub(self.items.len())
    }
}

fn next(page: types::PageInfo) -> Option<String> {
    page.end_cursor.filter(|_| page.has_next_page)
}

/// A pull request as far as it was read.
#[derive(Debug)]
pub(super) struct Draft {
    facts: types::PullRequest,
    labels: Gathered<types::Name>,
    assignees: Gathered<types::Actor>,
    review_requests: Gathered<types::ReviewRequest>,
    reviews: Gathered<types::Review>,
    /// With the id of their review.
    review_comments: Vec<(i64, types::ReviewComment)>,
    /// Comments that GitHub says there are and did not give.
    review_comments_missing: usize,
    issue_comments: Gathered<types::IssueComment>,
    commits: Gathered<types::OfCommit<types::Commit>>,
    files: Gathered<types::File>,
    checks: Gathered<types::Context>,
    lacks: Vec<Lack>,
    /// The end of the last page of reviews, which is "before" the first review of the next.
    reviews_end: Option<String>,
}

impl Draft {
    /// The first pages, and what is to be read besides.
    pub(super) fn new(mut facts: types::PullRequest, lists: Lists, wanted: &Wanted) -> (Self, Vec<More>) {
        let head = facts.head.nodes.take().into_iter().flatten().flatten().next().map(|node| node.commit);
        let mut draft = Self {
            facts,
            labels: Gathered::default(),
            assignees: Gathered::default(),
            review_requests: Gathered::default(),
            reviews: Gathered::default(),
            review_comments: Vec::new(),
            review_comments_missing: 0,
            issue_comments: Gathered::default(),
            commits: Gathered::default(),
            files: Gathered::default(),
            checks: Gathered::default(),
            lacks: Vec::new(),
            reviews_end: None,
        };
        let mut more = draft.take(lists);
        if wanted.has(StreamName::CheckRuns) {
            more.extend(draft.take_head(head));
        }
        (draft, more)
    }

    /// Takes in further pages; gives what is still to be read.
    pub(super) fn take(&mut self, lists: Lists) -> Vec<More> {
        let mut more = Vec::new();
        let number = self.facts.number;
        let mut note = |list: ListKind, after: Option<String>| {
            more.extend(after.map(|after| More { number, list, after: Some(after) }));
        };
        if let Some(page) = lists.labels {
            note(ListKind::Labels, self.labels.take(page));
        }
        if let Some(page) = lists.assignees {
            note(ListKind::Assignees, self.assignees.take(page));
        }
        if let Some(page) = lists.review_requests {
            note(ListKind::ReviewRequests, self.review_requests.take(page));
        }
        if let Some(page) = lists.comments {
            note(ListKind::IssueComments, self.issue_comments.take(page));
        }
        if let Some(page) = lists.commits {
            note(ListKind::Commits, self.commits.take(page));
        }
        if let Some(page) = lists.files {
            note(ListKind::Files, self.files.take(page));
        }
        if let Some(page) = lists.reviews {
            more.extend(self.take_reviews(page));
        }
        more
    }

    fn take_reviews(&mut self, page: types::EdgeConnection<types::Review>) -> Vec<More> {
        let mut more = Vec::new();
        let number = self.facts.number;
        let mut before = self.reviews_end.take();
        self.reviews.stated = page.total_count;
        for edge in page.edges.into_iter().flatten().flatten() {
            if let Some(mut review) = edge.node {
                let id = review.full_database_id.0;
                if let Some(comments) = review.comments.take()
                    && let Some(after) = self.take_comments(id, comments)
                {
                    let list = ListKind::ReviewComments { review: id, before: before.clone() };
                    more.push(More { number, list, after: Some(after) });
                }
                self.reviews.items.push(review);
            }
            before = edge.cursor;
        }
        if let Some(after) = next(page.page_info) {
            self.reviews_end = before.or_else(|| Some(after.clone()));
            more.push(More { number, list: ListKind::Reviews, after: Some(after) });
        }
        more
    }

    /// Takes in further comments of one review.
    pub(super) fn take_review_comments(
        &mut self,
        more: &More,
        review: i64,
        page: types::EdgeConnection<types::Review>,
    ) -> Result<Vec<More>, Error> {
        let node = page.edges.into_iter().flatten().flatten().find_map(|edge| edge.node);
        // The review is asked for by its place; when one before it went away, another stands there.
        let found = node.filter(|node| node.full_database_id.0 == review).and_then(|node| node.comments);
        let comments =
            found.ok_or_else(|| Error::Other("the reviews changed while they were read".to_owned()))?;
        let given = comments.nodes.iter().flatten().flatten().count();
        // The first page counted everything beyond itself as missing.
        self.review_comments_missing = self.review_comments_missing.saturating_sub(given);
        let after = next(types::PageInfo {
            has_next_page: comments.page_info.has_next_page,
            end_cursor: comments.page_info.end_cursor,
        });
        self.review_comments
            .extend(comments.nodes.into_iter().flatten().flatten().map(|comment| (review, comment)));
        Ok(after.map(|after| More { after: Some(after), ..more.clone() }).into_iter().collect())
    }

    /// Takes in the first comments of a review.
    fn take_comments(&mut self, review: i64, page: Connection<types::ReviewComment>) -> Option<String> {
        let mut gathered = Gathered::default();
        let after = gathered.take(page);
        self.review_comments_missing += gathered.missing();
        self.review_comments.extend(gathered.items.into_iter().map(|comment| (review, comment)));
        after
    }

    /// Takes in the checks of the last commit, if that is the head: after a force-push it may not be.
    fn take_head(&mut self, head: Option<types::HeadCommit>) -> Option<More> {
        let sha = self.facts.head_ref_oid.clone();
        match head {
            Some(commit) if commit.oid == sha => self.take_checks(commit),
            _ => Some(More { number: self.facts.number, list: ListKind::Checks { sha }, after: None }),
        }
    }

    /// Takes in checks of the head; gives what is still to be read.
    pub(super) fn take_checks(&mut self, commit: types::HeadCommit) -> Option<More> {
        let after = self.checks.take(commit.status_check_rollup?.contexts)?;
        let list = ListKind::Checks { sha: commit.oid };
        Some(More { number: self.facts.number, list, after: Some(after) })
    }

    /// Notes that a part could not be read. The rest is still worth having.
    pub(super) fn lacks(&mut self, part: &'static str, reason: String) {
        if !self.lacks.iter().any(|lack| lack.part == part) {
            self.lacks.push(Lack { part, reason, again: true });
        }
    }

    /// The rows, once all pages are read.
    pub(super) fn into_unit(mut self, repository: &str, wanted: &Wanted) -> Result<Unit, Error> {
        let facts_missing = self.labels.missing() + self.assignees.missing() + self.review_requests.missing();
        if facts_missing > 0 {
            return Err(Error::Other(format!(
                "GitHub left out {facts_missing} of its labels, assignees and reviewers"
            )));
        }
        for (part, missing) in [
            ("reviews", self.reviews.missing()),
            ("review comments", self.review_comments_missing),
            ("comments", self.issue_comments.missing()),
            ("commits", self.commits.missing()),
            ("files", self.files.missing()),
            ("check runs", self.checks.missing()),
        ] {
            if missing > 0 {
                self.lacks(part, format!("GitHub left out {missing} of them"));
            }
        }
        let lacks = std::mem::take(&mut self.lacks);
        let has = |stream: StreamName, part: &str| {
            wanted.has(stream) && !lacks.iter().any(|lack| lack.part == part)
        };
        let id = self.facts.full_database_id.0;
        let head_sha = self.facts.head_ref_oid.clone();
        let mut named = Named::default();
        let reviews_are_read = reads_reviews(wanted) && has_no(&lacks, "reviews");
        let (reviews, review_comments) =
            shape::discussion(self.reviews.items, self.review_comments, id, &mut named);
        let unit = Unit {
            pull_request: None,
            reviews: has(StreamName::Reviews, "reviews").then_some(reviews),
            review_comments: (has(StreamName::ReviewComments, "review comments") && reviews_are_read)
                .then_some(review_comments),
            issue_comments: has(StreamName::IssueComments, "comments").then(|| {
                self.issue_comments
                    .items
                    .into_iter()
                    .map(|comment| shape::issue_comment(comment, id, &mut named))
                    .collect()
            }),
            commits: has(StreamName::Commits, "commits").then(|| {
                self.commits
                    .items
                    .into_iter()
                    .map(|node| shape::commit(node.commit, id, &mut named))
                    .collect()
            }),
            files: has(StreamName::Files, "files")
                .then(|| self.files.items.into_iter().map(|one| shape::file(one, id)).collect()),
            check_runs: has(StreamName::CheckRuns, "check runs")
                .then(|| shape::check_runs(self.checks.items, id, &head_sha)),
            users: Default::default(),
            lacks,
        };
        let people = (self.labels.items, self.assignees.items, self.review_requests.items);
        let pull_request = Some(shape::pull_request(self.facts, people, repository, &mut named));
        Ok(Unit { pull_request, users: named.into_users(), ..unit })
    }
}

fn has_no(lacks: &[Lack], part: &str) -> bool {
    !lacks.iter().any(|lack| lack.part == part)
}
