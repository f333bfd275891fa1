use proptest::prelude::*;

use super::{Place, RestPath, check};
use crate::grants::grants;
use crate::grants::learnt::{Fact, Learnt};

fn may(path: &str) -> Result<String, String> {
    let parsed = RestPath::parse(path)?;
    let mut learnt = Learnt::default();
    learnt.learn(&Fact::Id(42));
    check(&parsed, &grants(&["antiwork/gumroad", "octo/*"]), &learnt)?;
    Ok(parsed.to_string())
}

#[test]
fn a_granted_repository_and_what_is_below_it_can_be_read() {
    for path in [
        "/repos/antiwork/gumroad",
        "/repos/Antiwork/GumRoad/pulls/7/reviews",
        "/repos/octo/anything/commits/0123abc/check-runs",
        "/repos/antiwork/gumroad/compare/main...feature/x",
        "/repos/antiwork/gumroad/forks",
        "/repositories/42/pulls",
        "/repos/antiwork/gumroad/actions/runs",
        "/repos/antiwork/gumroad/contents/secrets/variables",
    ] {
        assert_eq!(may(path).as_deref(), Ok(path));
    }
}

#[test]
fn what_is_sent_is_encoded_anew() {
    assert_eq!(
        may("/repos/antiwork/gumroad/contents/a b/ü%20%C3%BC%3Fx").as_deref(),
        Ok("/repos/antiwork/gumroad/contents/a%20b/%C3%BC%20%C3%BC%3Fx")
    );
}

#[test]
fn everything_else_is_refused_and_says_what_would_allow_it() {
    let refused = may("/repos/other/thing/pulls").unwrap_err();
    assert!(refused.contains("needs the grant `other/thing`"), "{refused}");
    for path in [
        "/user",
        "/users/octocat",
        "/search/issues",
        "/rate_limit",
        "/orgs/antiwork/repos",
        "/repos",
        "/repos/antiwork",
        "/Repos/antiwork/gumroad",
        "/repos/antiwork/gumroad2",
        "/repositories",
        "/repositories/43",
        "/repositories/042",
        "/repositories/+42",
        "/repositories/42x",
        "/networks/antiwork/gumroad/events",
        "/graphql",
        "/repos/antiwork/gumroad;x=1/pulls",
        "/repos/antiwork/gumroad%20",
    ] {
        assert!(may(path).is_err(), "{path}");
    }
}

#[test]
fn no_trick_with_the_path_leads_out() {
    for path in [
        "",
        "repos/antiwork/gumroad",
        "/",
        "//repos/antiwork/gumroad",
        "/repos//antiwork/gumroad",
        "/repos/antiwork/gumroad/",
        "/repos/antiwork/gumroad/../../other/thing",
        "/repos/antiwork/gumroad/./pulls",
        "/repos/antiwork/gumroad/%2e%2e/%2E%2E/other/thing",
        "/repos/antiwork/gumroad/.%2e/x",
        "/repos/antiwork/gumroad%2f..%2f..%2fuser",
        "/repos/antiwork/gumroad/%252e%252e/x",
        "/repos/antiwork/gumroad/..%5c..",
        "/repos/antiwork/gumroad\\..\\..\\user",
        "/repos/antiwork/gumroad/pulls?x=1",
        "/repos/antiwork/gumroad#x",
        "/repos/antiwork/gumroad/%00",
        "/repos/antiwork/gumroad/a%0d%0aHost:%20evil",
        "/repos/antiwork/gumroad/a\r\nHost: evil",
        "/repos/antiwork/gumroad/%7f",
        "/repos/antiwork/gumroad/%c2%85",
        "/repos/antiwork/gumroad/%ff",
        "/repos/antiwork/gumroad/%2",
        "/repos/antiwork/gumroad/%zz",
        "/repos/antiwork/gumroad/%+2",
        "https://evil.example/repos/antiwork/gumroad",
        "//evil.example/repos/antiwork/gumroad",
        "/https://evil.example/",
        "/@evil.example/",
    ] {
        assert!(may(path).is_err(), "{path:?}");
    }
    assert!(may(&format!("/repos/antiwork/gumroad/{}", "a".repeat(5_000))).is_err());
}

#[test]
fn a_repositorys_administration_and_other_owners_branches_stay_closed() {
    for path in [
        "/repos/antiwork/gumroad/hooks",
        "/repos/antiwork/gumroad/keys/1",
        "/repos/antiwork/gumroad/secret-scanning/alerts",
        "/repos/antiwork/gumroad/actions/variables",
        "/repos/antiwork/gumroad/actions/secrets/public-key",
        "/repos/antiwork/gumroad/environments/production/secrets",
        "/repos/antiwork/gumroad/dependabot/secrets",
        "/repos/antiwork/gumroad/compare/main...evil:main",
        "/repos/antiwork/gumroad/compare/main...evil%3Amain",
        "/repos/antiwork/gumroad/compare/a/b...evil:repo:main",
        "/repositories/42/hooks",
        "/repositories/42/dependency-graph/compare/main...evil:main",
    ] {
        assert!(may(path).is_err(), "{path}");
    }
}

#[test]
fn a_topic_has_no_names_in_it() {
    let topic = |path: &str| RestPath::parse(path).unwrap().topic();
    assert_eq!(topic("/repos/o/r").as_deref(), Some("metadata"));
    assert_eq!(topic("/repos/o/r/commits/abc/check-runs").as_deref(), Some("commits/check-runs"));
    assert_eq!(topic("/repositories/7/pulls/5").as_deref(), Some("pulls"));
    assert_eq!(topic("/repos/o/r/contents/a/b/c").as_deref(), Some("contents"));
    assert_eq!(topic("/user"), None);
}

proptest! {
    /// Whatever is let through stays below what is granted, also for a server that reads URLs as browsers do.
    #[test]
    fn what_passes_stays_inside(
        prefix in prop::sample::select(vec!["/repos/antiwork/gumroad", "/repositories/42", "/repos", "", "/repos/octo/x"]),
        rest in "([/.%a-z0-9\\\\?#:@;]|%2[eEfF]|%5[cC]|/\\.\\.|//){0,24}",
    ) {
        if let Ok(sent) = may(&format!("{prefix}{rest}")) {
            let url = url::Url::parse("https://api.github.com").unwrap().join(&sent).unwrap();
            prop_assert_eq!(url.path(), sent.as_str());
            prop_assert_eq!(url.host_str(), Some("api.github.com"));
            prop_assert!(url.query().is_none() && url.fragment().is_none());
            let again = RestPath::parse(&sent).unwrap();
            prop_assert!(again.place() != Place::Elsewhere);
            prop_assert!(["/repos/antiwork/gumroad", "/repositories/42", "/repos/octo/"].iter().any(|root| sent.starts_with(root)));
        }
    }
}
