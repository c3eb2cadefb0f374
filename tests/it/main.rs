//! The integration tests, one binary (one link) with a module per subject.
#![allow(clippy::unwrap_used)]

mod demo;
mod drift;
mod facts;
mod layers;
mod readme;
mod rough;
mod transcript;
