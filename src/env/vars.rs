//! Every environment variable that `asst` reads, as a constant with its documentation.
//!
//! `docs` and `--help` are generated from [`ALL`], so every variable that is read must be listed here.

/// An environment variable and its documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Var {
    /// The name in the environment.
    pub name: &'static str,
    /// The effect of the variable, in one line of Markdown.
    pub doc: &'static str,
}

/// A function that looks up a variable. It returns `None` for an unset and for an empty variable.
///
/// Functions that read variables take such a lookup, so that tests do not have to change the environment of the
/// process.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Returns the value of a variable of this process, or `None` if it is unset, empty or not Unicode. Variables that were
/// taken out of the environment count as set.
pub fn get(name: &str) -> Option<String> {
    std::env::var(name).ok().or_else(|| super::removed_vars::get(name)).filter(|value| !value.is_empty())
}

/// Parses a switch: `1`, `true`, `yes` and `on` are `true`, and `0`, `false`, `no` and `off` are `false`.
pub fn parse_switch(value: &str) -> Option<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Some(true),
        "0" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

macro_rules! vars {
    ($($name:ident: $doc:literal,)+) => {
        $(
            #[doc = $doc]
            pub const $name: &str = stringify!($name);
        )+
        /// Every variable, in the order of the documentation.
        pub const ALL: &[Var] = &[$(Var { name: $name, doc: $doc },)+];
    };
}

vars! {
    ASST_PROFILE: "The profile to use, as `--profile`.",
    ASST_LOCAL: "Uses the embedded server, as `--local`.",
    ASST_OUTPUT: "The output format, as `--output`.",
    ASST_JQ: "A jq filter for the output, as `--jq`.",
    ASST_COLUMNS: "The columns of tables, as `--columns`.",
    ASST_HEADER: "Prints a header line even if the output is not a terminal, as `--header`.",
    ASST_QUIET: "Suppresses all messages on stderr except errors, as `--quiet`.",
    ASST_COLOR: "When to use colour (`auto`, `always`, `never`), as `--color`.",
    ASST_TRACE: "Shows requests and responses on stderr (`1`, or `full` for whole bodies), as `--trace`.",
    ASST_LEDGER: "The path or PostgreSQL URL of the ledger, as `--ledger`.",
    ASST_NO_LEDGER: "Works without the ledger, as `--no-ledger`.",
    ASST_REQUIRE_LEDGER: "Refuses to create an object that the ledger cannot record, as `--require-ledger`.",
    ASST_SPILL_DIR: "The first folder for spill files, which take entries when the ledger cannot be written.",
    ASST_REQUEST_TIMEOUT: "The time limit of one request, such as `30s`, as `--request-timeout`.",
    ASST_RETRIES: "The maximum number of retries of a request, as `--retries`.",
    ASST_CONCURRENCY: "The maximum number of concurrent requests of a bulk command, as `--concurrency`.",
    ASST_MAX_WAIT: "The longest `Retry-After` to wait for, such as `120s`, as `--max-wait`.",
    ASST_YES: "Answers yes to every question, as `--yes`.",
    ASST_DRY_RUN: "Prints the requests that would change something, and does not send them, as `--dry-run`.",
    ASST_LOCAL_MODEL: "The model of the embedded server, as `--local-model`.",
    ASST_FAULT: "The faults that `asst serve` and `--local` inject, as `--fault`, separated by `;`.",
    ASST_FAULT_SEED: "The random seed of faults that affect a part of the requests, as `--fault-seed`.",
    ASST_MODEL_KEY_ENV: "The variable that holds the key of the model's endpoint, as `--model-key-env`; also with `--local`.",
    ASST_MODEL_MAP: "The models to request from the endpoint in place of others, such as `gpt-4o=llama3,*=phi`, as `--model-map`; also with `--local`.",
    ASST_MODEL_TIMEOUT: "The longest pause of the model's endpoint, such as `120s`, as `--model-timeout`; also with `--local`.",
    ASST_SERVE_KEY: "The key that clients of `asst serve` must send.",
    ASST_SERVE_STORE: "The store of `asst serve`, instead of `--store`: `memory`, a folder, or a PostgreSQL URL, which may contain a password here.",
    ASST_RECORD_PROXY: "Set by `asst record` for its program: the address of the proxy, which `asst` then uses instead of every other profile.",
    ASST_RECORD_KEY: "Set by `asst record` for its program: the key of the proxy.",
    ASST_HANDOVER: "Set by `asst` for its own restart, which removes keys from its environment.",
    ASST_COMPLETE: "Set by the script of `asst completions SHELL --dynamic` to request completions.",
    ASST_NOW: "Fixes the clock (seconds since 1970 or an RFC 3339 time); for tests.",
    ASST_NO_RETRY_DELAY: "Retries requests without a delay; for tests.",
    OPENAI_API_KEY: "The OpenAI key; read by the profile of the environment, if no profile is selected.",
    OPENAI_BASE_URL: "The base URL that goes with `OPENAI_API_KEY`; read only if no profile is selected.",
    OPENAI_ORG_ID: "The OpenAI organisation; read only if no profile is selected.",
    OPENAI_PROJECT_ID: "The OpenAI project; read only if no profile is selected.",
    OPENAI_API_VERSION: "The `api-version` that goes with `AZURE_OPENAI_ENDPOINT`; read only if no profile is selected.",
    AZURE_OPENAI_ENDPOINT: "The endpoint of an Azure OpenAI resource; read only if no profile is selected.",
    AZURE_OPENAI_API_KEY: "The key that goes with `AZURE_OPENAI_ENDPOINT`; read only if no profile is selected.",
    AZURE_OPENAI_AD_TOKEN: "An Entra token instead of `AZURE_OPENAI_API_KEY`; read only if no profile is selected.",
    XDG_CONFIG_HOME: "The folder that contains `asst/config.toml`; default `~/.config`.",
    XDG_STATE_HOME: "The folder that contains `asst/ledger.db` and the store of `--local`; default `~/.local/state`.",
    XDG_CACHE_HOME: "The folder that contains `asst/tokens/`; default `~/.cache`.",
    XDG_RUNTIME_DIR: "The third folder for spill files.",
    TMPDIR: "The last folder for spill files; default `/tmp`.",
    NO_COLOR: "Switches colour off.",
    CLICOLOR_FORCE: "Switches colour on even if the output is not a terminal.",
    COLUMNS: "The width of tables if the terminal does not report its width.",
    PGPASSFILE: "The file with the password of a PostgreSQL ledger, in the format of `.pgpass`; default `~/.pgpass`.",
    GITHUB_OUTPUT: "The file with the outputs of a step of GitHub Actions; read by `asst apply --github-output` only.",
    SSL_CERT_FILE: "A file of PEM certificates that are trusted for `https://`.",
    SSL_CERT_DIR: "A folder of certificates that are trusted for `https://`.",
    HTTPS_PROXY: "The proxy for `https://`; never used for loopback addresses.",
    HTTP_PROXY: "The proxy for `http://`; never used for loopback addresses.",
    ALL_PROXY: "The proxy for both schemes, if the specific variable is not set.",
    NO_PROXY: "Hosts that are reached without a proxy.",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_is_documented_once() {
        let mut names: Vec<_> = ALL.iter().map(|var| var.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
        assert!(ALL.iter().all(|var| var.doc.ends_with('.') && !var.doc.contains('\n')));
    }

    #[test]
    fn switches_are_read_in_words_and_digits() {
        assert_eq!(parse_switch("1"), Some(true));
        assert_eq!(parse_switch(" Yes"), Some(true));
        assert_eq!(parse_switch("off"), Some(false));
        assert_eq!(parse_switch("maybe"), None);
    }
}
