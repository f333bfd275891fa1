//! Connections that can be broken: cut after so many bytes, politely (FIN) or not (RST).

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// How a connection is to break.
#[derive(Debug, Clone, Copy)]
enum Break {
    /// RST, when so many more bytes have been written.
    Reset(usize),
    /// FIN, when so many more bytes of the body have been written (the head passes).
    Close(usize),
    /// FIN, when so many more bytes have been written.
    CloseInBody(usize),
}

/// A handle of one connection, for who answers on it.
#[derive(Debug, Clone, Default)]
pub(super) struct Wire(Arc<Mutex<Option<Break>>>);

impl Wire {
    fn plan(&self) -> MutexGuard<'_, Option<Break>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Resets the connection after so many bytes of the next answer, its head included.
    pub(super) fn reset_after(&self, bytes: usize) {
        *self.plan() = Some(Break::Reset(bytes));
    }

    /// Closes the connection after so many bytes of the next answer's body.
    pub(super) fn close_after(&self, bytes: usize) {
        *self.plan() = Some(Break::Close(bytes));
    }
}

/// Listens, and gives each connection its [`Wire`].
#[derive(Debug)]
pub(super) struct Door(pub TcpListener);

impl Listener for Door {
    type Io = Stream;
    type Addr = Wire;

    async fn accept(&mut self) -> (Stream, Wire) {
        let (stream, _) = Listener::accept(&mut self.0).await;
        // Answers are small and many: never wait for more to send.
        let _ = stream.set_nodelay(true);
        let wire = Wire::default();
        (Stream { stream, wire: wire.clone() }, wire)
    }

    fn local_addr(&self) -> io::Result<Wire> {
        Ok(Wire::default())
    }
}

impl Connected<IncomingStream<'_, Door>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.remote_addr().clone()
    }
}

/// A connection that breaks when it is told to.
#[derive(Debug)]
pub(super) struct Stream {
    stream: TcpStream,
    wire: Wire,
}

impl Stream {
    /// How many of these bytes may pass.
    fn allowed(&self, bytes: &[u8]) -> Option<usize> {
        let mut plan = self.wire.plan();
        if let Some(Break::Close(budget)) = *plan {
            match bytes.windows(4).position(|w| w == b"\r\n\r\n") {
                Some(end_of_head) => *plan = Some(Break::CloseInBody(end_of_head + 4 + budget)),
                None => return None,
            }
        }
        match plan.as_mut()? {
            Break::Reset(left) | Break::CloseInBody(left) | Break::Close(left) => {
                let now = (*left).min(bytes.len());
                *left -= now;
                Some(now)
            }
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let bytes = match this.allowed(bytes) {
            None => bytes,
            Some(0) if !bytes.is_empty() => {
                if matches!(*this.wire.plan(), Some(Break::Reset(_))) {
                    let _ = this.stream.set_zero_linger();
                }
                return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
            }
            // What the socket does not take at once is lost from the budget: fine for a fault.
            Some(now) => bytes.get(..now).unwrap_or(bytes),
        };
        Pin::new(&mut this.stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if matches!(*this.wire.plan(), Some(Break::Reset(_))) {
            // A shutdown would send FIN before the reset.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut this.stream).poll_shutdown(cx)
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buf)
    }
}
