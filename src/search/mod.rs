//! Full-text search over the chunks of vector stores: analysis, chunking, ranking, and filters.
//!
//! The module is pure. It has no sockets, no database, and no async code. A store keeps the terms of each chunk in its
//! full-text index and asks this module for everything else, so that SQLite and PostgreSQL return the same results.

mod borders;
mod characters;
pub mod chunks;
mod scan;
pub mod terms;
pub mod tokens;
