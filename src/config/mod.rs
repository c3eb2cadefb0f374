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
mod price;
mod profile;
#[cfg(test)]
mod profile_tests;
mod project;
mod recording;
mod resolve;
mod save;
mod secret;
mod token;
mod toml_error;

pub use credential::{CredentialSource, TokenCommand};
pub use database::stored_password;
pub use duration::{Age, DEFAULT_GRACE, TimeLimit};
pub use edit::{MakeDefault, Setting};
pub use error::{ConfigError, ConfigErrorKind};
pub use file::{ConfigFile, ProfileEntry, Rate};
pub use origin::{OriginParts, origin};
pub use policy::{Policy, PolicyHold, PolicyRule, SourceCondition};
pub use price::StoragePrice;
pub use profile::{DEFAULT_CONCURRENCY, DEFAULT_MAX_WAIT, DEFAULT_REQUEST_TIMEOUT, DEFAULT_RETRIES};
pub use profile::{Overrides, Profile, ResolveContext, ResolvedProfile};
pub use project::{Columns, Project};
pub use recording::RecordingProxy;
pub use resolve::{chosen_profile, parse_count, parse_positive, resolve};
pub use save::{IfExists, NewProfile, preview_default, set_default_profile};
pub use secret::{Secret, SecretKind};
pub use toml_error::nearest;
