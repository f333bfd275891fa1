//! What a query walks over: one `Thing` for each object type of the schema, and `Out` for what a field gives.

use std::borrow::Cow;
use std::rc::Rc;

use super::connection::Page;
use super::refusal::Failure;
use crate::model::{
    Account, AccountKind, App, CheckRun, Commit, CommitStatus, FileChange, GitActor, IssueComment, Label,
    PullRequest, Repository, Review, ReviewComment, ReviewThread, Reviewer, Team, Time,
};

/// A pull request with its repository.
#[derive(Clone, Copy)]
pub(super) struct In<'w> {
    pub repository: &'w Repository,
    pub pull: &'w PullRequest,
}

/// A commit of which the model knows no more than its id: a merge, a parent, one lost by a force-push.
#[derive(Clone, Copy)]
pub(super) struct Bare<'w> {
    pub repository: &'w Repository,
    pub sha: &'w str,
    pub date: Time,
}

/// One object.
#[derive(Clone)]
pub(super) enum Thing<'w> {
    Query,
    RateLimit,
    /// A user, bot or organisation.
    Account(&'w Account),
    /// The viewer, where the world does not know the account: its login.
    Viewer(&'w str),
    Repository(&'w Repository),
    /// The primary language.
    Language(&'w str),
    /// A branch and its newest commit.
    Branch(&'w Repository, &'w str, Option<Bare<'w>>),
    Label(&'w Repository, &'w Label),
    Team(&'w Repository, &'w Team),
    Pull(In<'w>),
    PullCommit(In<'w>, &'w Commit),
    ReviewRequest(In<'w>, &'w Reviewer),
    File(&'w FileChange),
    Review(In<'w>, &'w Review),
    Thread(In<'w>, &'w ReviewThread),
    ReviewComment(In<'w>, &'w ReviewThread, &'w ReviewComment),
    IssueComment(In<'w>, &'w IssueComment),
    Commit(In<'w>, &'w Commit),
    BareCommit(Bare<'w>),
    GitActor(&'w GitActor),
    Rollup(In<'w>, &'w Commit),
    Status(In<'w>, &'w Commit),
    StatusContext(In<'w>, &'w Commit, &'w CommitStatus),
    CheckRun(In<'w>, &'w Commit, &'w CheckRun),
    /// A suite, by its id.
    CheckSuite(In<'w>, &'w Commit, u64),
    App(App),
    Page(Rc<Page<'w>>),
    PageInfo(Rc<Page<'w>>),
    /// One item of a page.
    Edge(Rc<Page<'w>>, usize),
}

impl Thing<'_> {
    /// The number of the pull request that it hangs on.
    pub(super) fn pull_number(&self) -> Option<u64> {
        match self {
            Self::Pull(place)
            | Self::PullCommit(place, _)
            | Self::ReviewRequest(place, _)
            | Self::Review(place, _)
            | Self::Thread(place, _)
            | Self::ReviewComment(place, ..)
            | Self::IssueComment(place, _)
            | Self::Commit(place, _)
            | Self::Rollup(place, _)
            | Self::Status(place, _)
            | Self::StatusContext(place, ..)
            | Self::CheckRun(place, ..)
            | Self::CheckSuite(place, ..) => Some(place.pull.number),
            _ => None,
        }
    }

    /// The name of its object type: `__typename`.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Query => "Query",
            Self::RateLimit => "RateLimit",
            Self::Account(account) => match account.kind {
                AccountKind::User => "User",
                AccountKind::Bot => "Bot",
                AccountKind::Organization => "Organization",
            },
            Self::Viewer(_) => "User",
            Self::Repository(_) => "Repository",
            Self::Language(_) => "Language",
            Self::Branch(..) => "Ref",
            Self::Label(..) => "Label",
            Self::Team(..) => "Team",
            Self::Pull(_) => "PullRequest",
            Self::PullCommit(..) => "PullRequestCommit",
            Self::ReviewRequest(..) => "ReviewRequest",
            Self::File(_) => "PullRequestChangedFile",
            Self::Review(..) => "PullRequestReview",
            Self::Thread(..) => "PullRequestReviewThread",
            Self::ReviewComment(..) => "PullRequestReviewComment",
            Self::IssueComment(..) => "IssueComment",
            Self::Commit(..) | Self::BareCommit(_) => "Commit",
            Self::GitActor(_) => "GitActor",
            Self::Rollup(..) => "StatusCheckRollup",
            Self::Status(..) => "Status",
            Self::StatusContext(..) => "StatusContext",
            Self::CheckRun(..) => "CheckRun",
            Self::CheckSuite(..) => "CheckSuite",
            Self::App(_) => "App",
            Self::Page(page) => page.connection,
            Self::PageInfo(_) => "PageInfo",
            Self::Edge(page, _) => page.edge,
        }
    }
}

/// What a field gives.
pub(super) enum Out<'w> {
    Null,
    Flag(bool),
    /// A number as GitHub sends it: some `Int`s go beyond 32 bits.
    Number(u64),
    /// A string, an id, an enum value, a URI.
    Text(Cow<'w, str>),
    /// An enum value that the model knows in lower case.
    Capitals(&'w str),
    Moment(Time),
    One(Thing<'w>),
    Many(Vec<Out<'w>>),
    Failed(Failure),
    /// The schema has the field, but no resolver knows it: a bug of the simulator, which a test looks for.
    Unserved,
}

impl<'w> Out<'w> {
    /// `databaseId` where `fullDatabaseId` stands beside it: null beyond 32 bits.
    pub(super) fn small_id(id: u64) -> Self {
        if i32::try_from(id).is_ok() { Self::Number(id) } else { Self::Null }
    }

    /// A `BigInt`: a number as a string.
    pub(super) fn big(id: u64) -> Self {
        Self::Text(id.to_string().into())
    }

    /// A thing or null.
    pub(super) fn maybe(thing: Option<Thing<'w>>) -> Self {
        thing.map_or(Self::Null, Self::One)
    }

    /// An account, or null for one that was deleted.
    pub(super) fn account(account: Option<&'w Account>) -> Self {
        Self::maybe(account.map(Thing::Account))
    }
}

impl<'w> From<&'w str> for Out<'w> {
    fn from(text: &'w str) -> Self {
        Self::Text(text.into())
    }
}

impl<'w> From<&'w String> for Out<'w> {
    fn from(text: &'w String) -> Self {
        Self::Text(text.as_str().into())
    }
}

impl From<String> for Out<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<bool> for Out<'_> {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}

impl From<usize> for Out<'_> {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

impl From<Time> for Out<'_> {
    fn from(time: Time) -> Self {
        Self::Moment(time)
    }
}

impl<'w, T: Into<Out<'w>>> From<Option<T>> for Out<'w> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
