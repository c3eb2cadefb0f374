//! The state that all handlers of a server share.

use crate::serve::connection::json_body::BodyMemory;
use crate::serve::engine::Engine;
use crate::serve::indexing::Indexer;
use crate::serve::retrieval::Retriever;
use crate::serve::settings::ServerSettings;
use crate::serve::store::Store;
use axum::http::HeaderValue;
use std::{net::SocketAddr, ops::Deref, sync::Arc};
use tokio::sync::watch;

/// The shared state. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct AppState(Arc<Fields>);

/// The fields of [`AppState`].
#[derive(Debug)]
pub(super) struct Fields {
    pub(super) settings: ServerSettings,
    pub(super) store: Arc<Store>,
    pub(super) retriever: Retriever,
    pub(super) engine: Arc<Engine>,
    pub(super) indexer: Arc<Indexer>,
    pub(super) address: SocketAddr,
    /// The memory budgets for request bodies.
    pub(super) body_memory: BodyMemory,
    /// Becomes `true` when the server ends.
    pub(super) ending: watch::Receiver<bool>,
    /// The identity of the store, which every response carries.
    pub(super) store_header: HeaderValue,
}

impl AppState {
    pub(super) fn new(fields: Fields) -> Self {
        Self(Arc::new(fields))
    }
}

impl Deref for AppState {
    type Target = Fields;
    fn deref(&self) -> &Fields {
        &self.0
    }
}
