//! The options of a command, resolved from flags and environment variables.

use crate::config::Overrides;
use crate::jq::Jq;
use crate::view::{Format, Header, LineEnd};
use std::path::PathBuf;

/// The mode of `--dry-run`: whether requests are sent or only shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum DryRun {
    /// Send requests
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

/// The mode of `--trace`: whether and how requests and responses are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Trace {
    #[default]
    #[value(name = "off", aliases = ["0", "false", "no", ""], hide = true)]
    Off,
    /// Show bodies up to 2 KiB
    #[value(name = "short", aliases = ["1", "true", "yes"])]
    Short,
    /// Show whole bodies
    #[value(name = "full")]
    Full,
}

/// Whether a command continues if the ledger cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerNeed {
    /// The command continues, and writes the entries to a spill file.
    BestEffort,
    /// The command does not create an object that it cannot record.
    Required,
}

/// The ledger that the options select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LedgerChoice {
    /// No ledger is used (`--no-ledger`).
    Off,
    /// The ledger at `path`, or the one of the configuration if it is `None`.
    On { path: Option<PathBuf>, need: LedgerNeed },
}

/// The options that all commands share.
#[derive(Debug, Clone)]
pub struct Options {
    pub overrides: Overrides,
    pub format: Option<Format>,
    pub columns: Option<String>,
    pub jq: Option<Jq>,
    pub header: Header,
    pub line_end: LineEnd,
    pub trace: Trace,
    pub dry_run: DryRun,
    pub ledger: LedgerChoice,
    pub local_model: Option<String>,
    /// `true` if the process waits for the runs of the embedded server before it exits.
    pub drain: bool,
    /// `true` if the prefixes of IDs are not checked.
    pub any_id: bool,
}

/// The invocation of a command: its words and the names of its flags, never their values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invocation {
    pub words: Vec<String>,
    pub flags: Vec<String>,
    /// All flags that the command itself defines, given or not.
    pub offered: Vec<String>,
}

impl Invocation {
    /// Returns `true` if a flag was given on the command line.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|given| given == flag)
    }

    /// Returns the flags of this command that set the member `param` of the request: those that were given, or all such
    /// flags if none was given.
    ///
    /// A structured member has flags for its parts (`content`: `--content-file`), and an array has flags for its items
    /// (`tools`: `--tool`). The flag of a member in a nested request includes the name of that request
    /// (`thread.metadata`: `--thread-metadata`).
    pub fn flags_of(&self, param: &str) -> Vec<&str> {
        let steps: Vec<&str> = param.split('.').map(|step| step.split('[').next().unwrap_or_default()).collect();
        let nested = steps.get(..2).map(|steps| steps.join("-"));
        let names = nested.into_iter().chain(steps.first().map(|step| (*step).to_owned()));
        let found = names.map(|name| self.flags_named(&name.replace('_', "-"))).find(|found| !found.is_empty());
        found.unwrap_or_default()
    }

    fn flags_named(&self, name: &str) -> Vec<&str> {
        // The member `limit` is the size of a page. The flag `--limit` is the total number of items.
        let name = if name == "limit" { "page-size" } else { name };
        // The suffixes of flags that set a member in another form, such as `--content-file` for `content`.
        const SUFFIXES: [&str; 4] = ["-file", "-json", "-part", "-message"];
        let stem = name.strip_suffix('s').unwrap_or(name);
        let sets_member = |flag: &&String| {
            let rest = flag.strip_prefix(name).or_else(|| flag.strip_prefix(stem));
            rest.is_some_and(|rest| rest.is_empty() || SUFFIXES.contains(&rest))
        };
        let given = self.flags.iter().any(|flag| sets_member(&flag));
        let flags = if given { &self.flags } else { &self.offered };
        flags.iter().filter(sets_member).map(String::as_str).collect()
    }

    /// Returns the noun and the verb of the command, such as `threads` and `list`. Either may be empty.
    pub fn noun_verb(&self) -> (&str, String) {
        let (noun, verb) = self.words.split_first().map_or(("", &[][..]), |(noun, verb)| (noun.as_str(), verb));
        (noun, verb.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_member_leads_to_the_flags_that_set_it() {
        let flags = |list: &[&str]| list.iter().map(|flag| (*flag).to_owned()).collect::<Vec<_>>();
        let invocation = Invocation {
            words: Vec::new(),
            flags: flags(&["body", "content-file", "thread-metadata", "tool"]),
            offered: flags(&[
                "content",
                "content-file",
                "metadata",
                "model",
                "tool",
                "tool-choice",
                "message-json",
                "page-size",
            ]),
        };
        for (param, expected) in [
            ("content", &["content-file"][..]),
            ("tools[0].type", &["tool"]),
            ("tool_choice", &["tool-choice"]),
            ("thread.metadata.a", &["thread-metadata"]),
            ("metadata.a", &["metadata"]),
            ("model", &["model"]),
            ("messages[3].role", &["message-json"]),
            ("limit", &["page-size"]),
            ("unheard_of", &[]),
        ] {
            assert_eq!(invocation.flags_of(param), expected, "{param}");
        }
    }
}
