//! Paged to its end, each connection gives each item once.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ask, data, repository, some_pull, world};
use crate::model::{PullRequest, Time};

/// All nodes of a connection below `path`, a few at a time. `field` has `%` where the paging arguments go.
fn all(path: &[&str], prefix: &str, field: &str, suffix: &str, size: usize) -> Vec<Value> {
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let paged = field.replace('%', &format!("first: {size}, after: $after"));
        let query = format!(
            "query($after: String) {{ {prefix} {paged} {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ __typename {} }} }} {suffix} }}",
            if field.starts_with("contexts") {
                "... on Node { id }"
            } else if field.starts_with("files") {
                "path"
            } else {
                "id"
            },
        );
        let mut page = data(&query, json!({"after": after}));
        for step in path {
            page = page[*step].take();
        }
        let nodes = page["nodes"].as_array().unwrap().clone();
        assert!(nodes.len() <= size);
        found.extend(nodes);
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["totalCount"], found.len(), "{field}");
            break found;
        }
        assert!(!page["nodes"].as_array().unwrap().is_empty(), "{field}: a page must go forward");
    }
}

fn distinct(nodes: &[Value]) -> usize {
    let texts: BTreeSet<String> = nodes.iter().map(ToString::to_string).collect();
    texts.len()
}

fn of_pull(pull: &PullRequest, field: &str, size: usize) -> Vec<Value> {
    let name = field.split('(').next().unwrap();
    let prefix = format!(
        "repository(owner: \"octo\", name: \"hello-world\") {{ pullRequest(number: {}) {{",
        pull.number
    );
    all(&["repository", "pullRequest", name], &prefix, field, "} }", size)
}

#[test]
fn every_list_of_a_pull_request_is_whole_when_it_is_paged_to_its_end() {
    type Count = fn(&PullRequest) -> usize;
    let busy = |len: Count| {
        repository().pulls.iter().max_by_key(|pull| len(pull)).map(|pull| (pull.as_ref(), len(pull))).unwrap()
    };
    let lists: [(&str, Count); 8] = [
        ("commits(%)", |p| p.commits.len()),
        ("files(%)", |p| p.files.len()),
        ("reviews(%)", |p| p.visible_reviews().count()),
        ("reviewThreads(%)", |p| p.visible_threads().count()),
        ("comments(%)", |p| p.comments.len()),
        ("labels(%)", |p| p.labels.len()),
        ("assignees(%)", |p| p.assignees.len()),
        ("reviewRequests(%)", |p| p.requested_reviewers.len()),
    ];
    for (field, len) in lists {
        let (pull, expected) = busy(len);
        assert!(expected > 0, "{field}: the world must have some");
        for size in [1, 7, 100] {
            if size == 1 && expected > 40 {
                continue;
            }
            let nodes = of_pull(pull, field, size);
            assert_eq!((nodes.len(), distinct(&nodes)), (expected, expected), "{field} by {size}");
        }
    }
}

#[test]
fn the_replies_of_a_long_thread_are_paged_by_node() {
    let pull =
        repository().pulls.iter().max_by_key(|p| p.threads.iter().map(|t| t.comments.len()).max()).unwrap();
    let thread = pull.threads.iter().max_by_key(|t| t.comments.len()).unwrap();
    let visible = thread.comments.iter().filter(|c| !c.pending).count();
    assert!(visible > 100);
    let prefix = format!("node(id: \"{}\") {{ ... on PullRequestReviewThread {{", thread.node_id());
    let nodes = all(&["node", "comments"], &prefix, "comments(%)", "} }", 100);
    assert_eq!((nodes.len(), distinct(&nodes)), (visible, visible));
}

#[test]
fn contexts_are_the_latest_check_runs_and_the_statuses() {
    let pull = repository().pulls.iter().max_by_key(|p| p.head().map(|h| h.latest_checks().len())).unwrap();
    let head = pull.head().unwrap();
    let expected = head.latest_checks().len() + head.statuses.len();
    assert!(expected > 100);
    let prefix = format!(
        "repository(owner: \"octo\", name: \"hello-world\") {{ pullRequest(number: {}) {{ commits(last: 1) {{ nodes {{ commit {{ statusCheckRollup {{",
        pull.number
    );
    let nodes = {
        let (mut found, mut after) = (Vec::new(), Value::Null);
        loop {
            let query = format!(
                "query($after: String) {{ {prefix} contexts(first: 50, after: $after) {{ totalCount checkRunCount statusContextCount pageInfo {{ hasNextPage endCursor }} nodes {{ __typename ... on CheckRun {{ databaseId }} ... on StatusContext {{ context }} }} }} }} }} }} }} }} }} }}"
            );
            let answer = data(&query, json!({"after": after}));
            let page = &answer["repository"]["pullRequest"]["commits"]["nodes"][0]["commit"]["statusCheckRollup"]
                ["contexts"];
            assert_eq!(page["checkRunCount"], head.latest_checks().len());
            assert_eq!(page["statusContextCount"], head.statuses.len());
            found.extend(page["nodes"].as_array().unwrap().clone());
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break found;
            }
        }
    };
    assert_eq!((nodes.len(), distinct(&nodes)), (expected, expected));
    let ids: BTreeSet<u64> = nodes.iter().filter_map(|n| n["databaseId"].as_u64()).collect();
    assert_eq!(ids, head.latest_checks().iter().map(|run| run.id).collect());
}

#[test]
fn pull_requests_come_once_each_in_every_order_and_from_both_ends() {
    let expected = repository().pulls.len();
    for order in ["UPDATED_AT", "CREATED_AT", "COMMENTS"] {
        for direction in ["ASC", "DESC"] {
            let field = format!("pullRequests(%, orderBy: {{field: {order}, direction: {direction}}})");
            let prefix = "repository(owner: \"octo\", name: \"hello-world\") {";
            let nodes = all(&["repository", "pullRequests"], prefix, &field, "}", 17);
            assert_eq!((nodes.len(), distinct(&nodes)), (expected, expected), "{order} {direction}");
        }
    }
    let (mut found, mut before) = (Vec::new(), Value::Null);
    loop {
        let query = "query($before: String) { repository(owner: \"octo\", name: \"hello-world\") { pullRequests(last: 50, before: $before) { pageInfo { hasPreviousPage startCursor hasNextPage } edges { cursor node { number } } } } }";
        let page = data(query, json!({"before": before}));
        let page = &page["repository"]["pullRequests"];
        assert_eq!(page["pageInfo"]["hasNextPage"], !before.is_null());
        assert_eq!(page["edges"][0]["cursor"], page["pageInfo"]["startCursor"]);
        let mut numbers: Vec<u64> =
            page["edges"].as_array().unwrap().iter().map(|e| e["node"]["number"].as_u64().unwrap()).collect();
        numbers.append(&mut found);
        found = numbers;
        before = page["pageInfo"]["startCursor"].clone();
        if page["pageInfo"]["hasPreviousPage"] == false {
            break;
        }
    }
    let mut by_creation: Vec<_> = repository().pulls.iter().map(|p| (p.created_at, p.id, p.number)).collect();
    by_creation.sort_unstable();
    assert_eq!(found, by_creation.into_iter().map(|(.., number)| number).collect::<Vec<_>>());
}

#[test]
fn the_newest_come_first_and_a_cursor_stays_right_while_the_list_moves() {
    let query = |after: &str| {
        format!(
            "{{ repository(owner: \"octo\", name: \"hello-world\") {{ pullRequests(first: 10 {after}, orderBy: {{field: UPDATED_AT, direction: DESC}}) {{ pageInfo {{ endCursor }} nodes {{ number updatedAt }} }} }} }}"
        )
    };
    let answer = ask(&query(""));
    let first = &answer["data"]["repository"]["pullRequests"];
    let times: Vec<&str> =
        first["nodes"].as_array().unwrap().iter().map(|n| n["updatedAt"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");

    // Someone comments on the last pull request of the first page: it goes to the top, and the second page is the same.
    let cursor = first["pageInfo"]["endCursor"].as_str().unwrap();
    let next = query(&format!(", after: \"{cursor}\""));
    let before = ask(&next);
    let (mut moved, config) = world().clone();
    let number = first["nodes"][9]["number"].as_u64().unwrap();
    let repository = std::sync::Arc::make_mut(&mut moved.repositories[0]);
    let pull = repository.pulls.iter_mut().find(|pull| pull.number == number).unwrap();
    std::sync::Arc::make_mut(pull).updated_at = Time(config.now);
    let access = crate::limits::Access::default();
    let window = crate::limits::WindowView { limit: 1, remaining: 1, used: 0, reset: 0 };
    let reply = super::handle(&super::Question {
        world: &moved,
        viewer: super::Viewer { login: "octo-dev", access: &access },
        window,
        config: &config,
        body: json!({"query": next}).to_string().as_bytes(),
    });
    let after: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(before["data"], after["data"]);
}

#[test]
fn states_labels_and_branches_narrow_the_list() {
    let open = repository().pulls.iter().filter(|p| p.open).count();
    let label = some_pull(|p| !p.labels.is_empty()).labels[0].name.clone();
    let labelled = repository().pulls.iter().filter(|p| p.labels.iter().any(|l| l.name == label)).count();
    let answer = data(
        "query($labels: [String!]) { repository(owner: \"octo\", name: \"hello-world\") { open: pullRequests(states: OPEN) { totalCount } both: pullRequests(states: [CLOSED, MERGED]) { totalCount } labelled: pullRequests(labels: $labels) { totalCount } none: pullRequests(headRefName: \"no-such-branch\") { totalCount } } }",
        json!({"labels": [label]}),
    );
    let count = |alias: &str| answer["repository"][alias]["totalCount"].as_u64().unwrap() as usize;
    assert_eq!(count("open"), open);
    assert_eq!(count("both"), repository().pulls.len() - open);
    assert_eq!(count("labelled"), labelled);
    assert_eq!(count("none"), 0);
}
