//! Full-text search over the chunks of vector stores: analysis, chunking, ranking, and filters.
//!
//! The module is pure. It has no sockets, no database, and no async code. A store keeps the terms of each chunk in its
//! full-text index and asks this module for everything else, so that SQLite and PostgreSQL return the same results.
//!
//! To add a text, cut it ([`chunks::Chunker`]), analyse each chunk ([`terms::analyse`]), and store the text, the length,
//! and the terms in the form of the engine ([`terms::Terms::fts5`], [`terms::Terms::tsvector`]).
//!
//! To search:
//!
//! 1. Analyse the query ([`query::Query::new`]).
//! 2. Count the chunks that contain each term, and make a plan ([`plan::Statistics`], [`plan::Plan::new`]).
//! 3. Run the conditions of the plan until there are enough candidates ([`candidates::Candidates`]).
//! 4. Score the text of each candidate ([`scorer::Scorer::score`]), and take the best ([`score::best`]).

mod borders;
pub mod candidates;
mod characters;
pub mod chunks;
pub mod filter;
pub mod fuse;
pub mod passage;
pub mod plan;
pub mod query;
mod scan;
pub mod score;
pub mod scorer;
mod sink;
pub mod terms;
pub mod tokens;
mod word;
