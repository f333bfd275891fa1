use super::check;
use crate::document::Document;
use crate::error::Error;
use crate::grants::grants;
use crate::grants::learnt::{Fact, Learnt};

fn ask(query: &str, variables: &str) -> Result<Vec<String>, Error> {
    let mut learnt = Learnt::default();
    learnt.learn(&Fact::Name("antiwork/renamed".to_owned()));
    check(&Document::parse(query, variables)?, &grants(&["antiwork/gumroad", "octo/*"]), &learnt)
}

/// A selection inside a granted repository.
fn inside(selection: &str) -> Result<Vec<String>, Error> {
    ask(&format!("{{ repository(owner: \"antiwork\", name: \"gumroad\") {{ {selection} }} }}"), "")
}

fn is_refused(answer: Result<Vec<String>, Error>) -> bool {
    matches!(answer, Err(Error::NotGranted(_)))
}

#[test]
fn a_granted_repository_can_be_asked_for_by_literal_or_variable() {
    let gumroad = Ok(vec!["antiwork/gumroad".to_owned()]);
    assert_eq!(inside("id"), gumroad);
    let query = "query($o: String!, $n: String = \"GumRoad\") { rateLimit { cost } __typename
        r: repository(owner: $o, name: $n, followRenames: true) { id } }";
    assert_eq!(ask(query, r#"{"o": "AntiWork"}"#), gumroad);
    assert_eq!(ask(query, r#"{"o": "antiwork", "n": "renamed"}"#), Ok(vec!["antiwork/renamed".to_owned()]));
}

#[test]
fn each_of_several_is_checked() {
    let query = "{ a: repository(owner: \"octo\", name: \"x\") { id } ...F } fragment F on Query {
        ... on Query { b: repository(owner: \"octo\", name: \"y\") { id } } }";
    assert_eq!(ask(query, ""), Ok(vec!["octo/x".to_owned(), "octo/y".to_owned()]));
    assert!(is_refused(ask(&query.replace("\"octo\", name: \"y\"", "\"other\", name: \"y\""), "")));
}

#[test]
fn another_repository_is_refused_and_the_grant_is_named() {
    let error = ask("{ repository(owner: \"evil\", name: \"corp\") { id } }", "").unwrap_err();
    assert!(error.to_string().contains("needs the grant `evil/corp`"), "{error}");
    let query = "query($o: String! = \"antiwork\", $n: String!) { repository(owner: $o, name: $n) { id } }";
    assert!(is_refused(ask(query, r#"{"n": "other"}"#)));
    assert!(is_refused(ask(query, r#"{"o": "evil", "n": "gumroad"}"#)));
    assert!(is_refused(ask("{ repository(owner: \"octo\", name: \"..\") { id } }", "")));
}

#[test]
fn an_argument_that_is_no_string_makes_no_sense() {
    let query = "query($o: String) { repository(owner: $o, name: \"gumroad\") { id } }";
    for variables in ["{}", r#"{"o": null}"#, r#"{"o": 1}"#, r#"{"o": ["antiwork"]}"#] {
        assert!(matches!(ask(query, variables), Err(Error::Malformed(_))), "{variables}");
    }
    assert!(matches!(
        ask("{ repository(owner: antiwork, name: \"gumroad\") { id } }", ""),
        Err(Error::Malformed(_))
    ));
}

#[test]
fn the_root_opens_nothing_else() {
    for field in [
        "viewer { login }",
        "user(login: \"x\") { email }",
        "organization(login: \"x\") { id }",
        "node(id: \"x\") { id }",
        "nodes(ids: [\"x\"]) { id }",
        "search(query: \"x\", type: ISSUE, first: 1) { issueCount }",
        "resource(url: \"https://github.com/x/y\") { url }",
        "repositoryOwner(login: \"x\") { id }",
        "repository: viewer { login }",
        "rateLimit: viewer { login }",
        "__schema { types { name } }",
        "__type(name: \"User\") { name }",
        "rateLimit { viewer { login } }",
        "relay { viewer { login } }",
    ] {
        assert!(is_refused(ask(&format!("{{ {field} }}"), "")), "{field}");
        assert!(
            is_refused(ask(&format!("{{ ...F }} fragment F on Query {{ ... {{ {field} }} }}"), "")),
            "{field}"
        );
    }
}

#[test]
fn a_job_s_usual_query_passes() {
    let pull = "id databaseId nameWithOwner primaryLanguage { name } defaultBranchRef { name } owner { login __typename }
        pullRequests(first: 50, after: null, orderBy: {field: UPDATED_AT, direction: DESC}) { totalCount pageInfo { hasNextPage endCursor }
          nodes { fullDatabaseId number title body state isDraft createdAt headRefName headRefOid
            author { __typename login ... on User { databaseId } ... on Bot { databaseId } ... on Mannequin { databaseId } }
            mergedBy { login } mergeCommit { oid } headRepository { nameWithOwner owner { login } } headRef { name target { oid } }
            labels(first: 50) { nodes { name } } assignees(first: 20) { nodes { login databaseId } }
            reviewRequests(first: 20) { nodes { requestedReviewer { ... on User { login } ... on Team { slug name } } } }
            reviews(first: 50) { nodes { author { login } commit { oid } body comments(first: 20) { nodes { path body replyTo { id } pullRequestReview { fullDatabaseId } } } } }
            comments(first: 50) { nodes { author { login } body } }
            files(first: 100) { nodes { path additions deletions changeType } }
            commits(first: 50) { nodes { commit { oid message authors(first: 3) { nodes { name user { login } } } author { name email user { login databaseId } } committer { date } additions
              statusCheckRollup { contexts(first: 50) { nodes { ... on CheckRun { databaseId name checkSuite { app { name } } } } } } } } }
            closingIssuesReferences(first: 5) { nodes { number repository { nameWithOwner } } }
            timelineItems(first: 10) { nodes { ... on CrossReferencedEvent { createdAt actor { login } source { ... on Issue { number } } } } }
          } }";
    assert!(inside(pull).is_ok(), "{:?}", inside(pull));
}

#[test]
fn fields_that_lead_out_of_the_repository_are_refused() {
    for selection in [
        "owner { ... on Organization { repositories(first: 9) { nodes { name } } } }",
        "owner { repository(name: \"private\") { description } }",
        "owner { ... on User { email gists(first: 9) { nodes { name } } } }",
        "owner { ... on User { organizationVerifiedDomainEmails(login: \"x\") } }",
        "repository: owner { repository(name: \"x\") { id } }",
        "forks(first: 9) { nodes { id } }",
        "parent { description }",
        "parent { pullRequests(first: 1) { nodes { id } } }",
        "templateRepository { object(expression: \"x\") { id } }",
        "collaborators(first: 1) { nodes { login } }",
        "deployKeys(first: 1) { nodes { key } }",
        "packages(first: 1) { nodes { id } }",
        "projectsV2(first: 1) { nodes { id } }",
        "vulnerabilityAlerts(first: 1) { nodes { id } }",
        "tempCloneToken",
        "x: tempCloneToken",
        "... on Repository { tempCloneToken }",
        "stargazers(first: 1) { nodes { starredRepositories(first: 1) { nodes { id } } } }",
        "repositoryTopics(first: 1) { nodes { topic { repositories(first: 1) { nodes { id } } } } }",
        "pullRequests(first: 1) { nodes { author { ... on User { pullRequests(first: 1) { nodes { title } } } } } }",
        "pullRequests(first: 1) { nodes { author { ... on User { issues(first: 1) { nodes { title } } } } } }",
        "pullRequests(first: 1) { nodes { headRepository { pullRequests(first: 1) { nodes { id } } } } }",
        "pullRequests(first: 1) { nodes { headRef { target { ... on Commit { message } } } } }",
        "pullRequests(first: 1) { nodes { headRepository { object(expression: \"main:x\") { ... on Blob { text } } } } }",
        "pullRequests(first: 1) { nodes { closingIssuesReferences(first: 1) { nodes { body } } } }",
        "pullRequests(first: 1) { nodes { timelineItems(first: 1) { nodes { ... on ReferencedEvent { commit { message } } } } } }",
        "pullRequests(first: 1) { nodes { timelineItems(first: 1) { nodes { ... on CrossReferencedEvent { source { ... on Issue { title } } } } } } }",
        "defaultBranchRef { compare(headRef: \"evil:main\") { aheadBy } }",
        "issues(first: 1) { nodes { parent { title } } }",
        "pullRequests(first: 1) { nodes { reviewRequests(first: 1) { nodes { requestedReviewer { ... on Team { members(first: 1) { nodes { login } } } } } } } }",
        "aField { that { isNew } }",
    ] {
        assert!(is_refused(inside(selection)), "{selection}");
        let query = format!(
            "{{ repository(owner: \"antiwork\", name: \"gumroad\") {{ ...F }} }} fragment F on Repository {{ {selection} }}"
        );
        assert!(is_refused(ask(&query, "")), "{selection}");
    }
}

#[test]
fn a_fragment_is_checked_in_each_place_where_it_is_spread() {
    let query = "{ repository(owner: \"antiwork\", name: \"gumroad\") { ...F parent { ...F } } } fragment F on Repository { description }";
    assert!(is_refused(ask(query, "")));
}
