//! Bodies of requests on their way in: none may stall for ever, and nothing of a form may pile up in memory.
//! Must not know what is in them.

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

/// Bytes that are taken in before the one who reads gets a turn.
const MOUTHFUL: usize = 128 * 1024;
/// Most bytes that may come in without a next piece of the form: two mouthfuls and what a socket holds.
const MOST_UNREAD: usize = 2 * 1024 * 1024;
/// For how long, and how much, is taken in of a body that nobody wants any more.
const LINGER: Duration = Duration::from_secs(5);
const MOST_TAKEN: usize = 64 * 1024 * 1024;

/// Lets a body fail of which too little comes for so long. What is left of it when it is dropped is still taken in, within
/// bounds: many callers read no answer before they have sent everything.
pub(super) fn patient(request: Request, patience: Duration) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    // Who expects to be asked for the body reads the answer first.
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
            drop(rest.stream.take()); // It has ended, one way or another.
            bytes
        }))
    })
}

/// What has not come yet of a body.
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

/// Tells whether an error of a body means that nothing came for too long.
pub(super) fn has_stalled(error: &(dyn Error + 'static)) -> bool {
    broke_with(error, io::ErrorKind::TimedOut)
}

/// Tells whether an error of a form's body means that too much came at once.
pub(super) fn has_flooded(error: &(dyn Error + 'static)) -> bool {
    broke_with(error, io::ErrorKind::FileTooLarge)
}

fn broke_with(error: &(dyn Error + 'static), kind: io::ErrorKind) -> bool {
    std::iter::successors(Some(error), |error| (*error).source())
        .any(|error| error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == kind))
}

/// How many bytes of a form came in since its last piece came out.
#[derive(Debug, Clone, Default)]
pub(super) struct Gauge(Arc<AtomicUsize>);

impl Gauge {
    /// Says that a piece came out.
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

/// Hands a form's body on in mouthfuls, as long as pieces come out of it: its reader takes in whatever is there before
/// it looks, and looks through all of it each time.
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
