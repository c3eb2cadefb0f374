//! Takes connections and serves requests on them. What is slow or too much is decided by `connections`.

use super::Settings;
use super::connections::{Closed, Connection, Connections, Work};
use super::router::Enveloped;
use super::timed::Timed;
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::Response,
};
use hyper::{
    body::{Frame, Incoming, SizeHint},
    server::conn::http1,
};
use hyper_util::rt::TokioIo;
use std::{
    io::{self, ErrorKind},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep},
};

/// Most bytes of a request's head; also the most that is read or written at once.
const BUFFER: usize = 64 * 1024;
/// How often connections are looked for that wait too long.
const LOOK: Duration = Duration::from_secs(1);
/// How many connections are closed where no further one can be taken, and how long is waited for them to be gone.
const SHED: usize = 16;
const PAUSE: Duration = Duration::from_millis(20);
/// How often at most is reported that no connection can be taken.
const REPORT_AGAIN: Duration = Duration::from_secs(60);

/// Serves connections until `ending` becomes true, then waits until those that are open have ended.
pub(super) async fn serve(
    listener: TcpListener,
    routes: Enveloped,
    settings: Settings,
    mut ending: watch::Receiver<bool>,
) {
    let connections = Connections::new(settings.limits);
    let mut tasks = JoinSet::new();
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut reported: Option<Instant> = None;
    let end = ending.clone();
    loop {
        tokio::select! {
            () = ended(&mut ending) => break,
            Some(_) = tasks.join_next() => {}
            _ = look.tick() => connections.close_stale(Instant::now()),
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let _ = stream.set_nodelay(true); // It is only slower without.
                    let seat = connections.admit();
                    tasks.spawn(converse(stream, seat, routes.clone(), settings.patience, end.clone()));
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    if reported.is_none_or(|last| last.elapsed() >= REPORT_AGAIN) {
                        reported = Some(Instant::now());
                        (settings.report)(&format!("no further connection can be taken: {error}; idle ones are closed"));
                    }
                    connections.shed(SHED);
                    sleep(PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    while tasks.join_next().await.is_some() {}
}

/// Waits until the server is to end. A server whose owner has gone serves on.
async fn ended(ending: &mut watch::Receiver<bool>) {
    if ending.wait_for(|ending| *ending).await.is_err() {
        std::future::pending().await
    }
}

/// Returns `true` if an error concerns a connection that was gone before it was taken.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused)
}

/// Serves the requests of one connection, until it ends or is closed.
async fn converse(
    stream: TcpStream,
    seat: Arc<Connection>,
    routes: Enveloped,
    patience: Duration,
    mut ending: watch::Receiver<bool>,
) {
    let io = TokioIo::new(Timed::new(stream, seat.clone(), patience));
    let service = Service { routes, seat: seat.clone() };
    let mut builder = http1::Builder::new();
    let mut connection = pin!(builder.max_buf_size(BUFFER).serve_connection(io, service));
    tokio::select! {
        _ = connection.as_mut() => return, // What went wrong is the other side's to notice.
        () = seat.closed() => return,
        () = ended(&mut ending) => {}
    }
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        _ = connection => {}
        () = seat.closed() => {}
    }
}

/// The routes, as one connection asks them.
struct Service {
    routes: Enveloped,
    seat: Arc<Connection>,
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Response<Held>;
    type Error = Closed;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Held>, Closed>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let (begun, routes) = (self.seat.begin(), self.routes.clone());
        Box::pin(async move {
            let work = begun?;
            let response = routes.answer(request.map(Body::new), Some(&work)).await;
            Ok(response.map(|body| Held { body, _work: work }))
        })
    }
}

/// The body of an answer, with which the work on the request ends.
struct Held {
    body: Body,
    _work: Work,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
