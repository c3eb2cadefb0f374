//! A TCP stream whose writes fail if the peer does not receive the data in time. hyper has no such limit.

use super::allowance::Allowance;
use super::connections::Connection;
use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep},
};

/// A TCP stream with a time limit for writes.
#[derive(Debug)]
pub(in crate::serve) struct TimedStream {
    stream: TcpStream,
    connection: Arc<Connection>,
    allowance: Allowance,
    /// The start of the pending write, and its timeout.
    pending: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl TimedStream {
    pub(in crate::serve) fn new(stream: TcpStream, connection: Arc<Connection>, timeout: Duration) -> Self {
        Self { stream, connection, allowance: Allowance::new(timeout), pending: None }
    }

    /// Starts or stops the time limit, depending on whether a write is pending. Fails if the limit has passed.
    fn after_write(&mut self, written: Poll<io::Result<usize>>, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(result) = written {
            if let Some((since, _)) = self.pending.take() {
                self.allowance.account(since.elapsed(), result.as_ref().copied().unwrap_or_default());
                self.connection.set_sending(false);
            }
            return Poll::Ready(result);
        }
        self.connection.set_sending(true);
        let left = self.allowance.left();
        let (_, end) = self.pending.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(left))));
        ready!(end.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for TimedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for TimedStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.after_write(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        self.after_write(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
