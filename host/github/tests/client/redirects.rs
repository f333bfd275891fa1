//! Redirects are followed where the grants lead, and nowhere else.

use seedbed_github::{Error, Request};
use serde_json::json;

use crate::server::{Asked, Reply, Server};
use crate::{client, pulls, scoped};

fn rejected(result: Result<seedbed_github::Response, Error>) -> String {
    match result {
        Err(Error::Rejected { message, .. }) => message,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_renamed_repository_is_followed_and_its_id_is_learnt() {
    let server = Server::start(|asked: &Asked| match asked.target.as_str() {
        "/repos/o/old/pulls?state=all" => Reply::moved("/repositories/7/pulls?state=all"),
        "/repositories/7/pulls?state=all" => Reply::json(json!([1])),
        "/repositories/7/labels" => Reply::json(json!([2])),
        other => panic!("{other}"),
    })
    .await;
    let github = scoped(&client(&server, 1));
    let labels = Request::get("/repositories/7/labels");
    assert!(matches!(github.get(labels.clone()).await, Err(Error::NotGranted(_))), "not known yet");
    github.get(Request::get("/repos/o/old/pulls").with("state", "all")).await.unwrap();
    assert_eq!(&github.get(labels).await.unwrap().body[..], b"[2]");
    assert!(matches!(github.get(Request::get("/repositories/8/labels")).await, Err(Error::NotGranted(_))));
    assert_eq!(github.usage().requests, 3, "a redirect is a request");
}

#[tokio::test]
async fn a_query_is_not_lost_on_the_way() {
    let server = Server::start(|asked: &Asked| match asked.path() {
        "/repos/o/old/pulls" => Reply::moved("/repositories/7/pulls"),
        _ => Reply::json(json!([])),
    })
    .await;
    scoped(&client(&server, 1)).get(Request::get("/repos/o/old/pulls").with("state", "all")).await.unwrap();
    assert_eq!(server.targets()[1], "/repositories/7/pulls?state=all");
}

#[tokio::test]
async fn a_repository_teaches_its_id_and_its_new_name() {
    let server = Server::start(|asked: &Asked| match asked.target.as_str() {
        "/repos/o/old" => Reply::moved("/repositories/7"),
        "/repositories/7" => Reply::json(json!({"id": 7, "full_name": "new-owner/new"})),
        "/repos/new-owner/new/labels" => Reply::json(json!([])),
        other => panic!("{other}"),
    })
    .await;
    let github = scoped(&client(&server, 1));
    let renamed = Request::get("/repos/New-Owner/new/labels");
    assert!(matches!(github.get(renamed).await, Err(Error::NotGranted(_))));
    github.get(Request::get("/repos/o/old")).await.unwrap();
    github.get(Request::get("/repos/new-owner/new/labels")).await.unwrap();
}

#[tokio::test]
async fn another_host_is_never_followed_nor_sent_a_token() {
    let elsewhere = Server::start(|_| Reply::json(json!([]))).await;
    let target = format!("{}/repos/o/r/pulls?sig=secret", elsewhere.url);
    let server = Server::start(move |_| Reply::moved(&target)).await;
    let message = rejected(scoped(&client(&server, 2)).get(pulls()).await);
    assert!(message.contains("another host") && !message.contains("secret"), "{message}");
    assert_eq!((server.count(), elsewhere.count()), (1, 0));
}

#[tokio::test]
async fn a_redirect_to_what_is_not_granted_is_not_followed() {
    for target in [
        "/repos/other/thing/pulls",
        "/user",
        "/repositories/7/hooks",
        "/repos/o/r/../../../user",
        "/repos/o/r/hooks",
        "",
    ] {
        let server = Server::start(move |_| Reply::moved(target)).await;
        rejected(scoped(&client(&server, 1)).get(pulls().with("page", 1)).await);
        let others = server.targets().into_iter().filter(|asked| !asked.starts_with("/repos/o/r")).count();
        assert_eq!(others, 0, "{target}: {:?}", server.targets());
    }
}

#[tokio::test]
async fn a_circle_ends() {
    let server = Server::start(|_| Reply::moved("/repos/o/r/pulls")).await;
    assert!(rejected(scoped(&client(&server, 1)).get(pulls()).await).contains("redirects"));
    assert_eq!(server.count(), 6);
}

/// An issue that moved to a repository which is not granted answers like a renamed repository does.
#[tokio::test]
async fn a_transferred_issue_is_no_way_into_another_repository() {
    let server = Server::start(|asked: &Asked| match asked.target.as_str() {
        "/repos/o/r/issues/5" => Reply::moved("/repositories/66/issues/5"),
        "/repos/o/r" => Reply::json(json!({"id": 7, "full_name": "o/r"})),
        "/repositories/66/issues/5" => Reply::json(json!({"title": "private"})),
        other => panic!("{other}"),
    })
    .await;
    let github = scoped(&client(&server, 1));
    assert!(rejected(github.get(Request::get("/repos/o/r/issues/5")).await).contains("not granted"));
    assert!(matches!(github.get(Request::get("/repositories/66/pulls")).await, Err(Error::NotGranted(_))));
}

#[tokio::test]
async fn an_issue_of_a_renamed_repository_is_followed() {
    let server = Server::start(|asked: &Asked| match asked.target.as_str() {
        "/repos/o/old/issues/5" => Reply::moved("/repositories/7/issues/5"),
        "/repos/o/old" => Reply::moved("/repositories/7"),
        "/repositories/7/issues/5" => Reply::json(json!({"number": 5})),
        other => panic!("{other}"),
    })
    .await;
    scoped(&client(&server, 1)).get(Request::get("/repos/o/old/issues/5")).await.unwrap();
}
