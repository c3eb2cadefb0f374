//! The embedded server (docs/design/server.md): listener, router, store, run engine, indexer, and models.
//!
//! [`start`] takes a listener that is already bound. Callers can therefore connect before `start` returns.
//! [`Server::stop`] shuts it down gracefully. The module must not depend on the client, the ledger, or the program that
//! starts it.

mod auth;
mod connection;
mod dialect;
mod documents;
mod engine;
mod error;
mod fault;
mod ids;
mod indexing;
mod listener;
mod model;
mod pubsub;
mod request;
mod response;
mod retrieval;
mod router;
mod routes;
mod settings;
mod state;
mod store;
mod stream;
#[cfg(test)]
mod tests;

pub use fault::{Fault, Faults, KINDS as FAULTS, faults};
pub use model::{
    ChatEndpoint, DEFAULT_EMBEDDING_MODEL, EmbeddingEndpoint, EndpointSettings, Model, ModelNames, Script,
};
pub use settings::{ConnectionLimits, OpenAiMode, Reporter, ServerSettings, StoreLocation, allow_more_files};
pub use store::{StoreError, store_id};

use axum::http::HeaderValue;
use connection::json_body::BodyMemory;
use engine::Engine;
use indexing::Indexer;
use retrieval::Retriever;
use state::{AppState, Fields};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use store::Store;
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
    time::timeout,
};

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
    state: AppState,
    address: SocketAddr,
    shutdown: watch::Sender<bool>,
    tasks: Mutex<Option<Tasks>>,
}

#[derive(Debug)]
struct Tasks {
    listener: JoinHandle<()>,
    engine: JoinHandle<()>,
    indexer: JoinHandle<()>,
}

/// Starts a server in the current tokio runtime, which may have one thread or several.
pub fn start(listener: std::net::TcpListener, settings: ServerSettings) -> Result<Server, StartError> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let address = listener.local_addr()?;
    let store = Arc::new(match &settings.store {
        StoreLocation::Memory => Store::memory()?,
        StoreLocation::Folder(folder) => Store::open(folder)?,
        StoreLocation::Server(server) => Store::connect((**server).clone())?,
    });
    let (report, faults, embeddings) = (settings.report.clone(), settings.faults.clone(), settings.embeddings.clone());
    let retriever = Retriever::new(store.clone(), embeddings.clone(), report.clone());
    let engine = Engine::new(store.clone(), settings.model.clone(), retriever.clone(), settings.lease, faults.clone());
    let indexer = Indexer::new(store.clone(), settings.lease, faults, embeddings, report.clone());
    let store_header = HeaderValue::from_str(store.id()).map_err(io::Error::other)?;
    let (shutdown, ending) = watch::channel(false);
    let state = AppState::new(Fields {
        settings,
        store,
        retriever,
        engine: engine.clone(),
        indexer: indexer.clone(),
        address,
        body_memory: BodyMemory::default(),
        ending: ending.clone(),
        store_header,
    });
    let service = router::service(routes::all(), state.clone());
    let listener = listener::serve(listener, service, state.settings.clone(), ending);
    let (listener, engine, indexer) = (tokio::spawn(listener), engine.start(report), indexer.start());
    let tasks = Tasks { listener, engine, indexer };
    Ok(Server { state, address, shutdown, tasks: Mutex::new(Some(tasks)) })
}

impl Server {
    /// Returns the address on which the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the identity of the store, which never changes.
    pub fn store_id(&self) -> &str {
        self.state.store.id()
    }

    /// Waits until this process works on no run and indexes no file. Runs that wait for tool outputs, and runs and
    /// files that are stuck, do not count. Returns `true` if this happened within `limit`.
    pub async fn drain(&self, limit: Duration) -> bool {
        let (runs, files) = tokio::join!(self.state.engine.drain(limit), self.state.indexer.drain(limit));
        runs && files
    }

    /// Stops accepting requests, waits briefly for those in progress, and releases the leases on runs and files.
    pub async fn stop(&self) {
        self.shutdown.send_replace(true);
        let Some(Tasks { mut listener, engine, indexer }) = self.tasks.lock().await.take() else { return };
        let report = &self.state.settings.report;
        match timeout(self.state.settings.grace, &mut listener).await {
            Ok(ended) => {
                if let Err(error) = ended {
                    report(&format!("listener on {}: {error}", self.address));
                }
            }
            // A caller that never finishes its request must not keep the server running.
            Err(_) => listener.abort(),
        }
        engine.abort();
        indexer.abort();
        let _ = tokio::join!(engine, indexer); // They were aborted, and their workers have ended with them.
        if let Err(error) = self.state.engine.release().await {
            report(&format!("could not release the runs: {error}"));
        }
        if let Err(error) = self.state.indexer.release().await {
            report(&format!("could not release the files that are being indexed: {error}"));
        }
    }

    /// Stops working on runs and files without releasing them in the store, as if the process had died.
    #[cfg(test)]
    async fn abandon(&self) {
        if let Some(tasks) = self.tasks.lock().await.as_ref() {
            tasks.engine.abort();
            tasks.indexer.abort();
        }
    }
}
