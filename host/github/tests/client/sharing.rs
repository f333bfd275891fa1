//! Several callers at once: the same request goes out once, and nobody's cancellation is another's.

use std::time::Duration;

use futures::future::join_all;
use seedbed_github::{Budget, Error, Grants};
use serde_json::json;

use crate::server::{Asked, Reply, Server};
use crate::{budget, client, grants, pulls, scoped};

fn slowly(asked: &Asked) -> Reply {
    Reply::json(json!([asked.target])).after(Duration::from_millis(60))
}

#[tokio::test]
async fn the_same_request_in_flight_is_sent_once() {
    let server = Server::start(slowly).await;
    let client = client(&server, 2);
    let (one, other) = (scoped(&client), scoped(&client));
    let calls = (0..20).map(|number| if number % 2 == 0 { one.get(pulls()) } else { other.get(pulls()) });
    let answers = join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.is_ok()));
    assert_eq!((server.count(), client.totals().coalesced), (1, 19));
    assert_eq!(one.usage().requests + other.usage().requests, 1);

    one.get(pulls()).await.unwrap();
    assert_eq!(server.count(), 2, "an answer that has been given is not kept");
    let different = pulls().with("page", 2);
    let (a, b) = futures::join!(one.get(pulls()), one.get(different));
    assert!(a.is_ok() && b.is_ok());
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn who_gives_up_does_not_take_the_others_along() {
    let server = Server::start(slowly).await;
    let client = client(&server, 1);
    let (impatient, patient) = (scoped(&client), scoped(&client));
    let (first, second) =
        futures::join!(tokio::time::timeout(Duration::from_millis(20), impatient.get(pulls())), async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            patient.get(pulls()).await
        });
    assert!(first.is_err() && second.is_ok());
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_request_that_nobody_waits_for_is_given_up() {
    let server =
        Server::start(|_| Reply::error(502, "again and again").after(Duration::from_millis(5))).await;
    let client = client(&server, 1);
    let github = scoped(&client);
    assert!(tokio::time::timeout(Duration::from_millis(15), github.get(pulls())).await.is_err());
    tokio::time::sleep(Duration::from_millis(20)).await;
    let count = server.count();
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(server.count(), count, "no more tries");
    assert_eq!(
        client.pool().snapshot().iter().map(|owner| owner.in_flight).sum::<u32>(),
        0,
        "no lease is held"
    );
}

#[tokio::test]
async fn another_job_s_budget_or_patience_is_not_ours() {
    let server = Server::start(|asked: &Asked| match asked.index {
        0 => Reply::error(502, "once").after(Duration::from_millis(30)),
        _ => Reply::json(json!([])),
    })
    .await;
    let client = client(&server, 1);
    let poor = client.scoped(grants(), Budget { max_requests: Some(1), ..budget() });
    let (theirs, ours) = futures::join!(poor.get(pulls()), async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        scoped(&client).get(pulls()).await
    });
    assert!(matches!(theirs, Err(Error::OverBudget(_))), "{theirs:?}");
    assert!(ours.is_ok(), "{ours:?}");
}

#[tokio::test]
async fn a_shared_answer_is_seen_by_each_job_s_own_grants() {
    let server = Server::start(|asked: &Asked| match asked.target.as_str() {
        "/repos/o/r/issues/5" => Reply::moved("/repositories/66/issues/5").after(Duration::from_millis(30)),
        "/repos/o/r" => Reply::json(json!({"id": 7, "full_name": "o/r"})),
        "/repos/o/secret" => Reply::json(json!({"id": 66, "full_name": "o/secret"})),
        "/repositories/66/issues/5" => Reply::json(json!({"title": "private"})),
        other => panic!("{other}"),
    })
    .await;
    let client = client(&server, 1);
    let wide = client.scoped(Grants::parse(&["o/*".to_owned()]).unwrap(), budget());
    wide.get(seedbed_github::Request::get("/repos/o/secret")).await.unwrap();
    let issue = seedbed_github::Request::get("/repos/o/r/issues/5");
    let (theirs, ours) = futures::join!(wide.get(issue.clone()), async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        scoped(&client).get(issue.clone()).await
    });
    assert!(theirs.is_ok(), "{theirs:?}");
    assert!(matches!(ours, Err(Error::NotGranted(_))), "{ours:?}");
}

#[tokio::test]
async fn after_a_stop_nothing_is_sent_and_nobody_waits() {
    let server = Server::start(|asked: &Asked| {
        let reply =
            if asked.target.contains("slow") { Reply::json(json!([])) } else { Reply::error(502, "again") };
        reply.after(Duration::from_millis(if asked.target.contains("slow") { 5_000 } else { 1 }))
    })
    .await;
    let client = crate::builder(&server, 1)
        .backoff(seedbed_github::Backoff {
            base: Duration::from_secs(6_000),
            cap: Duration::from_secs(6_000),
        })
        .build()
        .unwrap();
    let github = scoped(&client);
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(40)).await;
        client.stop();
    };
    let all = async { futures::join!(github.get(pulls()), github.get(pulls().with("slow", 1)), stopping) };
    let (in_backoff, in_flight, ()) = tokio::time::timeout(Duration::from_secs(2), all).await.unwrap();
    for answer in [in_backoff, in_flight, github.get(pulls()).await] {
        assert_eq!(answer, Err(Error::Unavailable("stopped".to_owned())));
    }
    let pager = github.pager(pulls(), None).unwrap();
    assert!(pager.next().await.is_err());
    let query = "{ repository(owner: \"o\", name: \"r\") { id } }";
    assert_eq!(github.graphql(query, "").await, Err(Error::Unavailable("stopped".to_owned())));
    assert_eq!(server.count(), 2);
}
