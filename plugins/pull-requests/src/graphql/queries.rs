//! The queries' texts: `.graphql` files, put together for what is wanted.
//!
//! Pull requests are asked for by number, many in one query by aliases (`p0`, `p1`, ...), and further pages of their
//! lists too (`m0`, `m1`, ...). So any selection can be read again, in parts of any size, and a query that takes too
//! long is simply halved.

use std::fmt::Write;

use crate::params::{StreamName, Wanted};

/// The repository's own facts.
pub(super) const REPOSITORY: &str = include_str!("repository.graphql");
/// One page of the list of pull requests, newest first.
pub(super) const LIST: &str = include_str!("list.graphql");

/// Each fragment under its name.
const FRAGMENTS: [(&str, &str); 12] = [
    ("Who", include_str!("fragments/actor.graphql")),
    ("Facts", include_str!("fragments/pull_request.graphql")),
    ("LabelPage", include_str!("fragments/label_page.graphql")),
    ("AssigneePage", include_str!("fragments/assignee_page.graphql")),
    ("ReviewRequestPage", include_str!("fragments/review_request_page.graphql")),
    ("ReviewFacts", include_str!("fragments/review.graphql")),
    ("ReviewCommentPage", include_str!("fragments/review_comment_page.graphql")),
    ("IssueCommentPage", include_str!("fragments/issue_comment_page.graphql")),
    ("CommitPage", include_str!("fragments/commit_page.graphql")),
    ("CommitStatsPage", include_str!("fragments/commit_stats_page.graphql")),
    ("FilePage", include_str!("fragments/file_page.graphql")),
    ("CheckPage", include_str!("fragments/check_page.graphql")),
];

/// How much of each list comes with the pull request itself. The rest of longer lists is asked for afterwards.
///
/// GitHub counts, for each pull request, one request for each list plus one for each review's comments; 100 are a
/// point, whatever the sizes. The sizes bound the nodes and the time: most lists fit, and none is long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    few: u32,
    reviews: u32,
    review_comments: u32,
    issue_comments: u32,
    commits: u32,
    files: u32,
    checks: u32,
}

impl Sizes {
    /// For ordinary pull requests: 19 requests' worth each, at most 272 nodes.
    pub(super) const ORDINARY: Self = Self {
        few: 15,
        reviews: 10,
        review_comments: 10,
        issue_comments: 20,
        commits: 20,
        files: 40,
        checks: 40,
    };
    /// For one pull request that alone takes too long.
    pub(super) const THIN: Self =
        Self { few: 5, reviews: 3, review_comments: 3, issue_comments: 3, commits: 3, files: 5, checks: 5 };
}

/// One list of a pull request of which more is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct More {
    pub(super) number: i64,
    pub(super) list: ListKind,
    /// The cursor after which it goes on; none: from its beginning.
    pub(super) after: Option<String>,
}

/// Which list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ListKind {
    Labels,
    Assignees,
    ReviewRequests,
    Reviews,
    /// The comments of one review: GitHub knows it by its place, `before` being the cursor of the review before it.
    ReviewComments {
        review: i64,
        before: Option<String>,
    },
    IssueComments,
    Commits,
    Files,
    /// The check runs of this head commit.
    Checks {
        sha: String,
    },
}

impl ListKind {
    /// What a gap calls it; `None` if without it the pull request's own row is not whole.
    pub(super) fn part(&self) -> Option<&'static str> {
        match self {
            Self::Labels | Self::Assignees | Self::ReviewRequests => None,
            Self::Reviews => Some("reviews"),
            Self::ReviewComments { .. } => Some("review comments"),
            Self::IssueComments => Some("comments"),
            Self::Commits => Some("commits"),
            Self::Files => Some("files"),
            Self::Checks { .. } => Some("check runs"),
        }
    }
}

/// The query for these pull requests, each under the alias `p` and its place.
pub(super) fn pull_requests(numbers: &[i64], wanted: &Wanted, sizes: Sizes) -> String {
    let mut fields = String::from("...Facts");
    let mut field = |text: &str| {
        fields.push_str("\n  ");
        fields.push_str(text);
    };
    let few = sizes.few;
    field(&format!("labels(first: {few}) {{ ...LabelPage }}"));
    field(&format!("assignees(first: {few}) {{ ...AssigneePage }}"));
    field(&format!("reviewRequests(first: {few}) {{ ...ReviewRequestPage }}"));
    if reads_reviews(wanted) {
        field(&reviews(sizes.reviews, "", wanted, sizes.review_comments));
    }
    if wanted.has(StreamName::IssueComments) {
        field(&format!("comments(first: {}) {{ ...IssueCommentPage }}", sizes.issue_comments));
    }
    if wanted.has(StreamName::Commits) {
        field(&format!("commits(first: {}) {{ {} }}", sizes.commits, commit_page(wanted)));
    }
    if wanted.has(StreamName::Files) {
        field(&format!("files(first: {}) {{ ...FilePage }}", sizes.files));
    }
    if wanted.has(StreamName::CheckRuns) {
        field(&format!("head: commits(last: 1) {{ nodes {{ commit {{ {} }} }} }}", rollup(sizes.checks, "")));
    }
    let mut query = String::from(
        "query PullRequests($owner: String!, $name: String!) {\n  repository(owner: $owner, name: $name) {\n",
    );
    for (place, number) in numbers.iter().enumerate() {
        let _ = writeln!(query, "    p{place}: pullRequest(number: {number}) {{ ...Whole }}");
    }
    let _ = write!(query, "  }}\n}}\nfragment Whole on PullRequest {{\n  {fields}\n}}\n");
    with_fragments(query)
}

/// The query for further pages of these lists, each under the alias `m` and its place. The cursors are the variables
/// `a0`, `a1`, ...; for comments of a review `b0`, ... is the cursor of the review before.
pub(super) fn more(these: &[More], wanted: &Wanted, first: u32) -> String {
    let (mut declared, mut fields) = (String::new(), String::new());
    for (place, more) in these.iter().enumerate() {
        let _ = write!(declared, ", $a{place}: String");
        let after = format!(", after: $a{place}");
        let of_pull =
            |field: &str| format!("    m{place}: pullRequest(number: {}) {{ {field} }}\n", more.number);
        let page =
            |list: &str, fragment: &str| of_pull(&format!("{list}(first: {first}{after}) {{ {fragment} }}"));
        fields.push_str(&match &more.list {
            ListKind::Labels => page("labels", "...LabelPage"),
            ListKind::Assignees => page("assignees", "...AssigneePage"),
            ListKind::ReviewRequests => page("reviewRequests", "...ReviewRequestPage"),
            ListKind::Reviews => of_pull(&reviews(first, &after, wanted, Sizes::ORDINARY.review_comments)),
            ListKind::ReviewComments { .. } => {
                let _ = write!(declared, ", $b{place}: String");
                of_pull(&format!(
                    "reviews(first: 1, after: $b{place}) {{ edges {{ node {{ fullDatabaseId \
                     comments(first: {first}{after}) {{ ...ReviewCommentPage }} }} }} }}"
                ))
            }
            ListKind::IssueComments => page("comments", "...IssueCommentPage"),
            ListKind::Commits => page("commits", commit_page(wanted)),
            ListKind::Files => page("files", "...FilePage"),
            ListKind::Checks { sha } => {
                // A sha is hexadecimal by GitHub's own schema; anything else must not become part of a query.
                let sha: String = sha.chars().filter(char::is_ascii_hexdigit).collect();
                format!(
                    "    m{place}: object(oid: \"{sha}\") {{ ... on Commit {{ oid {} }} }}\n",
                    rollup(first, &after)
                )
            }
        });
    }
    with_fragments(format!(
        "query More($owner: String!, $name: String!{declared}) {{\n  repository(owner: $owner, name: $name) {{\n{fields}  }}\n}}\n"
    ))
}

/// Whether reviews are read: their comments hang on them.
pub(super) fn reads_reviews(wanted: &Wanted) -> bool {
    wanted.has(StreamName::Reviews) || wanted.has(StreamName::ReviewComments)
}

fn reviews(first: u32, after: &str, wanted: &Wanted, comments: u32) -> String {
    let comments = if wanted.has(StreamName::ReviewComments) {
        format!(" comments(first: {comments}) {{ ...ReviewCommentPage }}")
    } else {
        String::new()
    };
    format!(
        "reviews(first: {first}{after}) {{ totalCount pageInfo {{ hasNextPage endCursor }} \
         edges {{ cursor node {{ ...ReviewFacts{comments} }} }} }}"
    )
}

fn commit_page(wanted: &Wanted) -> &'static str {
    if wanted.commit_stats { "...CommitPage ...CommitStatsPage" } else { "...CommitPage" }
}

fn rollup(first: u32, after: &str) -> String {
    format!("statusCheckRollup {{ contexts(first: {first}{after}) {{ ...CheckPage }} }}")
}

/// Appends the fragments that the query spreads, and those that these spread: GitHub refuses unused ones.
fn with_fragments(mut query: String) -> String {
    let mut missing = FRAGMENTS.to_vec();
    while let Some(at) = missing.iter().position(|(name, _)| spreads(&query, name)) {
        query.push_str(missing.swap_remove(at).1);
    }
    query
}

fn spreads(query: &str, name: &str) -> bool {
    query.match_indices("...").any(|(at, dots)| {
        let rest = &query[at + dots.len()..];
        rest.strip_prefix(name).is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_alphanumeric()))
    })
}

/// Every query this job can send, with example values, for checking them against GitHub's schema.
pub fn queries() -> Vec<(String, String)> {
    let wanted = |commit_stats, streams: &[StreamName]| Wanted {
        repo: "octocat/hello-world".to_owned(),
        days_back: None,
        max_prs: None,
        streams: streams.iter().copied().collect(),
        commit_stats,
    };
    let lists = [
        ListKind::Labels,
        ListKind::Assignees,
        ListKind::ReviewRequests,
        ListKind::Reviews,
        ListKind::ReviewComments { review: 1, before: None },
        ListKind::IssueComments,
        ListKind::Commits,
        ListKind::Files,
        ListKind::Checks { sha: "6dcb09b5b57875f334f61aebed695e2e4193db5e".to_owned() },
    ];
    let all = wanted(true, &StreamName::ALL);
    let mores: Vec<More> = lists.into_iter().map(|list| More { number: 12, list, after: None }).collect();
    let mut queries = vec![
        ("repository".to_owned(), REPOSITORY.to_owned()),
        ("list".to_owned(), LIST.to_owned()),
        ("more of each list".to_owned(), more(&mores, &all, 100)),
        ("pull requests, all streams".to_owned(), pull_requests(&[1, 2], &all, Sizes::ORDINARY)),
        ("one pull request, thin".to_owned(), pull_requests(&[1], &all, Sizes::THIN)),
    ];
    for stream in StreamName::ALL {
        let only = wanted(false, &[stream]);
        queries.push((format!("only {}", stream.as_str()), pull_requests(&[1], &only, Sizes::ORDINARY)));
    }
    queries.extend(mores.iter().map(|one| {
        (
            format!("more of {:?}", one.list),
            more(std::slice::from_ref(one), &wanted(false, &StreamName::ALL), 100),
        )
    }));
    queries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_has_the_fragments_it_spreads_and_no_other() {
        for (name, query) in queries() {
            for (fragment, _) in FRAGMENTS {
                let defined = query.matches(&format!("fragment {fragment} on")).count();
                assert_eq!(defined, usize::from(spreads(&query, fragment)), "{fragment} in {name}:\n{query}");
            }
        }
    }

    #[test]
    fn a_sha_cannot_break_out_of_its_query() {
        let list = ListKind::Checks { sha: "ab\") { x } #".to_owned() };
        let wanted = Wanted {
            repo: "a/b".into(),
            days_back: None,
            max_prs: None,
            streams: StreamName::ALL.into(),
            commit_stats: true,
        };
        assert!(more(&[More { number: 1, list, after: None }], &wanted, 1).contains(r#"object(oid: "ab")"#));
    }
}
