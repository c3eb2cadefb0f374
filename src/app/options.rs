//! What was asked for, resolved from flags and their variables.

use crate::config::Overrides;
use crate::view::{Format, Header, Jq};
use std::path::PathBuf;

/// Whether requests are sent or shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum DryRun {
    /// Send them
    #[default]
    #[value(name = "off", aliases = ["0", "false", "no", ""], hide = true)]
    Off,
    /// Show method, URL, headers and body
    #[value(name = "http", aliases = ["1", "true", "yes"])]
    Http,
    /// Show a curl command
    #[value(name = "curl")]
    Curl,
}

/// Whether requests and answers are shown as they happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Trace {
    #[default]
    #[value(name = "off", aliases = ["0", "false", "no", ""], hide = true)]
    Off,
    /// Bodies cut at 2 KiB
    #[value(name = "short", aliases = ["1", "true", "yes"])]
    Short,
    /// Whole bodies
    #[value(name = "full")]
    Full,
}

/// Whether the ledger may fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerNeed {
    /// What it cannot take is spilled, and the work goes on.
    Wished,
    /// What could not be recorded is not created.
    Required,
}

/// Which ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LedgerChoice {
    Off,
    On { path: Option<PathBuf>, need: LedgerNeed },
}

/// What was asked for, apart from the command itself.
#[derive(Debug, Clone)]
pub struct Options {
    pub overrides: Overrides,
    pub format: Option<Format>,
    pub columns: Option<String>,
    pub jq: Option<Jq>,
    pub header: Header,
    pub trace: Trace,
    pub dry_run: DryRun,
    pub ledger: LedgerChoice,
    pub local_model: Option<String>,
    /// Whether the end waits for the runs of the embedded server.
    pub drain: bool,
    /// Whether an id's prefix may be of another kind.
    pub any_id: bool,
}

/// How the command was called: its words and the names of its flags, never their values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invocation {
    pub words: Vec<String>,
    pub flags: Vec<String>,
}

impl Invocation {
    /// Returns the noun and the verb; either may be empty.
    pub fn noun_verb(&self) -> (&str, String) {
        let (noun, verb) = self.words.split_first().map_or(("", &[][..]), |(noun, verb)| (noun.as_str(), verb));
        (noun, verb.join(" "))
    }
}
