//! A server that says exactly what a test wants said, byte for byte, and remembers what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One request, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// The how-manieth request this is, from 0.
    pub(crate) index: usize,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The token it was signed with; checks that there is exactly one.
    pub(crate) fn token(&self) -> String {
        let found = self.header("authorization");
        assert_eq!(found.len(), 1, "one credential: {found:?}");
        found[0].strip_prefix("Bearer ").unwrap().to_owned()
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }
}

/// What the server says.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// Hang up after so many bytes of the body.
    cut: Option<usize>,
    delay: Duration,
}

impl Reply {
    pub(crate) fn text(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), cut: None, delay: Duration::ZERO }
    }

    pub(crate) fn json(body: Value) -> Self {
        Self::text(200, body.to_string()).with("content-type", "application/json; charset=utf-8")
    }

    /// An error of GitHub's form.
    pub(crate) fn error(status: u16, message: &str) -> Self {
        Self { status, ..Self::json(serde_json::json!({ "message": message })) }
    }

    pub(crate) fn moved(to: &str) -> Self {
        Self { status: 301, ..Self::json(serde_json::json!({ "message": "Moved Permanently" })) }
            .with("location", to)
    }

    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    pub(crate) fn quota(self, resource: &str, remaining: u64) -> Self {
        let reset = now() + 3_000;
        self.with("x-ratelimit-resource", resource)
            .with("x-ratelimit-limit", 5_000)
            .with("x-ratelimit-used", 5_000 - remaining)
            .with("x-ratelimit-remaining", remaining)
            .with("x-ratelimit-reset", reset)
    }

    pub(crate) fn cut_after(self, bytes: usize) -> Self {
        Self { cut: Some(bytes), ..self }
    }

    pub(crate) fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }
}

pub(crate) fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

/// See the module.
pub(crate) struct Server {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    at_once: Arc<Mutex<(usize, usize)>>,
    accepting: tokio::task::JoinHandle<()>,
}

type Script = dyn Fn(&Asked) -> Reply + Send + Sync;

impl Server {
    pub(crate) async fn start(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, at_once) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::<Mutex<(usize, usize)>>::default());
        let script: Arc<Script> = Arc::new(script);
        let (log, gauge) = (Arc::clone(&asked), Arc::clone(&at_once));
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, gauge, script) = (Arc::clone(&log), Arc::clone(&gauge), Arc::clone(&script));
                tokio::spawn(async move {
                    // A client that hangs up is part of the test.
                    let _ = serve(stream, &log, &gauge, &*script).await;
                });
            }
        });
        Self { url, asked, at_once, accepting }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    pub(crate) fn targets(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.target).collect()
    }

    /// The most requests that were being answered at once.
    pub(crate) fn peak(&self) -> usize {
        self.at_once.lock().unwrap().1
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Asked>>,
    gauge: &Mutex<(usize, usize)>,
    script: &Script,
) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
    let mut lines = text.lines();
    let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    while bytes.len() < head + 4 + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    }
    let body = String::from_utf8_lossy(&bytes[head + 4..]).into_owned();
    let asked = {
        let mut log = log.lock().unwrap();
        let asked = Asked { method, target, headers, body, index: log.len() };
        log.push(asked.clone());
        asked
    };
    {
        let mut gauge = gauge.lock().unwrap();
        gauge.0 += 1;
        gauge.1 = gauge.1.max(gauge.0);
    }
    let reply = script(&asked);
    tokio::time::sleep(reply.delay).await;
    let mut out = format!(
        "HTTP/1.1 {} X\r\nconnection: close\r\ncontent-length: {}\r\n",
        reply.status,
        reply.body.len()
    );
    for (name, value) in &reply.headers {
        out += &format!("{name}: {value}\r\n");
    }
    out += "\r\n";
    let body = &reply.body[..reply.cut.unwrap_or(reply.body.len())];
    gauge.lock().unwrap().0 -= 1;
    stream.write_all(out.as_bytes()).await?;
    stream.write_all(body).await?;
    stream.shutdown().await
}
