//! Which variables hold a credential of `asst`: programs that only lend a hand are started without them.
//!
//! What a profile names (`api_key_env`) comes on top; whoever knows the configuration adds it.

use super::vars;

/// Families of variables that make up a backend with its key.
const FAMILIES: &[&str] = &["OPENAI_", "AZURE_"];

/// Variables that are a credential, or say where one lies.
const ALWAYS: &[&str] = &[vars::ASST_SERVE_KEY, vars::PGPASSFILE, "PGPASSWORD", "PGSSLPASSWORD"];

/// Variables that may hold the URL of a database, with its password.
const DATABASES: &[&str] = &[vars::ASST_LEDGER, vars::ASST_SERVE_STORE];

/// Variables that may hold the URL of a proxy, with its password. They are read in lower case as well.
const PROXIES: &[&str] = &[vars::HTTPS_PROXY, vars::HTTP_PROXY, vars::ALL_PROXY];

/// Variables whose value is the name of a variable that holds a key.
const NAMING: &[&str] = &["ASST_MODEL_KEY_ENV"];

/// Tells whether a variable with this value is a credential of `asst`, or may hold one.
pub fn is_credential(name: &str, value: &str) -> bool {
    let one_of = |names: &[&str]| names.contains(&name);
    let proxy = PROXIES.iter().any(|known| known.eq_ignore_ascii_case(name));
    FAMILIES.iter().any(|family| name.starts_with(family))
        || one_of(ALWAYS)
        || one_of(DATABASES) && value.contains("://")
        || proxy && value.contains('@')
}

/// Returns the names of variables that other variables name as holding a key.
pub fn named_elsewhere() -> impl Iterator<Item = String> {
    NAMING.iter().copied().filter_map(vars::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Variables whose documentation speaks of a secret, though they hold only the name of a variable or a folder.
    const HARMLESS: &[&str] = &["ASST_MODEL_KEY_ENV", vars::XDG_CACHE_HOME];

    #[test]
    fn every_variable_that_may_hold_a_secret_is_known_here() {
        let secret = ["key", "token", "password", "secret", "credential"];
        for var in vars::ALL.iter().filter(|var| !HARMLESS.contains(&var.name)) {
            let speaks = secret.iter().any(|word| var.doc.to_lowercase().contains(word));
            assert!(!speaks || is_credential(var.name, "postgres://ada:pw@host/db"), "{}", var.name);
        }
    }

    #[test]
    fn a_place_without_a_password_is_no_credential() {
        for (name, value) in [
            ("ASST_LEDGER", "/var/lib/ledger.db"),
            ("ASST_SERVE_STORE", "memory"),
            ("https_proxy", "http://proxy.example:3128"),
            ("ASST_PROFILE", "prod"),
            ("WEATHER_API_KEY", "theirs"),
            ("PATH", "/bin"),
        ] {
            assert!(!is_credential(name, value), "{name}={value}");
        }
        assert!(is_credential("https_proxy", "http://ada:pw@proxy.example:3128"));
        assert!(is_credential("AZURE_CLIENT_SECRET", "x"));
    }
}
