//! The embedded server (docs/design/server.md): router, store, run engine, and models.
//!
//! [`start`] takes a bound listener, so that the server is ready once the port is bound. [`Server::stop`] shuts it down
//! gracefully. Must not depend on the client, the ledger, or the program that starts it.

mod allowance;
mod assistants;
mod auth;
mod body;
mod connections;
mod dialect;
mod engine;
mod error;
mod fault;
mod files;
mod ids;
mod json;
mod json_body;
mod lifecycle;
mod listener;
mod messages;
mod model;
mod pubsub;
mod request;
mod resources;
mod response;
mod router;
mod run_error;
mod runs;
mod settings;
mod steps;
mod store;
mod stream;
#[cfg(test)]
mod tests;
mod threads;
mod write_timeout;

pub use fault::{Fault, Faults, KINDS as FAULTS, faults};
pub use model::{Asking, Chat, Model, Names, Script};
pub use settings::{Limits, OpenAi, Reporter, Settings, StoreAt, allow_more_files};
pub use store::{StoreError, store_id};

use axum::{Router, http::HeaderValue};
use engine::Engine;
use std::{io, net::SocketAddr, ops::Deref, sync::Arc, time::Duration};
use store::Store;
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
    time::timeout,
};

/// The state that all handlers share.
#[derive(Debug, Clone)]
struct App(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    settings: Settings,
    store: Arc<Store>,
    engine: Arc<Engine>,
    address: SocketAddr,
    /// The memory budgets for request bodies.
    bodies: json_body::Bodies,
    /// Becomes `true` when the server ends.
    ending: watch::Receiver<bool>,
    /// The identity of the store, which every response carries.
    store_header: HeaderValue,
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// An error from starting a server.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("could not open the store: {0}")]
    Store(#[from] StoreError),
    #[error("could not listen: {0}")]
    Listen(#[from] io::Error),
}

/// A running server. It continues after this value is dropped, as long as its runtime exists.
#[derive(Debug)]
pub struct Server {
    app: App,
    address: SocketAddr,
    shutdown: watch::Sender<bool>,
    tasks: Mutex<Option<Tasks>>,
}

#[derive(Debug)]
struct Tasks {
    listener: JoinHandle<()>,
    engine: JoinHandle<()>,
}

/// Starts a server in the current tokio runtime, of either flavour.
pub fn start(listener: std::net::TcpListener, settings: Settings) -> Result<Server, StartError> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let address = listener.local_addr()?;
    let store = Arc::new(match &settings.store {
        StoreAt::Memory => Store::memory()?,
        StoreAt::Folder(folder) => Store::open(folder)?,
        StoreAt::Server(server) => Store::connect((**server).clone())?,
    });
    let engine = Engine::new(store.clone(), settings.model.clone(), settings.lease, settings.faults.clone());
    let report = settings.report.clone();
    let store_header = HeaderValue::from_str(store.id()).map_err(io::Error::other)?;
    let (shutdown, ending) = watch::channel(false);
    let parts = Parts {
        settings,
        store,
        engine: engine.clone(),
        address,
        bodies: json_body::Bodies::default(),
        ending: ending.clone(),
        store_header,
    };
    let app = App(Arc::new(parts));
    let router = router::finish(routes(), app.clone());
    let listener = listener::serve(listener, router, app.settings.clone(), ending);
    let tasks = Tasks { listener: tokio::spawn(listener), engine: engine.start(report) };
    Ok(Server { app, address, shutdown, tasks: Mutex::new(Some(tasks)) })
}

impl Server {
    /// Returns the address on which the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the identity of the store, which never changes.
    pub fn store_id(&self) -> &str {
        self.app.store.id()
    }

    /// Waits until this process works on no run, apart from runs that never finish. Returns `true` if that happened in
    /// time. Runs that wait for their caller do not count.
    pub async fn drain(&self, most: Duration) -> bool {
        self.app.engine.drain(most).await
    }

    /// Stops accepting requests, waits briefly for those in progress, and releases the runs to the store.
    pub async fn stop(&self) {
        self.shutdown.send_replace(true);
        let Some(Tasks { mut listener, engine }) = self.tasks.lock().await.take() else { return };
        let report = &self.app.settings.report;
        match timeout(self.app.settings.grace, &mut listener).await {
            Ok(ended) => {
                if let Err(error) = ended {
                    report(&format!("listening on {}: {error}", self.address));
                }
            }
            // A caller that never finishes its request must not keep the server running.
            Err(_) => listener.abort(),
        }
        engine.abort();
        let _ = engine.await; // The engine was aborted, and its workers have ended with it.
        if let Err(error) = self.app.engine.release().await {
            report(&format!("giving the runs back: {error}"));
        }
    }

    /// Stops working on runs without releasing them in the store, as if the process had died.
    #[cfg(test)]
    async fn abandon(&self) {
        if let Some(tasks) = self.tasks.lock().await.as_ref() {
            tasks.engine.abort();
        }
    }
}

fn routes() -> Router<App> {
    [assistants::mount, threads::mount, messages::mount, runs::mount, steps::mount, files::mount]
        .into_iter()
        .fold(Router::new(), |router, mount| mount(router))
}
