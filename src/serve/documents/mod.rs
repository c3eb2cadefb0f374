//! Builds new objects, with every member that the protocol documents and its default value (docs/protocol/objects.md).
//!
//! One file per noun builds the object that the store contains and the API returns. If an object refers to others, its
//! constructor checks that they exist. The module must not depend on requests, on the engine, or on models.

pub(super) mod assistant;
pub(super) mod conversation;
pub(super) mod file;
pub(super) mod item;
pub(super) mod members;
pub(super) mod message;
pub(super) mod run;
pub(super) mod step;
pub(super) mod store_file;
pub(super) mod thread;
pub(super) mod tool_resources;
pub(super) mod upload;
pub(super) mod vector_store;
