//! The configuration: profiles and the files that define them (docs/design/configuration.md).
//!
//! Must not send requests or print anything. Warnings are returned to the caller.

mod base_url;
mod command;
mod credential;
mod database;
mod duration;
mod edit;
mod entry;
mod environment;
mod error;
mod file;
mod origin;
mod policy;
mod profile;
#[cfg(test)]
mod profile_tests;
mod project;
mod resolve;
mod save;
mod secret;
mod token;
mod toml_error;

pub use credential::{CredentialSource, TokenCommand};
pub use database::stored_password;
pub use duration::{Age, Span};
pub use edit::{ByDefault, Setting};
pub use error::{ConfigError, ConfigErrorKind};
pub use file::{ConfigFile, ProfileEntry, Rate};
pub use origin::{OriginParts, origin};
pub use policy::{Policy, PolicyHold, PolicyRule, Sources};
pub use profile::{DEFAULT_CONCURRENCY, DEFAULT_MAX_WAIT, DEFAULT_REQUEST_TIMEOUT, DEFAULT_RETRIES};
pub use profile::{Overrides, Profile, Resolved, Surroundings};
pub use project::{Columns, Project};
pub use resolve::{chosen, positive, resolve, whole};
pub use save::{Existing, NewProfile, rehearse_default, use_by_default};
pub use secret::{Secret, SecretKind};
pub use toml_error::nearest;
