//! No token in any log line or error, whatever happens.

use std::io::Write;
use std::sync::{Arc, Mutex};

use seedbed_github::Request;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::server::{Asked, Reply, Server};
use crate::{builder, pulls, scoped};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_token_is_ever_written_down() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(log.clone())
        .finish();
    // For the whole process: what other tests do meanwhile is looked at as well.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let server = Server::start(|asked: &Asked| match asked.path() {
        "/repos/o/r/pulls" => Reply::json(json!([])),
        "/repos/o/r/a" => Reply::error(401, "Bad credentials"),
        "/repos/o/r/b" => Reply::moved("https://evil.example/x?token=abc"),
        "/repos/o/r/c" => Reply::error(403, "API rate limit exceeded").quota("core", 0),
        "/graphql" => Reply::text(502, "<html>"),
        _ => Reply::json(json!({"x": 1})).cut_after(3),
    })
    .await;
    let client = builder(&server, 8).max_tries(3).build().unwrap();
    let github = scoped(&client);
    github.get(pulls()).await.unwrap();
    let mut seen = format!("{:?} {:?}", client.pool().snapshot(), client.totals());
    for path in ["/repos/o/r/b", "/repos/o/r/cut", "/repos/o/r/c", "/repos/o/r/a", "/user"] {
        let error = github.get(Request::get(path)).await.unwrap_err();
        seen += &format!("{error} {error:?}");
    }
    let query = "{ repository(owner: \"o\", name: \"r\") { id } }";
    seen += &format!("{:?}", github.graphql(query, "").await);
    seen += &format!("{:?} {:?}", github.usage(), client.pool().snapshot());

    let written = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(written.contains("asked GitHub"), "each request is told");
    assert!(written.contains("ghp_…"), "by its masked credential");
    for text in [&written, &seen] {
        assert!(!text.contains("SecretSecret"), "{text}");
        assert!(!text.contains("token=abc"), "{text}");
    }
}
