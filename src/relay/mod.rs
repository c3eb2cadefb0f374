//! The relay: a proxy on loopback that passes everything on to one backend, and has recorded what is created and
//! deleted on the way (docs/design/recording.md#what-is-recorded). How the backend is addressed and what a record is
//! are handed in. Must not know which program calls, nor the ledger.

mod events;
mod guard;
mod headers;
mod pass;
mod path;
mod record;
mod stream;

pub use record::{Asked, Ending, Record, Recorder, Work};

use crate::http::{Budget, Call, Method, Transport};
use axum::{Router, serve::ListenerExt};
use secrecy::SecretString;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{RwLock, watch};
use tokio::time::timeout;

/// Turns method, path behind the base, and query into a request with the profile's headers; else says why it cannot.
pub type Address = Arc<dyn Fn(Method, &str, Option<&str>) -> Result<Call, String> + Send + Sync>;

/// Fetches another credential where the one of a request was refused; tells whether there is one. It may block.
pub type Renew = Arc<dyn Fn(&Call) -> bool + Send + Sync>;

/// How a relay is set up.
pub struct Settings {
    /// What callers must show.
    pub key: SecretString,
    /// The way to the backend; what comes back over it must not be decoded.
    pub transport: Transport,
    pub address: Address,
    /// The path of the backend's base URL. A program may say it too.
    pub base_path: String,
    pub renew: Renew,
    pub recorder: Arc<dyn Recorder>,
}

/// What every request gets.
struct Parts {
    settings: Settings,
    address: SocketAddr,
    /// Read by each call that is recorded, as long as it takes.
    going: Arc<RwLock<()>>,
    closed: AtomicBool,
    bodies: Bodies,
}

/// What bodies may take of the memory.
#[derive(Debug)]
struct Bodies {
    /// Those of requests, and of long answers, while they are held.
    held: Budget,
    /// Long answers while they are read and recorded.
    read: Budget,
}

impl Default for Bodies {
    fn default() -> Self {
        let patience = Duration::from_secs(30);
        Self { held: Budget::new(HELD, patience), read: Budget::new(2 * pass::LONGEST, patience) }
    }
}

/// Bytes of bodies that are held at the same time.
const HELD: usize = 64 << 20;

/// A relay that listens. It goes on when this is dropped, as long as its runtime does.
pub struct Relay {
    parts: Arc<Parts>,
    shutdown: watch::Sender<bool>,
}

/// Starts a relay on a free port of loopback, in the current tokio runtime.
///
/// # Errors
/// Where nothing can be listened on.
pub fn start(settings: Settings) -> io::Result<Relay> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let address = listener.local_addr()?;
    let parts = Arc::new(Parts {
        settings,
        address,
        going: Arc::default(),
        closed: AtomicBool::new(false),
        bodies: Bodies::default(),
    });
    let router = Router::new().fallback(pass::handle).with_state(Arc::clone(&parts));
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true); // It is only slower without.
    });
    let (shutdown, mut ending) = watch::channel(false);
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        if ending.wait_for(|ending| *ending).await.is_err() {
            std::future::pending::<()>().await;
        }
    });
    tokio::spawn(serving.into_future());
    Ok(Relay { parts, shutdown })
}

impl Relay {
    /// Returns where it listens.
    pub fn address(&self) -> SocketAddr {
        self.parts.address
    }

    /// Takes no more calls, and waits for those that are to be recorded; tells whether all of them ended in time.
    pub async fn stop(&self, most: Duration) -> bool {
        self.parts.closed.store(true, Ordering::SeqCst);
        self.shutdown.send_replace(true);
        timeout(most, self.parts.going.write()).await.is_ok()
    }
}
