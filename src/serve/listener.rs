//! The listener: accepts connections and serves requests on them. `connections` decides which connections are slow or
//! surplus.

use super::Settings;
use super::connections::{Closed, Connection, Connections, Work};
use super::router::Enveloped;
use super::write_timeout::Timed;
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

/// The maximum size in bytes of a request head, and of a single read or write.
const BUFFER: usize = 64 * 1024;
/// The interval between two checks for connections that wait too long.
const LOOK: Duration = Duration::from_secs(1);
/// The number of connections to close if no further one can be accepted, and the time to wait for them to end.
const SHED: usize = 16;
const PAUSE: Duration = Duration::from_millis(20);
/// The minimum interval between two reports that no connection can be accepted.
const REPORT_AGAIN: Duration = Duration::from_secs(60);

/// Serves connections until `ending` becomes `true`, then waits until the open ones have ended.
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
                    let _ = stream.set_nodelay(true); // An error here only costs latency.
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

/// Waits until the server must end. If the sender was dropped, the server runs on.
async fn ended(ending: &mut watch::Receiver<bool>) {
    if ending.wait_for(|ending| *ending).await.is_err() {
        std::future::pending().await
    }
}

/// Returns `true` if the error concerns a connection that was gone before it was accepted.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused)
}

/// Serves the requests of one connection until it ends or is closed.
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
        _ = connection.as_mut() => return, // An error concerns only this connection, and the peer notices it.
        () = seat.closed() => return,
        () = ended(&mut ending) => {}
    }
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        _ = connection => {}
        () = seat.closed() => {}
    }
}

/// The routes, bound to one connection.
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

/// The body of a response. The work on the request ends when it is dropped.
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
