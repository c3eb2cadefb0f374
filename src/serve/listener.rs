//! The listener. It accepts connections and serves requests on them. [`Connections`] decides which connections must be
//! closed.

use crate::serve::connection::connections::{ActiveRequest, Closed, Connection, Connections};
use crate::serve::connection::write_timeout::TimedStream;
use crate::serve::router::RootService;
use crate::serve::settings::ServerSettings;
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
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// The interval between two checks for connections that wait too long.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// If no further connection can be accepted, for example for lack of file descriptors: the number of connections to
/// close, and the pause before the next attempt.
const CONNECTIONS_TO_CLOSE: usize = 16;
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);
/// The minimum interval between two reports that no connection can be accepted.
const REPORT_INTERVAL: Duration = Duration::from_secs(60);

/// Serves connections until `ending` becomes `true`, then waits until all open connections have ended.
pub(super) async fn serve(
    listener: TcpListener,
    routes: RootService,
    settings: ServerSettings,
    mut ending: watch::Receiver<bool>,
) {
    let connections = Connections::new(settings.limits);
    let mut tasks = JoinSet::new();
    let mut check = interval(CHECK_INTERVAL);
    check.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut reported: Option<Instant> = None;
    let end = ending.clone();
    loop {
        tokio::select! {
            () = shutdown(&mut ending) => break,
            Some(_) = tasks.join_next() => {}
            _ = check.tick() => connections.close_stale(Instant::now()),
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let _ = stream.set_nodelay(true); // An error here only costs latency.
                    let connection = connections.admit();
                    tasks.spawn(serve_connection(stream, connection, routes.clone(), settings.peer_timeout, end.clone()));
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    if reported.is_none_or(|last| last.elapsed() >= REPORT_INTERVAL) {
                        reported = Some(Instant::now());
                        (settings.report)(&format!("cannot accept a connection: {error}; closing idle connections"));
                    }
                    connections.close_waiting(CONNECTIONS_TO_CLOSE);
                    sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    while tasks.join_next().await.is_some() {}
}

/// Waits until the server must end. If the sender was dropped, the server runs on.
async fn shutdown(ending: &mut watch::Receiver<bool>) {
    if ending.wait_for(|ending| *ending).await.is_err() {
        std::future::pending().await
    }
}

/// Returns `true` if the error concerns only one connection, which the peer closed before it was accepted.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused)
}

/// Serves the requests of one connection until it ends or is closed.
async fn serve_connection(
    stream: TcpStream,
    connection: Arc<Connection>,
    routes: RootService,
    timeout: Duration,
    mut ending: watch::Receiver<bool>,
) {
    let io = TokioIo::new(TimedStream::new(stream, connection.clone(), timeout));
    let service = Service { routes, connection: connection.clone() };
    let mut builder = http1::Builder::new();
    let mut serving = pin!(builder.max_buf_size(MAX_HEAD_BYTES).serve_connection(io, service));
    tokio::select! {
        _ = serving.as_mut() => return, // An error concerns only this connection, and the peer notices it.
        () = connection.closed() => return,
        () = shutdown(&mut ending) => {}
    }
    serving.as_mut().graceful_shutdown();
    tokio::select! {
        _ = serving => {}
        () = connection.closed() => {}
    }
}

/// The routes, bound to one connection.
struct Service {
    routes: RootService,
    connection: Arc<Connection>,
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Response<TrackedBody>;
    type Error = Closed;
    type Future = Pin<Box<dyn Future<Output = Result<Response<TrackedBody>, Closed>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let (active, routes) = (self.connection.begin(), self.routes.clone());
        Box::pin(async move {
            let active = active?;
            let response = routes.respond(request.map(Body::new), Some(&active)).await;
            Ok(response.map(|body| TrackedBody { body, _request: active }))
        })
    }
}

/// The body of a response. The request counts as in progress until the body is dropped.
struct TrackedBody {
    body: Body,
    _request: ActiveRequest,
}

impl HttpBody for TrackedBody {
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
