//! The event stream of a run (docs/protocol/streaming.md): follows a run in the store, regardless of the process that
//! executes it, and sends its events.
//!
//! Events for stored objects are sent in the documented order, however many changes happened between two reads. If this
//! process executes the run, notifications trigger the reads and carry the model's output before it is stored.
//!
//! Unstored objects have the IDs that they will have in the store. If a round is never stored, its objects are reported
//! as incomplete. A run does not depend on its followers.

mod earlier;
mod events;
mod follower;
mod open_round;
mod response;

pub(super) use follower::Follower;
pub(super) use response::RunResponse;
