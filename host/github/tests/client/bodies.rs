//! Only a whole answer counts as one.

use std::time::{Duration, Instant};

use seedbed_github::{Error, Limits, Request};
use serde_json::json;

use crate::server::{Asked, Reply, Server};
use crate::{builder, builder_for, client, pulls, scoped};

/// `[1,2,3,4,5,6,7,8,9,10]`, by gzip.
const GZIP: &[u8] = &[
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 139, 54, 212, 49, 210, 49, 214, 49, 209, 49, 213, 49, 211, 49, 215, 177,
    208, 177, 212, 49, 52, 136, 5, 0, 26, 117, 61, 142, 22, 0, 0, 0,
];

/// A server that says `first` once, then something good.
async fn once(first: Reply) -> Server {
    Server::start(
        move |asked: &Asked| if asked.index == 0 { first.clone() } else { Reply::json(json!(["good"])) },
    )
    .await
}

#[tokio::test]
async fn what_may_pass_is_asked_again() {
    let gzip =
        Reply::text(200, GZIP).with("content-type", "application/json").with("content-encoding", "gzip");
    for broken in [
        Reply::json(json!(["a body that is cut in the middle"])).cut_after(12),
        Reply::json(json!([])).cut_after(0),
        gzip.clone().cut_after(GZIP.len() - 5),
        Reply::text(200, &GZIP[..GZIP.len() - 9]).with("content-encoding", "gzip"),
        Reply::text(200, "<html>Unicorn!</html>").with("content-type", "text/html"),
        Reply::text(200, "[1, 2"),
        Reply::text(200, ""),
        Reply::text(502, "<html>Bad Gateway</html>").with("content-type", "text/html"),
        Reply::error(503, "Service unavailable"),
        Reply::error(500, "Server Error"),
        Reply::error(202, "computing"),
    ] {
        let server = once(broken.clone()).await;
        let client = client(&server, 1);
        let response =
            scoped(&client).get(pulls()).await.unwrap_or_else(|error| panic!("{broken:?}: {error}"));
        assert_eq!(&response.body[..], b"[\"good\"]", "{broken:?}");
        assert_eq!((server.count(), client.totals().retries), (2, 1), "{broken:?}");
    }
    let server = once(gzip).await;
    let response = scoped(&client(&server, 1)).get(pulls()).await.unwrap();
    assert_eq!(&response.body[..], b"[1,2,3,4,5,6,7,8,9,10]");
}

#[tokio::test]
async fn what_does_not_pass_is_given_up_after_ten_tries() {
    let server = Server::start(|_| Reply::error(502, "Server Error")).await;
    let client = client(&server, 3);
    let github = scoped(&client);
    let error = github.get(pulls()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Unavailable(why) if why.contains("502") && why.contains("10 tries")),
        "{error:?}"
    );
    assert_eq!((server.count(), client.totals().retries), (10, 9));
    assert_eq!(github.usage().unresolved.len(), 1);

    let server = Server::start(|_| Reply::error(202, "computing")).await;
    let client = builder(&server, 1).max_tries(3).build().unwrap();
    assert!(matches!(scoped(&client).get(pulls()).await, Err(Error::Unavailable(_))));
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let client = builder_for("http://127.0.0.1:1", 1).max_tries(2).build().unwrap();
    let error = scoped(&client).get(pulls()).await.unwrap_err();
    assert!(matches!(&error, Error::Unavailable(why) if why.contains("could not connect")), "{error:?}");
    assert!(!error.to_string().contains("http://"), "{error}");
}

#[tokio::test]
async fn a_no_is_not_asked_again() {
    for status in [400, 409, 422, 403] {
        let server = Server::start(move |_| Reply::error(status, "No such thing")).await;
        let error = scoped(&client(&server, 2)).get(pulls()).await.unwrap_err();
        assert_eq!(error, Error::Rejected { status, message: "No such thing".to_owned() });
        assert_eq!(server.count(), 1);
    }
    for status in [410, 451] {
        let server = Server::start(move |_| Reply::error(status, "Gone")).await;
        assert!(matches!(scoped(&client(&server, 2)).get(pulls()).await, Err(Error::Absent { .. })));
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_taken() {
    let server = Server::start(|_| Reply::json(json!("x".repeat(200_000)))).await;
    let error = scoped(&client(&server, 1)).get(pulls()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Rejected { message, .. } if message.contains("100000 bytes")),
        "{error:?}"
    );
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_diff_need_not_be_json() {
    let server = Server::start(|_| Reply::text(200, "--- a\n+++ b\n")).await;
    let github = scoped(&client(&server, 1));
    let diff = Request {
        media_type: Some("application/vnd.github.diff".to_owned()),
        ..Request::get("/repos/o/r/pulls/1")
    };
    assert_eq!(&github.get(diff.clone()).await.unwrap().body[..], b"--- a\n+++ b\n");
    assert_eq!(server.asked()[0].header("accept"), ["application/vnd.github.diff"]);
    let tricky = Request { media_type: Some("text/html\r\nauthorization: Bearer x".to_owned()), ..diff };
    assert!(matches!(github.get(tricky).await, Err(Error::Malformed(_))));
}

#[tokio::test]
async fn a_slow_answer_is_asked_again() {
    let server = once(Reply::json(json!([])).after(Duration::from_secs(5))).await;
    let limits = Limits { rest: Duration::from_millis(60), ..Limits::default() };
    let client = builder(&server, 1).limits(limits).build().unwrap();
    scoped(&client).get(pulls()).await.unwrap();
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_failing_server_s_retry_after_is_kept() {
    let server = once(Reply::error(503, "later").with("retry-after", 3_600)).await;
    let begun = Instant::now();
    scoped(&client(&server, 1)).get(pulls()).await.unwrap();
    // Within reason: three times the longest back-off, 4 ms here.
    assert!((Duration::from_millis(12)..Duration::from_secs(2)).contains(&begun.elapsed()));
}

#[tokio::test]
async fn the_token_in_a_repository_s_description_is_taken_out() {
    let body = json!({"id": 1, "full_name": "o/r", "temp_clone_token": "ABCDEFGHI"});
    let server = Server::start(move |_| Reply::json(body.clone())).await;
    let response = scoped(&client(&server, 1)).get(Request::get("/repos/o/r")).await.unwrap();
    let seen: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(seen, json!({"id": 1, "full_name": "o/r", "temp_clone_token": ""}));
}
