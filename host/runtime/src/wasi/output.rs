//! A guest's standard output and error, line by line into the journal.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use tokio::io::AsyncWrite;
use wasmtime_wasi::{
    async_trait,
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamResult},
};

use crate::{Level, journal::Journal};

/// A line without an end is cut here.
const LONGEST: usize = 4_096;
/// What a guest may hand over at once.
const PERMIT: usize = 64 << 10;

/// One stream; clones share it. What is left without a line feed is a line when the last clone goes.
#[derive(Clone)]
pub(super) struct Lines(Arc<Mutex<Open>>);

struct Open {
    journal: Journal,
    level: Level,
    line: Vec<u8>,
}

impl Lines {
    pub(super) fn new(journal: Journal, level: Level) -> Self {
        Self(Arc::new(Mutex::new(Open { journal, level, line: Vec::new() })))
    }

    fn take(&self, bytes: &[u8]) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            let room = LONGEST.saturating_sub(open.line.len());
            open.line.extend(part.iter().take(room));
            if part.ends_with(b"\n") {
                open.end_line();
            }
        }
    }
}

impl Open {
    fn end_line(&mut self) {
        let line = String::from_utf8_lossy(&self.line);
        self.journal.print(self.level, line.trim_end());
        self.line.clear();
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if !self.line.is_empty() {
            self.end_line();
        }
    }
}

impl IsTerminal for Lines {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Lines {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for Lines {
    fn write(&mut self, bytes: bytes::Bytes) -> StreamResult<()> {
        self.take(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(PERMIT)
    }
}

#[async_trait]
impl Pollable for Lines {
    async fn ready(&mut self) {}
}

impl AsyncWrite for Lines {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Silent;

    fn printed(parts: &[&[u8]]) -> Vec<String> {
        let journal = Journal::new(Arc::new(Silent), 100, 10_000);
        let stream = Lines::new(journal.clone(), Level::Warn);
        for part in parts {
            stream.clone().take(part);
        }
        drop(stream);
        journal.trail().log
    }

    #[test]
    fn output_becomes_lines_wherever_it_was_cut() {
        assert_eq!(printed(&[b"one\ntw", b"o\r\n", b"\n", b"three"]), ["one", "two", "", "three"]);
    }

    #[test]
    fn a_line_without_an_end_is_bounded() {
        let flood = vec![b'x'; 100_000];
        assert_eq!(printed(&[&flood, b"\nnext"]), ["x".repeat(LONGEST), "next".to_owned()]);
    }

    #[test]
    fn bytes_that_are_no_text_do_no_harm() {
        assert_eq!(printed(&[b"\xff\xfe\x1b[2J\n"]), ["\u{fffd}\u{fffd}[2J"]);
    }
}
