//! Incoming request bodies: a time limit for every body, and a memory limit for forms. The module must not depend on
//! the contents of the bodies.

use crate::serve::connection::allowance::Allowance;
use axum::{
    body::{Body, BodyDataStream, Bytes, HttpBody},
    extract::Request,
    http::header::EXPECT,
};
use futures_util::{Stream, StreamExt, stream};
use std::{
    error::Error,
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Poll, ready},
    time::{Duration, Instant},
};
use tokio::{runtime::Handle, time};

/// The number of bytes to read before other tasks may run.
const TURN_BYTES: usize = 128 * 1024;
/// The maximum number of bytes of a form that may arrive before its parser returns the next chunk. It leaves room for
/// two turns and for the contents of a socket buffer.
const MAX_UNPARSED: usize = 2 * 1024 * 1024;
/// The limits of reading the rest of a body after its request was answered: a time, and a number of bytes.
const LINGER: Duration = Duration::from_secs(5);
const LINGER_BYTES: usize = 64 * 1024 * 1024;

/// Makes a body fail if it arrives too slowly.
///
/// If the body is dropped before its end, the rest is still read, within limits. Many callers do not read the response
/// before they have sent the whole body.
pub(in crate::serve) fn with_timeout(request: Request, timeout: Duration) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    // A caller that sends `Expect: 100-continue` reads the response before it sends the body.
    let lingers = !request.headers().contains_key(EXPECT);
    request.map(|body| {
        let rest = RemainingBody { stream: Some(body.into_data_stream()), lingers, allowance: Allowance::new(timeout) };
        Body::from_stream(stream::try_unfold(rest, move |mut rest| async move {
            let Some(stream) = &mut rest.stream else { return Ok(None) };
            let began = Instant::now();
            let next = time::timeout(rest.allowance.left(), stream.next()).await;
            let bytes = match next {
                Ok(Some(Ok(bytes))) => {
                    rest.allowance.account(began.elapsed(), bytes.len());
                    return Ok(Some((bytes, rest)));
                }
                Ok(Some(Err(error))) => Err(io::Error::other(error)),
                Ok(None) => Ok(None),
                Err(_) => Err(io::ErrorKind::TimedOut.into()),
            };
            drop(rest.stream.take()); // The body has ended or failed.
            bytes
        }))
    })
}

/// The part of a body that has not arrived yet. Dropping it reads the rest in the background.
struct RemainingBody {
    /// `None` after the body has ended or failed.
    stream: Option<BodyDataStream>,
    /// `true` if the rest must be read when this value is dropped.
    lingers: bool,
    allowance: Allowance,
}

impl Drop for RemainingBody {
    fn drop(&mut self) {
        let Some(mut stream) = self.stream.take().filter(|_| self.lingers) else { return };
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(time::timeout(LINGER, async move {
                let mut read = 0;
                while let Some(Ok(bytes)) = stream.next().await
                    && read < LINGER_BYTES
                {
                    read += bytes.len();
                }
            }));
        }
    }
}

/// Returns `true` if a body failed because no data arrived for too long.
pub(in crate::serve) fn has_stalled(error: &(dyn Error + 'static)) -> bool {
    failed_with(error, io::ErrorKind::TimedOut)
}

/// Returns `true` if the body of a form failed because too much data arrived at once.
pub(in crate::serve) fn has_too_many_unparsed_bytes(error: &(dyn Error + 'static)) -> bool {
    failed_with(error, io::ErrorKind::FileTooLarge)
}

fn failed_with(error: &(dyn Error + 'static), kind: io::ErrorKind) -> bool {
    std::iter::successors(Some(error), |error| (*error).source())
        .any(|error| error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == kind))
}

/// The number of bytes of a form that have arrived since the parser last returned a chunk.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct UnparsedBytes(Arc<AtomicUsize>);

impl UnparsedBytes {
    /// Restarts the count after the parser has returned a chunk.
    pub(in crate::serve) fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    fn add(&self, bytes: usize) -> io::Result<()> {
        if self.0.fetch_add(bytes, Ordering::Relaxed) + bytes > MAX_UNPARSED {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(())
    }
}

/// Yields a form's body in turns of [`TURN_BYTES`] bytes. Makes it fail if too many bytes arrive before the parser
/// returns a chunk: the parser reads all available data before it parses, and scans all of it each time.
pub(in crate::serve) fn limit_unparsed(body: Body, unparsed: UnparsedBytes) -> Body {
    Body::from_stream(in_turns(body, unparsed))
}

fn in_turns(body: Body, unparsed: UnparsedBytes) -> impl Stream<Item = io::Result<Bytes>> {
    let mut stream = body.into_data_stream();
    let mut taken = 0;
    stream::poll_fn(move |context| {
        if taken >= TURN_BYTES {
            taken = 0;
            context.waker().wake_by_ref(); // The task runs again after the others.
            return Poll::Pending;
        }
        let next = ready!(stream.poll_next_unpin(context)).map(|next| {
            let bytes = next.map_err(io::Error::other)?;
            taken += bytes.len();
            unparsed.add(bytes.len())?;
            Ok(bytes)
        });
        Poll::Ready(next)
    })
}
