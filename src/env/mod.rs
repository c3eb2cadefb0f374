//! (room)
pub mod input;
