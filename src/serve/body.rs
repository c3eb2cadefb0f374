//! Incoming request bodies: no body may stall for ever, and no form may pile up in memory. Must not depend on the
//! contents of the bodies.

use super::allowance::Allowance;
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
use tokio::{runtime::Handle, time::timeout};

/// The number of bytes to read before the reader gets a turn.
const MOUTHFUL: usize = 128 * 1024;
/// The maximum number of bytes of a form that may arrive before its parser returns the next chunk: two turns and the
/// contents of a socket buffer.
const MOST_UNREAD: usize = 2 * 1024 * 1024;
/// The time and the number of bytes for which an unwanted body is still read.
const LINGER: Duration = Duration::from_secs(5);
const MOST_TAKEN: usize = 64 * 1024 * 1024;

/// Makes a body fail if it arrives too slowly.
///
/// The rest of a dropped body is still read, within limits: many callers read no response before they have sent
/// everything.
pub(super) fn patient(request: Request, patience: Duration) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    // A caller that sends `Expect: 100-continue` reads the response before it sends the body.
    let lingers = !request.headers().contains_key(EXPECT);
    request.map(|body| {
        let rest = Rest { stream: Some(body.into_data_stream()), lingers, allowance: Allowance::new(patience) };
        Body::from_stream(stream::try_unfold(rest, move |mut rest| async move {
            let Some(stream) = &mut rest.stream else { return Ok(None) };
            let began = Instant::now();
            let next = timeout(rest.allowance.left(), stream.next()).await;
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

/// The part of a body that has not arrived yet.
struct Rest {
    stream: Option<BodyDataStream>,
    lingers: bool,
    allowance: Allowance,
}

impl Drop for Rest {
    fn drop(&mut self) {
        let Some(mut stream) = self.stream.take().filter(|_| self.lingers) else { return };
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(LINGER, async move {
                let mut taken = 0;
                while let Some(Ok(bytes)) = stream.next().await
                    && taken < MOST_TAKEN
                {
                    taken += bytes.len();
                }
            }));
        }
    }
}

/// Returns `true` if a body failed because no data arrived for too long.
pub(super) fn has_stalled(error: &(dyn Error + 'static)) -> bool {
    broke_with(error, io::ErrorKind::TimedOut)
}

/// Returns `true` if the body of a form failed because too much data arrived at once.
pub(super) fn has_flooded(error: &(dyn Error + 'static)) -> bool {
    broke_with(error, io::ErrorKind::FileTooLarge)
}

fn broke_with(error: &(dyn Error + 'static), kind: io::ErrorKind) -> bool {
    std::iter::successors(Some(error), |error| (*error).source())
        .any(|error| error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == kind))
}

/// The number of bytes of a form that have arrived since the parser last returned a chunk.
#[derive(Debug, Clone, Default)]
pub(super) struct Gauge(Arc<AtomicUsize>);

impl Gauge {
    /// Restarts the count after the parser has returned a chunk.
    pub(super) fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    fn add(&self, bytes: usize) -> io::Result<()> {
        if self.0.fetch_add(bytes, Ordering::Relaxed) + bytes > MOST_UNREAD {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(())
    }
}

/// Yields a form's body in turns of [`MOUTHFUL`] bytes. Makes it fail if too many bytes arrive before the parser
/// returns a chunk: the parser reads all available data before it parses, and scans all of it each time.
pub(super) fn gauged(body: Body, gauge: Gauge) -> Body {
    Body::from_stream(mouthfuls(body, gauge))
}

fn mouthfuls(body: Body, gauge: Gauge) -> impl Stream<Item = io::Result<Bytes>> {
    let mut stream = body.into_data_stream();
    let mut taken = 0;
    stream::poll_fn(move |context| {
        if taken >= MOUTHFUL {
            taken = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = ready!(stream.poll_next_unpin(context)).map(|next| {
            let bytes = next.map_err(io::Error::other)?;
            taken += bytes.len();
            gauge.add(bytes.len())?;
            Ok(bytes)
        });
        Poll::Ready(next)
    })
}
