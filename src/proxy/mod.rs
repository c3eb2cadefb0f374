//! The proxy of `asst record`. It listens on loopback, forwards every request to one backend, and records the objects
//! that are created and deleted (docs/design/recording.md#what-is-recorded).
//!
//! The caller provides the backend's address and the recorder. The module must not depend on the program that sends the
//! requests, or on the ledger.

mod events;
mod forward;
mod handler;
mod headers;
mod path;
mod recorder;
mod rejection;
mod response;
mod stream;
mod unrecognised;

pub use recorder::{RecordedRequest, Recorder, RecorderFuture, RequestOutcome, RequestRecord};

use crate::http::{HttpRequest, MemoryBudget, Method, Transport};
use axum::{Router, serve::ListenerExt};
use secrecy::SecretString;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{RwLock, watch};
use tokio::time::timeout;

/// A function that builds a request with the profile's headers from a method, a path below the base URL, and a query.
/// It returns the reason if this is impossible.
pub type AddressRequest = Arc<dyn Fn(Method, &str, Option<&str>) -> Result<HttpRequest, String> + Send + Sync>;

/// A function that fetches another credential after the one of this request was rejected. It returns `true` if there is
/// another one. It may block.
pub type RenewCredential = Arc<dyn Fn(&HttpRequest) -> bool + Send + Sync>;

/// The settings of a proxy.
pub struct ProxySettings {
    /// The key that callers must send.
    pub key: SecretString,
    /// The transport to the backend. It must not decode responses.
    pub transport: Transport,
    /// Addresses a request to the backend.
    pub address: AddressRequest,
    /// The path of the backend's base URL. Callers may repeat it in their paths.
    pub base_path: String,
    pub renew: RenewCredential,
    pub recorder: Arc<dyn Recorder>,
}

/// The state that all requests share.
struct ProxyState {
    settings: ProxySettings,
    /// The address on which the proxy listens.
    address: SocketAddr,
    /// Locked for reading by each recorded request until it has ended.
    in_flight: Arc<RwLock<()>>,
    /// `true` after the recording has ended. Further requests are rejected.
    closed: AtomicBool,
    bodies: BodyBudgets,
}

/// The memory budgets for bodies.
#[derive(Debug)]
struct BodyBudgets {
    /// For short request bodies and long responses, while the proxy holds them.
    held: MemoryBudget,
    /// For long responses, while they are parsed and recorded.
    parsed: MemoryBudget,
}

impl Default for BodyBudgets {
    fn default() -> Self {
        Self {
            held: MemoryBudget::new(HELD_BYTES, BUDGET_TIMEOUT),
            parsed: MemoryBudget::new(2 * forward::MAX_RECORDED_RESPONSE, BUDGET_TIMEOUT),
        }
    }
}

/// The maximum total size in bytes of the bodies that are held at once.
const HELD_BYTES: usize = 64 << 20;
/// The maximum time to wait for a share of a budget.
const BUDGET_TIMEOUT: Duration = Duration::from_secs(30);

/// A running proxy. It continues after this value is dropped, as long as its runtime exists.
pub struct Proxy {
    state: Arc<ProxyState>,
    shutdown: watch::Sender<bool>,
}

/// Starts a proxy on a free loopback port in the current tokio runtime.
///
/// # Errors
/// Returns an error if no port can be opened.
pub fn start(settings: ProxySettings) -> io::Result<Proxy> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let address = listener.local_addr()?;
    let state = Arc::new(ProxyState {
        settings,
        address,
        in_flight: Arc::default(),
        closed: AtomicBool::new(false),
        bodies: BodyBudgets::default(),
    });
    let router = Router::new().fallback(handler::handle).with_state(Arc::clone(&state));
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true); // An error here only costs latency.
    });
    let (shutdown, mut ending) = watch::channel(false);
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        if ending.wait_for(|ending| *ending).await.is_err() {
            std::future::pending::<()>().await;
        }
    });
    tokio::spawn(serving.into_future());
    Ok(Proxy { state, shutdown })
}

impl Proxy {
    /// Returns the address on which the proxy listens.
    pub fn address(&self) -> SocketAddr {
        self.state.address
    }

    /// Stops accepting requests, and waits up to `limit` for the recorded requests. Returns `true` if all of them ended
    /// in time.
    pub async fn stop(&self, limit: Duration) -> bool {
        self.state.closed.store(true, Ordering::SeqCst);
        self.shutdown.send_replace(true);
        timeout(limit, self.state.in_flight.write()).await.is_ok()
    }
}
