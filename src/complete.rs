//! Dynamic completions: names of profiles, and IDs from the ledger.
//!
//! The shell runs `asst` with `ASST_COMPLETE` set and the words so far after `--`. No request is sent to a backend.
//! Errors produce no candidates, so that they do not disturb the command line.

use crate::api::Kind;
use crate::app::records::{IdFilter, Row, RowQuery};
use crate::app::{App, DryRun, Invocation, LedgerChoice, LedgerNeed, Options, Trace};
use crate::cli::Cli;
use crate::config::Overrides;
use crate::env::vars;
use crate::exit::{DONE, USAGE};
use crate::ui::{self, Ui, Verbosity, sanitize};
use crate::view::{Header, LineEnd};
use anyhow::{Context, Result};
use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, ValueCompleter};
use clap_complete::env::Shells;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::Arc;

/// The maximum number of offered IDs. The newest come first.
const MOST: usize = 50;

/// Prints the candidates if a shell requests them, and returns the exit code. Returns `None` if no shell does.
pub fn answer(args: &[OsString]) -> Option<u8> {
    let shell = vars::get(vars::ASST_COMPLETE)?;
    let quiet = ui::UiSettings { verbosity: Verbosity::Quiet, ..ui::UiSettings::default() };
    let words: Vec<OsString> = args.iter().skip_while(|word| *word != "--").skip(1).cloned().collect();
    let written = candidates(&shell, words).and_then(|text| Ok(Ui::standard(quiet).out(&text)?));
    Some(if written.is_ok() { DONE } else { USAGE })
}

/// Returns the script that a shell loads to request completions.
///
/// # Errors
/// Returns an error if the shell is not supported.
pub fn registration(shell: &str) -> Result<String> {
    let shells = Shells::builtins();
    let completer = shells.completer(shell).context("this shell cannot ask while a command is typed")?;
    let mut text = Vec::new();
    completer.write_registration(vars::ASST_COMPLETE, "asst", "asst", "asst", &mut text)?;
    Ok(String::from_utf8(text)?)
}

fn candidates(shell: &str, words: Vec<OsString>) -> Result<String> {
    let shells = Shells::builtins();
    let completer = shells.completer(shell).context("no such shell")?;
    let texts: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let typed = texts.last().cloned().unwrap_or_default();
    let known = Arc::new(Known { overrides: overrides(&texts), words: texts });
    let mut command = knowing(one_name_each(Cli::tree()), &known);
    if !typed.starts_with('-') {
        command = without_flags(command);
    }
    let mut text = Vec::new();
    completer.write_complete(&mut command, words, std::env::current_dir().ok().as_deref(), &mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Returns the profile selection from the words. It determines the origin in which IDs are valid.
fn overrides(words: &[String]) -> Overrides {
    let behind = words.iter().position(|word| word == "-p" || word == "--profile").and_then(|at| words.get(at + 1));
    let joined = words.iter().find_map(|word| word.strip_prefix("--profile="));
    let profile = joined.or(behind.map(String::as_str)).filter(|name| !name.is_empty());
    Overrides {
        profile: profile.map(str::to_owned),
        local: words.iter().any(|word| word == "--local"),
        ..Overrides::default()
    }
}

/// Hides aliases from the candidates, because two names of one command are no useful choice. They still work when
/// typed.
fn one_name_each(command: Command) -> Command {
    let aliases: Vec<String> = command.get_visible_aliases().map(str::to_owned).collect();
    command.visible_alias(None).aliases(aliases).mut_subcommands(one_name_each)
}

/// Hides flags until the word begins with a dash.
fn without_flags(command: Command) -> Command {
    command.mut_args(|arg| if arg.is_positional() { arg } else { arg.hide(true) }).mut_subcommands(without_flags)
}

/// Adds a completer to each argument that names a profile or an object.
fn knowing(command: Command, known: &Arc<Known>) -> Command {
    let names_profile = |arg: &Arg| arg.get_long() == Some("profile");
    let completed = |arg: Arg| match (names_profile(&arg), kinds(&arg)) {
        (true, _) => arg.add(ArgValueCompleter::new(Profiles(Arc::clone(known)))),
        (_, kinds) if kinds.iter().any(Option::is_some) => {
            arg.add(ArgValueCompleter::new(Objects { known: Arc::clone(known), kinds }))
        }
        _ => arg,
    };
    let command = command.mut_args(completed).mut_subcommands(|below| knowing(below, known));
    if command.get_name() != "profiles" {
        return command;
    }
    let named = |arg: Arg| match arg.get_id() == "name" {
        true => arg.add(ArgValueCompleter::new(Profiles(Arc::clone(known)))),
        false => arg,
    };
    // The name for `profiles add` is new, so it has no candidates.
    command.mut_subcommands(|below| if below.get_name() == "add" { below } else { below.mut_args(named) })
}

/// Returns the kind of the ID in each value of an argument, by its name in the help: `<THREAD_ID> <RUN_ID>`.
fn kinds(arg: &Arg) -> Vec<Option<Kind>> {
    let shown = arg.get_value_names().and_then(|names| names.first()).map(|name| name.as_str());
    let shown = match shown {
        Some("ID") | None => arg.get_id().as_str(),
        Some(name) => name,
    };
    let kind = |name: &str| {
        let name = name.to_ascii_lowercase();
        match name.strip_suffix("_id").unwrap_or(&name) {
            "batch" => Some(Kind::FileBatch),
            name => Kind::named(name).filter(|kind| kind.recorded()),
        }
    };
    // A lower-case name is the name of an argument. It is an ID only if it has this suffix.
    let is_id = |name: &&str| name.ends_with("_ID") || name.ends_with("_id") || *name == "assistant";
    shown.split("> <").map(|name| Some(name).filter(is_id).and_then(kind)).collect()
}

/// The sources of candidates that need no backend.
struct Known {
    overrides: Overrides,
    /// The words on the command line. The last one is incomplete.
    words: Vec<String>,
}

impl Known {
    fn app(&self) -> App {
        let options = Options {
            overrides: self.overrides.clone(),
            format: None,
            columns: None,
            jq: None,
            header: Header::Hidden,
            line_end: LineEnd::Lf,
            trace: Trace::Off,
            dry_run: DryRun::Off,
            ledger: LedgerChoice::On { path: None, need: LedgerNeed::BestEffort },
            local_model: None,
            drain: false,
            any_id: true,
        };
        let quiet = ui::UiSettings { verbosity: Verbosity::Quiet, ..ui::UiSettings::default() };
        App::new(Ui::standard(quiet), options, Invocation::default())
    }

    fn profiles(&self) -> Result<Vec<CompletionCandidate>> {
        let app = self.app();
        let names = app.config_file()?.profiles.keys().map(String::as_str).chain(["local"]);
        Ok(names.map(CompletionCandidate::new).collect())
    }

    /// Returns the IDs of this kind on the command line.
    fn named(&self, kind: Kind) -> impl Iterator<Item = &str> {
        let before = self.words.split_last().map_or(&[][..], |(_, before)| before);
        before.iter().map(String::as_str).filter(move |word| Kind::of_id(word) == Some(kind))
    }

    fn objects(&self, kind: Kind, begun: &str) -> Result<Vec<CompletionCandidate>> {
        let app = self.app();
        // A completion must not run a ledger command, which may ask for a password.
        if app.profile_if_any()?.is_some_and(|profile| profile.ledger_command.is_some()) {
            return Ok(Vec::new());
        }
        let records = app.records()?;
        if !records.file().is_some_and(Path::exists) {
            return Ok(Vec::new());
        }
        let filter = RowQuery {
            origin: app.origin_to_list()?,
            kind: Some(kind),
            ids: if begun.is_empty() { IdFilter::All } else { IdFilter::Prefix(begun.to_owned()) },
            ..RowQuery::default()
        };
        let rows = records.rows(&filter, MOST, None).next_page()?.unwrap_or_default();
        // If the parent is given, such as the thread of a run, only its objects are offered.
        let parent = kind.parent().and_then(|(kind, _)| self.named(kind).last());
        let fits = |row: &&Row| parent.is_none_or(|parent| row.parent.as_deref() == Some(parent));
        let candidate = |(at, row): (usize, &Row)| {
            let help = row.name.as_deref().map(|name| sanitize(name).into_owned().into());
            CompletionCandidate::new(&row.id).help(help).display_order(Some(at))
        };
        Ok(rows.iter().filter(fits).enumerate().map(candidate).collect())
    }
}

struct Profiles(Arc<Known>);

impl ValueCompleter for Profiles {
    fn complete(&self, begun: &OsStr) -> Vec<CompletionCandidate> {
        let begun = begun.to_string_lossy();
        let mut names = self.0.profiles().unwrap_or_default();
        names.retain(|name| name.get_value().to_string_lossy().starts_with(&*begun));
        names
    }
}

struct Objects {
    known: Arc<Known>,
    kinds: Vec<Option<Kind>>,
}

impl ValueCompleter for Objects {
    fn complete(&self, begun: &OsStr) -> Vec<CompletionCandidate> {
        // The kinds are completed from left to right, each one once.
        let kinds = self.kinds.iter().copied();
        let open = kinds.clone().find(|kind| kind.is_none_or(|kind| self.known.named(kind).next().is_none()));
        let kind = open.or(kinds.last()).flatten();
        kind.and_then(|kind| self.known.objects(kind, &begun.to_string_lossy()).ok()).unwrap_or_default()
    }
}
