//! The global flags, each with its environment variable (docs/design/command_line.md#global-flags).

use crate::app::{DryRun, LedgerChoice, LedgerNeed, Options, Trace};
use crate::config::Overrides;
use crate::env::{clock, vars};
use crate::exit::Usage;
use crate::jq::Jq;
use crate::ui::{ColorChoice, Consent, UiSettings, Verbosity};
use crate::view::{Format, Header, LineEnd};
use std::path::PathBuf;

/// Parses the value of the environment variable of a flag that takes no value: `1` or `0`.
fn switch(text: &str) -> Result<bool, String> {
    vars::parse_switch(text).ok_or_else(|| "expected 1 or 0".to_owned())
}

/// The flags that every command accepts.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Use the backend of profile NAME
    #[arg(short, long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Use the embedded server, in this process
    #[arg(long, global = true)]
    pub local: bool,
    /// Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]
    #[arg(
        long,
        global = true,
        value_name = "MODEL",
        env = "ASST_LOCAL_MODEL",
        hide_env = true,
        hide_env_values = true,
        hide_short_help = true
    )]
    pub local_model: Option<String>,
    /// Exit without waiting for the runs of the embedded server
    #[arg(long, global = true, hide_short_help = true)]
    pub no_drain: bool,
    /// Print the output as table, json, jsonl, yaml, csv or id
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        hide_possible_values = true,
        value_name = "FORM",
        env = "ASST_OUTPUT",
        hide_env = true
    )]
    pub output: Option<Format>,
    /// Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other
    #[arg(long, global = true, value_name = "EXPR", env = "ASST_JQ", hide_env = true)]
    pub jq: Option<Jq>,
    /// Show these columns: id,name,metadata.team
    #[arg(long, global = true, value_name = "NAMES", env = "ASST_COLUMNS", hide_env = true)]
    pub columns: Option<String>,
    /// Print the column names before tab-separated output
    #[arg(long, global = true, env = "ASST_HEADER", hide_env = true, value_parser = switch)]
    pub header: bool,
    /// End lines of -o csv with CR LF instead of LF
    #[arg(long, global = true, hide_short_help = true)]
    pub crlf: bool,
    /// Print only errors on stderr
    #[arg(short, long, global = true, env = "ASST_QUIET", hide_env = true, value_parser = switch)]
    pub quiet: bool,
    /// Choose when to use colour
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        env = "ASST_COLOR",
        hide_env = true,
        hide_env_values = true,
        hide_short_help = true
    )]
    pub color: Option<ColorChoice>,
    /// Print redacted requests and responses on stderr; =full prints whole bodies
    #[arg(long, global = true, hide_possible_values = true, value_name = "full", num_args = 0..=1, require_equals = true, default_missing_value = "short", env = "ASST_TRACE", hide_env = true, hide_short_help = true)]
    pub trace: Option<Trace>,
    /// Use the ledger at PATH instead of the configured one
    #[arg(long, global = true, value_name = "PATH", hide_short_help = true)]
    pub ledger: Option<PathBuf>,
    /// Do not use a ledger, and record nothing
    #[arg(long, global = true, conflicts_with = "require_ledger", env = "ASST_NO_LEDGER", hide_env = true,
          value_parser = switch, hide_short_help = true)]
    pub no_ledger: bool,
    /// Refuse to create objects that cannot be recorded
    #[arg(long, global = true, env = "ASST_REQUIRE_LEDGER", hide_env = true, value_parser = switch,
          hide_short_help = true)]
    pub require_ledger: bool,
    /// Limit the time of one request: 30s, 2m [default: 120s]
    #[arg(long, global = true, value_name = "DURATION", hide_short_help = true)]
    pub request_timeout: Option<crate::config::TimeLimit>,
    /// Retry a request at most N times [default: 4]
    #[arg(long, global = true, value_name = "N", value_parser = crate::config::parse_count::<u32>, hide_short_help = true)]
    pub retries: Option<u32>,
    /// Fail if the server requests a longer wait before a retry than DURATION [default: 120s]
    #[arg(long, global = true, value_name = "DURATION", hide_short_help = true)]
    pub max_wait: Option<crate::config::TimeLimit>,
    /// Send at most N requests at once [default: 16]
    #[arg(long, global = true, value_name = "N", value_parser = crate::config::parse_positive::<usize>, hide_short_help = true)]
    pub concurrency: Option<usize>,
    /// Answer yes to every question
    #[arg(short, long, global = true, env = "ASST_YES", hide_env = true, value_parser = switch)]
    pub yes: bool,
    /// Print the request and send nothing; =curl prints a curl command
    #[arg(long, global = true, hide_possible_values = true, value_name = "curl", num_args = 0..=1, require_equals = true, default_missing_value = "http", env = "ASST_DRY_RUN", hide_env = true)]
    pub dry_run: Option<DryRun>,
    /// Accept IDs with any prefix
    #[arg(long, global = true, hide_short_help = true)]
    pub any_id: bool,
}

impl Global {
    /// Returns the settings of the user interface.
    pub fn ui(&self) -> UiSettings {
        UiSettings {
            verbosity: if self.quiet { Verbosity::Quiet } else { Verbosity::Normal },
            color: self.color.unwrap_or_default(),
            message_format: self.output.unwrap_or_default().message_format(),
            consent: if self.yes { Consent::Given } else { Consent::Ask },
        }
    }

    /// Returns the options of the command.
    pub fn options(self) -> Result<Options, Usage> {
        let need = if self.require_ledger { LedgerNeed::Required } else { LedgerNeed::BestEffort };
        let ledger = if self.no_ledger { LedgerChoice::Off } else { LedgerChoice::On { path: self.ledger, need } };
        clock::check().map_err(Usage::new)?;
        Ok(Options {
            overrides: Overrides {
                profile: self.profile,
                local: self.local,
                request_timeout: self.request_timeout,
                retries: self.retries,
                concurrency: self.concurrency,
                max_wait: self.max_wait,
            },
            format: self.output,
            columns: self.columns,
            jq: self.jq,
            header: if self.header { Header::Shown } else { Header::Hidden },
            line_end: if self.crlf { LineEnd::CrLf } else { LineEnd::Lf },
            trace: self.trace.unwrap_or_default(),
            dry_run: self.dry_run.unwrap_or_default(),
            ledger,
            local_model: self.local_model,
            drain: !self.no_drain,
            any_id: self.any_id,
        })
    }
}
