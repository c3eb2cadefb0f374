//! The stream of a run (PROTOCOL.md 6): follows a run in the store, whoever works on it, and says what happens to it.
//!
//! What is in the store is told in the documented order, however much of it happened between two looks. Where the run is
//! worked on in this process, news make the looks come in time, and what the model says comes word by word before it is
//! in the store: those objects have the ids that the store will show, or are told as broken off when it turns out that
//! the store never will. The run does not depend on anybody following it.

mod body;
mod events;
mod follower;
mod told;

pub(super) use body::Told;
pub(super) use follower::Follower;
