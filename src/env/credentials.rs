//! The variables that hold a credential of `asst`, and which of them a child process may keep.
//!
//! The configuration names further variables (`api_key_env`); it registers them with [`register_key_variable`] when it
//! is loaded.

use super::vars;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The reason for which a child process is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChildPurpose {
    /// A program that answers tool calls, or a small helper of the system. It needs no backend.
    Handler,
    /// The program that `asst record` runs. It gets the proxy's address and key in place of the real ones.
    Recorded,
    /// `api_key_command` and `token_command`. They obtain a credential, for which they may have to sign in.
    KeyCommand,
    /// `ledger_command`. It obtains the URL of a database.
    DatabaseCommand,
}

/// The type of credential that a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum VariableClass {
    /// A key for a backend, for the embedded server, or a URL of a database of `asst`.
    Key,
    /// Any other variable of OpenAI or Azure, such as an endpoint, a model, or a folder.
    Family,
    /// An Entra identity, from which a token can be obtained.
    Identity,
    /// A password of PostgreSQL, or the file that holds it.
    Database,
    /// The URL of a proxy with a password.
    Proxy,
}

/// Prefixes of all variables of OpenAI and Azure.
const FAMILIES: [&str; 2] = ["OPENAI_", "AZURE_"];

/// Prefixes of the variables of backends that `asst` uses. Variables of other services belong to the child program.
const BACKENDS: [&str; 6] = ["OPENAI_", "AZURE_OPENAI_", "AZURE_AI_", "AZURE_INFERENCE_", "FOUNDRY_", "ASST_"];

/// A service whose variables look like those of a backend.
const OTHER_SERVICE: &str = "AZURE_AI_SEARCH_";

/// Words of a variable's name that mark a secret.
const WORDS: [&str; 9] = ["KEY", "KEYS", "APIKEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL", "CREDENTIALS", "PAT"];

/// Variables that hold a key though their names have no known prefix.
const KEYS: [&str; 4] = ["AGENT_TOKEN", "AZURE_API_KEY", "AZURE_AD_TOKEN", vars::ASST_SERVE_KEY];

/// Variables with which Azure's libraries and its command line sign in.
const IDENTITY: [&str; 8] = [
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_CLIENT_ASSERTION",
    "AZURE_FEDERATED_TOKEN",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_USERNAME",
    "AZURE_PASSWORD",
];

/// Variables that may hold the URL of a database, with its password.
const DATABASES: [&str; 2] = [vars::ASST_LEDGER, vars::ASST_SERVE_STORE];

/// Variables whose value is the name of a variable that holds a key.
const NAMING: [&str; 1] = [vars::ASST_MODEL_KEY_ENV];

/// The variables that the configuration names as holding a key.
static KEY_VARIABLES: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn key_variables() -> MutexGuard<'static, BTreeSet<String>> {
    KEY_VARIABLES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Registers a variable that holds the key of a profile, whichever profile is used.
pub fn register_key_variable(variable: &str) {
    key_variables().insert(variable.to_owned());
}

/// Returns `true` if a child process that is started for this purpose must not get a variable with this value.
pub fn is_withheld(purpose: ChildPurpose, name: &str, value: &str) -> bool {
    let Some(class) = classify(name, value) else { return false };
    match purpose {
        ChildPurpose::Handler => true,
        ChildPurpose::Recorded => class != VariableClass::Family,
        ChildPurpose::KeyCommand => matches!(class, VariableClass::Key | VariableClass::Database),
        ChildPurpose::DatabaseCommand => class == VariableClass::Key,
    }
}

/// Returns `true` if a variable with this value holds a key of `asst` itself.
pub(super) fn is_key(name: &str, value: &str) -> bool {
    classify(name, value) == Some(VariableClass::Key)
}

fn classify(name: &str, value: &str) -> Option<VariableClass> {
    let marked = name.split('_').any(|word| WORDS.contains(&word)) || name.ends_with("CONNECTION_STRING");
    let of_backend = BACKENDS.iter().any(|prefix| name.starts_with(prefix)) && !name.starts_with(OTHER_SERVICE);
    let names_key = NAMING.contains(&name);
    if KEYS.contains(&name)
        || of_backend && marked && !names_key
        || DATABASES.contains(&name) && value.contains("://")
        || is_named(name)
    {
        return Some(VariableClass::Key);
    }
    if IDENTITY.contains(&name) {
        return Some(VariableClass::Identity);
    }
    if name.starts_with("PG") && name.contains("PASS") {
        return Some(VariableClass::Database);
    }
    let lower = name.to_ascii_lowercase();
    if lower.ends_with("_proxy") && lower != "no_proxy" && value.contains('@') {
        return Some(VariableClass::Proxy);
    }
    FAMILIES.iter().any(|family| name.starts_with(family)).then_some(VariableClass::Family)
}

fn is_named(name: &str) -> bool {
    key_variables().contains(name) || NAMING.iter().any(|naming| vars::get(naming).is_some_and(|named| named == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [ChildPurpose; 4] =
        [ChildPurpose::Handler, ChildPurpose::Recorded, ChildPurpose::KeyCommand, ChildPurpose::DatabaseCommand];

    /// Variables whose documentation mentions a secret although they hold none. They hold the name of a variable, a
    /// file descriptor, or a folder.
    const HARMLESS: &[&str] = &[vars::ASST_MODEL_KEY_ENV, vars::ASST_HANDOVER, vars::XDG_CACHE_HOME];

    #[test]
    fn every_documented_variable_that_may_hold_a_secret_is_withheld() {
        let secret = ["key", "token", "password", "secret", "credential"];
        for var in vars::ALL.iter().filter(|var| !HARMLESS.contains(&var.name)) {
            let speaks = secret.iter().any(|word| var.doc.to_lowercase().contains(word));
            let withheld = is_withheld(ChildPurpose::Handler, var.name, "postgres://ada:pw@host/db");
            assert!(!speaks || withheld, "{}", var.name);
        }
    }

    #[test]
    fn a_variable_without_a_secret_is_kept() {
        for (name, value) in [
            ("ASST_LEDGER", "/var/lib/ledger.db"),
            ("ASST_SERVE_STORE", "memory"),
            ("ASST_MODEL_KEY_ENV", "MODEL_KEY"),
            ("https_proxy", "http://proxy.example:3128"),
            ("NO_PROXY", "a@b"),
            ("ASST_PROFILE", "prod"),
            ("WEATHER_API_KEY", "theirs"),
            ("DATABASE_URL", "postgres://ada:pw@host/db"),
            ("PATH", "/bin"),
            ("PGHOST", "db.example"),
        ] {
            for purpose in ALL {
                assert!(!is_withheld(purpose, name, value), "{purpose:?}: {name}={value}");
            }
        }
    }

    #[test]
    fn the_purpose_determines_the_withheld_variables() {
        register_key_variable("GATEWAY_OF_THE_TEST");
        let table = [
            ("OPENAI_API_KEY", [true, true, true, true]),
            ("OPENAI_ADMIN_KEY", [true, true, true, true]),
            ("AZURE_OPENAI_AD_TOKEN", [true, true, true, true]),
            ("AZURE_AI_AGENT_PROJECT_CONNECTION_STRING", [true, true, true, true]),
            ("ASST_SERVE_KEY", [true, true, true, true]),
            ("ASST_LEDGER", [true, true, true, true]),
            ("GATEWAY_OF_THE_TEST", [true, true, true, true]),
            ("AZURE_CLIENT_SECRET", [true, true, false, false]),
            ("AZURE_FEDERATED_TOKEN_FILE", [true, true, false, false]),
            ("PGPASSWORD", [true, true, true, false]),
            ("PGPASSFILE", [true, true, true, false]),
            ("HTTPS_PROXY", [true, true, false, false]),
            ("all_proxy", [true, true, false, false]),
            ("OPENAI_MODEL", [true, false, false, false]),
            ("OPENAI_MAX_TOKENS", [true, false, false, false]),
            ("AZURE_CONFIG_DIR", [true, false, false, false]),
            ("AZURE_STORAGE_KEY", [true, false, false, false]),
            ("AZURE_AI_SEARCH_API_KEY", [true, false, false, false]),
        ];
        for (name, expected) in table {
            let found = ALL.map(|purpose| is_withheld(purpose, name, "https://ada:pw@host"));
            assert_eq!(found, expected, "{name}");
        }
    }
}
