use proptest::prelude::*;

use super::{Argument, Document};
use crate::error::Error;

fn cost(query: &str, variables: &str) -> u32 {
    Document::parse(query, variables).unwrap().cost()
}

fn complaint(query: &str, variables: &str) -> String {
    match Document::parse(query, variables).map(|_| ()) {
        Err(Error::Malformed(what)) => what,
        other => panic!("{query} is {other:?}"),
    }
}

#[test]
fn the_cost_is_that_of_github_s_example() {
    // From GitHub's documentation of the GraphQL rate limit: 5,101 requests, 51 points.
    let query =
        "{ viewer { repositories(first: 100) { edges { repository: node { issues(first: 50) { edges { node {
        labels(first: 60) { edges { node { name } } } } } } } } } } }";
    assert_eq!(cost(query, ""), 51);
}

#[test]
fn a_query_without_connections_costs_one() {
    assert_eq!(cost("{ repository(owner: \"o\", name: \"r\") { id } }", "{}"), 1);
}

#[test]
fn sizes_come_from_variables_and_their_defaults_too() {
    let query = "query($n: Int = 10) { a(first: $n) { b(last: 100) { c(first: 100) { id } } } }";
    assert_eq!(cost(query, r#"{"n": 2}"#), 2, "1 + 2 + 200 requests");
    assert_eq!(cost(query, ""), 10, "1 + 10 + 1,000");
    assert_eq!(cost(query, r#"{"n": null}"#), 101, "unknown: 1 + 100 + 10,000");
}

#[test]
fn fragments_count_where_they_are_spread() {
    let query = "query { a(first: 100) { ...F ... { ...F } } } fragment F on A { b(first: 100) { c(first: 1) { id } } }";
    assert_eq!(cost(query, ""), 202, "1 + 2 * 100 + 2 * 10,000");
}

#[test]
fn a_bomb_of_fragments_is_counted_in_no_time() {
    let mut query = "query { ...F0 } fragment F40 on Q { a(first: 100) { id } }".to_owned();
    for n in 0..40 {
        query += &format!(" fragment F{n} on Q {{ ...F{m} x {{ ...F{m} }} }}", m = n + 1);
    }
    assert_eq!(cost(&query, ""), 1_000);
}

#[test]
fn only_one_query_is_taken() {
    assert!(complaint("mutation { x }", "").contains("no mutation"));
    assert!(complaint("subscription { x }", "").contains("no mutation or subscription"));
    assert!(complaint("query A { x } query B { y }", "").contains("several operations"));
    assert!(complaint("query A { x } mutation B { y }", "").contains("several operations"));
    assert!(complaint("fragment F on Q { x }", "").contains("no query"));
    assert!(complaint("type T { x: Int } query { x }", "").contains("defines types"));
    assert!(!complaint("", "").is_empty());
}

#[test]
fn what_does_not_parse_is_told_with_its_place() {
    let what = complaint("query {\n  repository(owner: ) { id }\n}", "");
    assert!(what.contains("line 2"), "{what}");
}

#[test]
fn circles_and_loose_ends_are_refused() {
    assert!(
        complaint("{ ...F } fragment F on Q { a { ...G } } fragment G on Q { ...F }", "")
            .contains("contains itself")
    );
    assert!(complaint("{ ...F }", "").contains("not defined"));
    assert!(complaint("{ a } fragment F on Q { ...F }", "").contains("contains itself"));
    assert!(complaint("{ ...F } fragment F on Q { a } fragment F on Q { b }", "").contains("twice"));
    assert!(complaint("{ a(x: 1, x: 2) }", "").contains("given twice"));
    assert!(complaint("{ a @defer { b } }", "").contains("@defer"));
}

#[test]
fn the_deep_and_the_huge_are_refused() {
    for (open, close) in [("{ a ", "}"), ("{ ... ", "}")] {
        let deep = format!("{} {{ b }} {}", open.repeat(5_000), close.repeat(5_000));
        assert!(!complaint(&deep, "").is_empty());
    }
    for (open, close) in [("[", "]"), ("{x: ", "}")] {
        let deep = format!("{{ a(x: {}1{}) }}", open.repeat(5_000), close.repeat(5_000));
        assert!(!complaint(&deep, "").is_empty());
        let deep = format!("query($v: {}Int{}) {{ a }}", "[".repeat(5_000), "]".repeat(5_000));
        assert!(!complaint(&deep, "").is_empty());
    }
    let chain: String = (0..1_000).map(|n| format!("fragment F{n} on Q {{ ...F{} }} ", n + 1)).collect();
    assert!(complaint(&format!("{{ ...F0 }} {chain} fragment F1000 on Q {{ a }}"), "").contains("nested"));
    assert!(complaint(&format!("{{ a }} #{}", "x".repeat(110 * 1024)), "").contains("KiB"));
    let variables = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(complaint("{ a }", &format!("{{\"x\": {variables}}}")).contains("no JSON"));
}

#[test]
fn variables_are_a_json_object() {
    for odd in ["[]", "1", "\"x\"", "{", "{\"a\": NaN}"] {
        assert!(complaint("{ a }", odd).contains("JSON"), "{odd}");
    }
}

#[test]
fn what_is_sent_says_what_was_read() {
    let query = "query Q($n: Int = 3) { r: repository(owner: \"a\\u0062\", name: \"\"\"x\n  y \\\"\"\" z\"\"\") { ...F } }
        fragment F on Repository { id @include(if: true) }";
    let document = Document::parse(query, r#"{"n": 5}"#).unwrap();
    let sent: serde_json::Value = serde_json::from_str(&document.to_json()).unwrap();
    assert_eq!(sent["variables"], serde_json::json!({"n": 5}));
    let again = Document::parse(sent["query"].as_str().unwrap(), "").unwrap();
    assert_eq!(document.ast.definitions, again.ast.definitions);
    let field = again.root()[0].as_field().unwrap();
    assert_eq!(again.argument(field, "owner"), Argument::Text("ab".to_owned()));
}

#[test]
fn the_answer_s_own_cost_is_found_under_its_alias() {
    let document = Document::parse("{ l: rateLimit { c: cost remaining } }", "").unwrap();
    assert_eq!(document.cost_key(), Some(("l".to_owned(), "c".to_owned())));
    assert_eq!(Document::parse("{ a { b } }", "").unwrap().cost_key(), None);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(query in "[{}()\\[\\]:$!.@\"\\\\#a-f0-9, \n]{0,80}", variables in "[{}\\[\\]\":,a0]{0,20}") {
        if let Ok(document) = Document::parse(&query, &variables) {
            document.cost();
            document.to_json();
        }
    }

    #[test]
    fn strings_survive_being_written_anew(text in "\\PC{0,20}|[\"\\\\\u{7}\u{1f600}\n\r\t ]{0,12}") {
        let literal = serde_json::to_string(&text).unwrap();
        if let Ok(document) = Document::parse(&format!("{{ a(x: {literal}) }}"), "") {
            let sent: serde_json::Value = serde_json::from_str(&document.to_json()).unwrap();
            let again = Document::parse(sent["query"].as_str().unwrap(), "").unwrap();
            let field = again.root()[0].as_field().unwrap();
            prop_assert_eq!(again.argument(field, "x"), Argument::Text(text));
        }
    }
}
