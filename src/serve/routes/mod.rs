//! The handlers of the endpoints: one file per noun, which mounts its endpoints on the router.
//!
//! A handler receives an [`ApiRequest`](crate::serve::request::ApiRequest), whose type names the endpoint, and returns
//! a response or an [`ErrorResponse`](crate::serve::error::ErrorResponse). `documents` builds new objects, and
//! `engine::lifecycle` changes the status of runs. To add a noun, add a file with a function `mount`, and call it in
//! [`all`].

mod assistants;
mod conversations;
mod crud;
mod file_batches;
mod files;
mod messages;
mod runs;
mod steps;
mod threads;
mod upload_form;
mod uploads;
mod vector_store_files;
mod vector_stores;

use crate::serve::state::AppState;
use axum::Router;

/// Returns a router with the endpoints of every noun.
pub(super) fn all() -> Router<AppState> {
    let nouns = [
        assistants::mount,
        threads::mount,
        messages::mount,
        runs::mount,
        steps::mount,
        files::mount,
        uploads::mount,
        conversations::mount,
        vector_stores::mount,
        vector_store_files::mount,
        file_batches::mount,
    ];
    nouns.into_iter().fold(Router::new(), |router, mount| mount(router))
}
