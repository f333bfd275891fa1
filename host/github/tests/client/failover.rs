//! A credential that can't serve is left alone, and another one serves.

use std::collections::HashSet;
use std::sync::Mutex;

use seedbed_github::{Error, Request};
use serde_json::json;

use crate::server::{Asked, Reply, Server, now};
use crate::{builder, client, pulls, scoped, token};

/// Whoever comes first is refused with `refusal`, from then on; everyone else is served.
async fn refusing_the_first(refusal: Reply) -> Server {
    let unlucky = Mutex::new(None);
    Server::start(move |asked: &Asked| {
        let mut unlucky = unlucky.lock().unwrap();
        if *unlucky.get_or_insert_with(|| asked.token()) == asked.token() {
            return refusal.clone();
        }
        Reply::json(json!([])).quota("core", 4_000)
    })
    .await
}

#[tokio::test]
async fn every_form_of_a_limit_is_failed_over() {
    let secondary =
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    let primary = "API rate limit exceeded for user ID 7.";
    let date = httpdate::fmt_http_date(std::time::SystemTime::now() + std::time::Duration::from_secs(90));
    let forms = [
        Reply::error(403, primary).quota("core", 0),
        Reply::error(429, primary).quota("core", 0),
        Reply::error(429, "slow down").quota("core", 0),
        Reply::error(403, secondary).with("retry-after", 60),
        Reply::error(429, secondary).with("retry-after", date),
        Reply::error(403, secondary),
        Reply::error(403, "You have triggered an abuse detection mechanism."),
        Reply::text(429, ""),
    ];
    for form in forms {
        let server = refusing_the_first(form.clone()).await;
        let client = client(&server, 2);
        let github = scoped(&client);
        for path in ["/repos/o/r/pulls", "/repos/o/r/issues", "/repos/o/r/labels"] {
            assert_eq!(github.get(Request::get(path)).await.unwrap().status, 200, "{form:?}");
        }
        let asked = server.asked();
        let refused = asked[0].token();
        assert_eq!(asked.len(), 4, "{form:?}");
        assert!(
            asked[1..].iter().all(|later| later.token() != refused),
            "{form:?}: asked again while limited"
        );
        let totals = client.totals();
        assert_eq!((totals.requests, totals.retries, totals.refused), (4, 1, 1));
        assert_eq!(totals.by_bucket.get("core"), Some(&4));
        assert_eq!((github.usage().requests, github.usage().refused), (4, 1));
    }
}

#[tokio::test]
async fn when_all_are_spent_the_job_is_told_when_to_come_back() {
    let server = Server::start(|_| Reply::error(403, "API rate limit exceeded").quota("core", 0)).await;
    let client = client(&server, 3);
    let github = scoped(&client);
    let error = github.get(pulls()).await.unwrap_err();
    let Error::Exhausted { bucket, retry_at } = error else { panic!("{error}") };
    assert_eq!(bucket, "core");
    assert!((now() + 2_900..now() + 3_100).contains(&retry_at), "{retry_at}");
    assert_eq!(server.count(), 3, "each credential once");
    assert!(github.get(pulls()).await.is_err());
    assert_eq!(server.count(), 3, "and never again before its reset");
    assert_eq!(github.usage().unresolved.len(), 1);
}

#[tokio::test]
async fn a_bad_credential_is_put_away_for_good() {
    let server = refusing_the_first(Reply::error(401, "Bad credentials")).await;
    let client = client(&server, 2);
    for _ in 0..3 {
        scoped(&client).get(pulls()).await.unwrap();
    }
    let first = server.asked()[0].token();
    assert_eq!(server.asked().iter().filter(|asked| asked.token() == first).count(), 1);
}

#[tokio::test]
async fn when_all_credentials_are_bad_the_message_is_plain() {
    let server = Server::start(|_| Reply::error(401, "Bad credentials")).await;
    let client = client(&server, 2);
    let error = scoped(&client).get(pulls()).await.unwrap_err();
    assert!(matches!(&error, Error::Unavailable(why) if !why.is_empty()), "{error:?}");
    assert!(!error.to_string().contains("Secret"), "{error}");
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn single_sign_on_is_asked_of_another_credential() {
    let required = Reply::error(403, "Resource protected by organization SAML enforcement.")
        .with("x-github-sso", "required; url=https://github.com/orgs/o/sso?authorization_request=AZ");
    let server = refusing_the_first(required.clone()).await;
    scoped(&client(&server, 2)).get(pulls()).await.unwrap();
    assert_eq!(server.count(), 2);

    let server = Server::start(move |_| required.clone()).await;
    let error = scoped(&client(&server, 2)).get(pulls()).await.unwrap_err();
    assert!(matches!(&error, Error::Rejected { status: 403, .. }), "{error:?}");
    assert!(!error.to_string().contains("authorization_request"), "{error}");
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_404_is_asked_of_one_other_and_remembered() {
    let server = refusing_the_first(Reply::error(404, "Not Found")).await;
    let client = client(&server, 3);
    for page in 0..3 {
        scoped(&client).get(pulls().with("page", page)).await.unwrap();
    }
    let blind = server.asked()[0].token();
    assert_eq!(server.count(), 4, "one doubt, three answers");
    assert_eq!(server.asked().iter().filter(|asked| asked.token() == blind).count(), 1);
}

#[tokio::test]
async fn what_two_do_not_see_is_absent() {
    let server = Server::start(|_| Reply::error(404, "Not Found")).await;
    let error = scoped(&client(&server, 3)).get(pulls()).await.unwrap_err();
    assert_eq!(error, Error::Absent { status: 404, message: "Not Found".to_owned() });
    let tokens: HashSet<_> = server.asked().iter().map(Asked::token).collect();
    assert_eq!((server.count(), tokens.len()), (2, 2));

    let server = Server::start(|_| Reply::error(404, "Not Found")).await;
    let error = scoped(&client(&server, 1)).get(pulls()).await.unwrap_err();
    assert!(matches!(error, Error::Absent { status: 404, .. }), "{error:?}");
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_404_below_a_repository_that_is_seen_is_believed() {
    let server = Server::start(|asked: &Asked| match asked.path() {
        "/repos/o/r" => Reply::json(json!({"id": 1, "full_name": "o/r"})),
        _ => Reply::error(404, "Not Found"),
    })
    .await;
    let github = scoped(&client(&server, 2));
    github.get(Request::get("/repos/o/r")).await.unwrap();
    assert!(matches!(github.get(Request::get("/repos/o/r/pulls/9")).await, Err(Error::Absent { .. })));
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_request_says_who_asks_for_what() {
    let server = Server::start(|_| Reply::json(json!([]))).await;
    let github = scoped(&client(&server, 1));
    github.get(pulls().with("q", "a b")).await.unwrap();
    let asked = &server.asked()[0];
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("GET", "/repos/o/r/pulls?q=a+b"));
    assert_eq!(asked.token(), token(0));
    assert_eq!(asked.header("accept"), ["application/vnd.github+json"]);
    assert_eq!(asked.header("x-github-api-version"), ["2022-11-28"]);
    assert!(asked.header("user-agent")[0].starts_with("seedbed/"));
    assert_eq!(asked.header("accept-encoding"), ["gzip"]);

    let server = Server::start(|_| Reply::json(json!([]))).await;
    scoped(&client(&server, 0)).get(pulls()).await.unwrap();
    assert!(server.asked()[0].header("authorization").is_empty(), "anonymous");
}

#[tokio::test]
async fn a_limit_of_a_quota_that_the_path_did_not_suggest_is_asked_once_of_each() {
    let limit = "API rate limit exceeded for user ID 7.";
    let server = Server::start(move |_| Reply::error(403, limit).quota("code_scanning_autofix", 0)).await;
    let client = client(&server, 1);
    let error = scoped(&client).get(pulls()).await.unwrap_err();
    let Error::Exhausted { bucket, .. } = error else { panic!("{error}") };
    assert_eq!((bucket.as_str(), server.count()), ("code_scanning_autofix", 1));
}

#[tokio::test]
async fn what_needs_a_token_is_asked_once_without_one() {
    let server = Server::start(|_| Reply::error(401, "Requires authentication")).await;
    let anonymous = builder(&server, 0).credentials(vec![seedbed_github::Credential::anonymous()]);
    let client = anonymous.build().unwrap();
    let error = scoped(&client).get(pulls()).await.unwrap_err();
    assert!(matches!(error, Error::Rejected { status: 401, .. }), "{error}");
    assert_eq!(server.count(), 1);
}
