//! Lists come page by page, in order, and nothing gets lost.

use std::sync::Mutex;
use std::time::Duration;

use futures::FutureExt;
use seedbed_github::{Error, Pager};
use serde_json::json;

use crate::server::{Asked, Reply, Server};
use crate::{budget, client, grants, pulls, scoped};

fn page_of(asked: &Asked) -> u32 {
    let page = asked.target.split_once("page=").map(|(_, page)| page.parse().unwrap());
    page.unwrap_or(1)
}

/// Five pages, linked by id as GitHub does.
fn five_pages(asked: &Asked) -> Reply {
    let page = page_of(asked);
    let reply = Reply::json(json!([page]));
    if page == 5 {
        return reply.with("link", "</repositories/7/pulls?page=4>; rel=\"prev\"");
    }
    let next =
        format!("</repositories/7/pulls?state=all&page={}>; rel=\"next\", </x>; rel=\"last\"", page + 1);
    reply.with("link", next)
}

async fn next(pager: &Pager) -> Option<String> {
    pager.next().await.unwrap().map(|page| String::from_utf8(page.body.to_vec()).unwrap())
}

async fn rest(pager: &Pager) -> Vec<String> {
    let mut pages = Vec::new();
    while let Some(page) = next(pager).await {
        pages.push(page);
    }
    pages
}

#[tokio::test]
async fn a_list_is_read_to_its_end() {
    let server = Server::start(five_pages).await;
    let pager = scoped(&client(&server, 1)).pager(pulls().with("state", "all"), None).unwrap();
    assert_eq!(pager.position(), None);
    assert_eq!(rest(&pager).await, ["[1]", "[2]", "[3]", "[4]", "[5]"]);
    assert_eq!(next(&pager).await, None, "and stays there");
    assert_eq!(
        server.targets()[..2],
        ["/repos/o/r/pulls?state=all", "/repositories/7/pulls?state=all&page=2"]
    );
    assert_eq!(server.count(), 5);
}

#[tokio::test]
async fn from_the_second_on_one_page_is_read_ahead() {
    let server = Server::start(five_pages).await;
    let pager = scoped(&client(&server, 1)).pager(pulls(), None).unwrap();
    let count_later = async || {
        tokio::time::sleep(Duration::from_millis(50)).await;
        server.count()
    };
    next(&pager).await;
    assert_eq!(count_later().await, 1, "one page may be all that is wanted");
    next(&pager).await;
    assert_eq!(count_later().await, 3);
    next(&pager).await;
    assert_eq!(count_later().await, 4);
}

#[tokio::test]
async fn a_position_leads_a_later_run_to_the_next_page() {
    let server = Server::start(five_pages).await;
    let pager = scoped(&client(&server, 1)).pager(pulls(), None).unwrap();
    next(&pager).await;
    next(&pager).await;
    let position = pager.position().unwrap();
    drop(pager);

    // Another process: nothing is learnt yet.
    let github = scoped(&client(&server, 1));
    let pager = github.pager(pulls(), Some(&position)).unwrap();
    assert_eq!(pager.position().as_ref(), Some(&position));
    assert_eq!(rest(&pager).await, ["[3]", "[4]", "[5]"]);
    let end = pager.position().unwrap();
    assert_eq!(rest(&github.pager(pulls(), Some(&end)).unwrap()).await, [""; 0]);
    for odd in ["", "page=2", &position.replace("1:", "9:"), &position[..10]] {
        assert!(matches!(github.pager(pulls(), Some(odd)), Err(Error::Malformed(_))), "{odd}");
    }
    let other = pulls().with("state", "open");
    assert!(matches!(github.pager(other, Some(&position)), Err(Error::Malformed(_))));
}

#[tokio::test]
async fn a_failed_next_loses_nothing() {
    let failed = Mutex::new(Vec::new());
    let server = Server::start(move |asked: &Asked| {
        let page = page_of(asked);
        let mut failed = failed.lock().unwrap();
        if failed.contains(&page) {
            return five_pages(asked);
        }
        failed.push(page);
        Reply::error(422, "odd")
    })
    .await;
    let pager = scoped(&client(&server, 1)).pager(pulls(), None).unwrap();
    let mut pages = Vec::new();
    for _ in 0..20 {
        match pager.next().await {
            Ok(Some(page)) => pages.push(String::from_utf8(page.body.to_vec()).unwrap()),
            Ok(None) => break,
            Err(error) => assert!(matches!(error, Error::Rejected { status: 422, .. })),
        }
    }
    assert_eq!(pages, ["[1]", "[2]", "[3]", "[4]", "[5]"]);
}

#[tokio::test]
async fn a_cancelled_next_loses_nothing() {
    let server = Server::start(|asked: &Asked| five_pages(asked).after(Duration::from_millis(10))).await;
    let pager = scoped(&client(&server, 1)).pager(pulls(), None).unwrap();
    let mut pages = Vec::new();
    for round in 0..200 {
        let patience = Duration::from_millis(round % 15);
        if let Ok(page) = tokio::time::timeout(patience, next(&pager)).await {
            let Some(page) = page else { break };
            pages.push(page);
        }
    }
    assert_eq!(pages, ["[1]", "[2]", "[3]", "[4]", "[5]"]);
}

#[tokio::test]
async fn concurrent_calls_are_served_in_order() {
    let server = Server::start(five_pages).await;
    let pager = scoped(&client(&server, 1)).pager(pulls(), None).unwrap();
    let calls = (0..7).map(|_| next(&pager));
    let pages: Vec<_> = futures::future::join_all(calls).await.into_iter().flatten().collect();
    assert_eq!(pages, ["[1]", "[2]", "[3]", "[4]", "[5]"]);
}

#[tokio::test]
async fn a_link_that_leads_elsewhere_is_an_error_not_the_end() {
    for link in [
        "<https://evil.example/repos/o/r/pulls?page=2>; rel=next",
        "</repos/other/thing/pulls?page=2>; rel=next",
        "</repositories/7/issues?page=2>; rel=next",
        "</user/repos?page=2>; rel=next",
    ] {
        let server = Server::start(move |_| Reply::json(json!([1])).with("link", link)).await;
        let github = scoped(&client(&server, 1));
        let error = github.pager(pulls(), None).unwrap().next().await.unwrap_err();
        assert!(matches!(error, Error::Rejected { .. }), "{link}: {error:?}");
        // Who does not want pages is not bothered.
        github.get(pulls()).await.unwrap();
        assert!(server.targets().iter().all(|target| target == "/repos/o/r/pulls"));
    }
}

#[tokio::test]
async fn a_list_that_is_not_granted_has_no_pager() {
    let server = Server::start(five_pages).await;
    let github = client(&server, 1).scoped(grants(), budget());
    let other = seedbed_github::Request::get("/repos/other/thing/pulls");
    assert!(matches!(github.pager(other, None), Err(Error::NotGranted(_))));
    // A pager that is never read asks for nothing.
    let pager = github.pager(pulls(), None).unwrap();
    assert!(pager.next().now_or_never().is_none());
    drop(pager);
}
