//! The integration tests, one binary (one link) with a module per subject.

mod facts;
mod drift;
mod layers;
