//! The restore of an archive at another backend (docs/restore.md).
//!
//! - `source.rs` reads the messages and tool calls of an archived thread, and the items of an archived conversation.
//!   `render.rs` writes them in the form of the target. `additions.rs` joins both to the sequence that the target receives.
//!   `loss.rs` counts what that sequence does not keep.
//! - `files.rs` uploads the files that the sequence needs. `known_files.rs` has the form in which messages refer to them.
//! - `target.rs` builds the requests, and `outgoing.rs` the batches. `restorer.rs` sends them, and `map.rs` keeps the new
//!   IDs in the archive. `recover.rs` finds an object whose creation had no response.
//! - `compare.rs` compares what the target has with what it should have, by fingerprints. A restore uses this after an
//!   interruption, and `verify.rs` at any time.

mod additions;
mod compare;
mod files;
mod fingerprint;
mod known_files;
mod loss;
mod map;
mod options;
mod outgoing;
mod recover;
mod render;
mod restorer;
mod source;
mod target;
mod verify;

pub use files::FileMode;
pub use map::ObjectKind;
pub use options::{ChosenConversion, CitationMode, ImageMode, TargetForm, ToolCallMode};
pub use restorer::{RestoreOutcome, RestoredObject, Restorer};
pub use verify::{VerifiedObject, Verifier};
