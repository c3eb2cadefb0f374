//! The embedded server: the wire inward (DESIGN.md 5). Router, store, run engine, models.
//!
//! [`start`] takes a listener that is bound and a future that ends it; readiness is the bound port. Knows neither
//! client nor ledger, and nothing of the program that starts it.

mod answer;
mod assistants;
mod call;
mod engine;
mod error;
mod files;
mod guard;
mod ids;
mod lifecycle;
mod messages;
mod model;
mod resources;
mod router;
mod runs;
mod settings;
mod steps;
mod store;
#[cfg(test)]
mod tests;
mod threads;

pub use model::Model;
pub use settings::{Reporter, Settings, Store, ThreadListing};
pub use store::StoreError;

use axum::{Router, serve::ListenerExt};
use engine::Engine;
use std::{io, net::SocketAddr, ops::Deref, sync::Arc, time::Duration};
use tokio::task::JoinHandle;

/// What every handler gets.
#[derive(Debug, Clone)]
struct App(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    settings: Settings,
    store: Arc<store::Store>,
    engine: Arc<Engine>,
    /// Host names that are this server's.
    hosts: Vec<String>,
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Why a server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("could not open the store: {0}")]
    Store(#[from] StoreError),
    #[error("could not listen: {0}")]
    Listen(#[from] io::Error),
}

/// A server that has started.
#[derive(Debug)]
pub struct Running {
    app: App,
    address: SocketAddr,
    server: JoinHandle<io::Result<()>>,
    engine: JoinHandle<()>,
}

/// Starts a server in the current tokio runtime; it ends in good order when `shutdown` does.
pub fn start(
    listener: std::net::TcpListener,
    settings: Settings,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<Running, StartError> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let address = listener.local_addr()?;
    let store = Arc::new(match &settings.store {
        Store::Memory => store::Store::memory()?,
        Store::At(folder) => store::Store::open(folder)?,
    });
    let engine = Engine::new(store.clone(), settings.model, settings.lease);
    let report = settings.report.clone();
    let app = App(Arc::new(Parts { hosts: own_hosts(address, &settings), settings, store, engine: engine.clone() }));
    let router = router::finish(routes(), app.clone());
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true); // It is only slower without.
    });
    let server = axum::serve(listener, router).with_graceful_shutdown(shutdown);
    Ok(Running { app, address, server: tokio::spawn(server.into_future()), engine: engine.start(report) })
}

impl Running {
    /// Returns the address that is listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the store's identity, which never changes.
    pub fn store_id(&self) -> &str {
        self.app.store.id()
    }

    /// Waits until no run is going that this process works on, except those that never answer; tells whether that
    /// came to pass in time. Runs that wait for their caller are not waited for.
    pub async fn drain(&self, most: Duration) -> bool {
        self.app.engine.drain(most).await
    }

    /// Waits until the server has ended after its shutdown, and gives its runs back to the store.
    pub async fn ended(self) -> io::Result<()> {
        let ended = self.server.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        self.engine.abort();
        let _ = self.engine.await; // It was aborted; its workers have ended with it.
        if let Err(error) = self.app.engine.release().await {
            (self.app.settings.report)(&format!("giving the runs back: {error}"));
        }
        ended
    }
}

/// Returns the identity of the store in a folder, `None` where there is no store yet.
pub fn store_id(folder: &std::path::Path) -> Result<Option<String>, StoreError> {
    if !folder.join("store.db").exists() {
        return Ok(None);
    }
    Ok(Some(store::Store::open(folder)?.id().to_owned()))
}

fn routes() -> Router<App> {
    [assistants::mount, threads::mount, messages::mount, runs::mount, steps::mount, files::mount]
        .into_iter()
        .fold(Router::new(), |router, mount| mount(router))
}

fn own_hosts(address: SocketAddr, settings: &Settings) -> Vec<String> {
    let own = ["127.0.0.1", "localhost", "::1"].map(str::to_owned);
    own.into_iter().chain([address.ip().to_string()]).chain(settings.hosts.iter().cloned()).collect()
}
