//! The event stream of a run (docs/protocol/streaming.md). It follows the run in the store, regardless of the process
//! that executes the run, and sends its events.
//!
//! Events for stored objects are sent in the documented order, even if several changes happened between two reads. If
//! this process executes the run, notifications trigger the reads and carry the model's output before it is stored.
//!
//! Objects that are not stored yet are sent with the IDs that they will have in the store. If a round is never stored,
//! events end its message as incomplete and its step like the run. A run does not depend on its streams.

mod earlier;
mod events;
mod follower;
mod open_round;
mod response;

pub(super) use follower::Follower;
pub(super) use response::RunResponse;
