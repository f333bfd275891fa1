//! Doors for tests: a GitHub that answers by the path, and rows, lines and progress that are kept.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use seedbed_github::{Error, GraphqlAnswer, Request, Response};
use seedbed_runtime::{Doors, GitHub, Level, Log, Pager, Progress, Records};

/// How much of a piece of work is done, of how much.
type Done = (u64, Option<u64>);

/// All doors of one test, and what went through them.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    pub(crate) requests: Arc<Mutex<Vec<Request>>>,
    pub(crate) under_way: Arc<AtomicUsize>,
    pub(crate) most_under_way: Arc<AtomicUsize>,
    pub(crate) rows: Arc<Mutex<Vec<(String, String)>>>,
    pub(crate) calls: Arc<Mutex<Vec<String>>>,
    pub(crate) lines: Arc<Mutex<Vec<(Level, String)>>>,
    pub(crate) progress: Arc<Mutex<BTreeMap<String, Done>>>,
    pub(crate) closed: Arc<AtomicUsize>,
}

impl Seen {
    pub(crate) fn doors(&self) -> Doors {
        Doors {
            github: Arc::new(self.clone()),
            records: Arc::new(self.clone()),
            progress: Arc::new(self.clone()),
            log: Arc::new(self.clone()),
            clock: 1_700_000_000,
        }
    }

    /// The text of the log.
    pub(crate) fn log(&self) -> Vec<String> {
        self.lines.lock().unwrap().iter().map(|(_, line)| line.clone()).collect()
    }

    /// Waits until no request is under way any more; fails if some stay.
    pub(crate) async fn all_given_up(&self) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.under_way.load(Ordering::SeqCst) > 0 {
            assert!(Instant::now() < deadline, "requests are still under way");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    pub(crate) fn most_under_way(&self) -> usize {
        self.most_under_way.load(Ordering::SeqCst)
    }
}

fn response(body: impl Into<String>) -> Response {
    Response { status: 200, body: body.into().into(), unchanged: false }
}

/// Counts a request as under way until it is answered or dropped.
struct Counted(Arc<AtomicUsize>);
impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl GitHub for Seen {
    /// `/now`: at once; `/never`: not at all; `/slow`: after 20 ms; `/panics`; `/unchanged`; else by the error's name.
    fn get(&self, request: Request) -> BoxFuture<'static, Result<Response, Error>> {
        self.requests.lock().unwrap().push(request.clone());
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_under_way.fetch_max(now, Ordering::SeqCst);
        let counted = Counted(self.under_way.clone());
        Box::pin(async move {
            let _counted = counted;
            match request.path.as_str() {
                "/never" => std::future::pending().await,
                "/slow" => tokio::time::sleep(Duration::from_millis(20)).await,
                "/panics" => panic!("the door is broken"),
                "/unchanged" => return Ok(Response { unchanged: true, ..response("[]") }),
                "/exhausted" => return Err(Error::Exhausted { bucket: "core".into(), retry_at: 42 }),
                "/absent" => return Err(Error::Absent { status: 404, message: "Not Found".into() }),
                "/large" => return Ok(response("x".repeat(10 << 20))),
                _ => {}
            }
            Ok(response(request.path))
        })
    }

    fn pager(&self, first: Request, at: Option<String>) -> Result<Arc<dyn Pager>, Error> {
        if first.path == "/malformed" {
            return Err(Error::Malformed("no such list".into()));
        }
        let next = at.map_or(0, |at| at.parse().unwrap());
        Ok(Arc::new(ThreePages(Arc::new(AtomicUsize::new(next)))))
    }

    fn graphql(&self, query: String, variables: String) -> BoxFuture<'static, Result<GraphqlAnswer, Error>> {
        Box::pin(
            async move { Ok(GraphqlAnswer { data: format!("{query}/{variables}"), errors: "[]".into() }) },
        )
    }
}

struct ThreePages(Arc<AtomicUsize>);
impl Pager for ThreePages {
    fn next(&self) -> BoxFuture<'static, Result<Option<Response>, Error>> {
        let next = self.0.clone();
        Box::pin(async move {
            let page = next.fetch_add(1, Ordering::SeqCst);
            Ok((page < 3).then(|| response(format!("page {page}"))))
        })
    }

    fn position(&self) -> Option<String> {
        Some(self.0.load(Ordering::SeqCst).to_string())
    }
}

impl Records for Seen {
    fn emit(
        &self,
        stream: String,
        rows: Vec<String>,
    ) -> BoxFuture<'static, Result<(), seedbed_records::Error>> {
        let kept = self.rows.clone();
        Box::pin(async move {
            if stream == "unknown" {
                return Err(seedbed_records::Error::UnknownStream(stream));
            }
            if stream == "slow" {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            kept.lock().unwrap().extend(rows.into_iter().map(|row| (stream.clone(), row)));
            Ok(())
        })
    }

    fn replace(
        &self,
        stream: String,
        scope: String,
        rows: Vec<String>,
    ) -> BoxFuture<'static, Result<(), seedbed_records::Error>> {
        self.calls.lock().unwrap().push(format!("replace {stream} {scope} {rows:?}"));
        Box::pin(async { Ok(()) })
    }

    fn checkpoint(&self, state: String) -> BoxFuture<'static, Result<(), seedbed_records::Error>> {
        self.calls.lock().unwrap().push(format!("checkpoint {state}"));
        Box::pin(async { Ok(()) })
    }

    fn resume(&self) -> Option<String> {
        Some("page 7".into())
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        self.closed.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {})
    }
}

impl Progress for Seen {
    fn update(&self, label: &str, done: u64, total: Option<u64>) {
        self.progress.lock().unwrap().insert(label.to_owned(), (done, total));
    }
}

impl Log for Seen {
    fn write(&self, level: Level, line: &str) {
        self.lines.lock().unwrap().push((level, line.to_owned()));
    }
}
