//! The parser of the command line. Returns a command to run, or the text to print instead.
//!
//! Errors of clap become a [`Usage`] error with one hint, so that they look like all other errors.

use super::Cli;
use crate::api::args::Pair;
use crate::app::Invocation;
use crate::env::vars;
use crate::exit::Usage;
use crate::ui::shorten_middle;
use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, CommandFactory, FromArgMatches};
use std::collections::HashMap;
use std::ffi::OsString;

/// The maximum number of characters of an error message.
const LONGEST_MESSAGE: usize = 600;

/// The result of parsing the arguments.
pub enum Parsed {
    /// A command. The last field is a hint to print if the command fails: `-q` may have been meant as a filter.
    Run(Box<Cli>, Invocation, Option<String>),
    /// Help or version for standard output, without and with colour.
    Text { plain: String, ansi: String },
    /// The help of a command whose subcommand is missing, for standard error.
    Missing(String),
    /// An error in the arguments.
    Refused(Usage),
}

/// Parses the arguments, including the name of the program.
pub fn parse(args: Vec<OsString>) -> Parsed {
    let hint = quiet_with_filter(&args);
    match parse_with(Cli::tree_for(&args), &args) {
        Ok((cli, invocation)) => Parsed::Run(Box::new(cli), invocation, hint),
        Err(error) => not_run(&error, hint),
    }
}

fn parse_with(command: clap::Command, args: &[OsString]) -> Result<(Cli, Invocation), clap::Error> {
    let mut command = command.mut_args(without_empty_variable);
    let parsed = command.try_get_matches_from_mut(args).and_then(|mut matches| {
        let invocation = invocation(&command, &matches);
        if let Some(error) = contradiction(&command, &matches) {
            return Err(error);
        }
        let cli = Cli::from_arg_matches_mut(&mut matches);
        // Dropping the matches takes a seventh of the time of a short command. The process ends soon, so they are
        // leaked.
        std::mem::forget(matches);
        Ok((cli?, invocation))
    });
    std::mem::forget(command);
    parsed
}

/// Returns an error if a flag sets two values for one key, such as `--metadata a=1 --metadata a=2`.
fn contradiction(command: &clap::Command, matches: &ArgMatches) -> Option<clap::Error> {
    for arg in command.get_arguments() {
        // This is an error or `None` for a flag without pairs, and for a flag of another command.
        let Ok(Some(pairs)) = matches.try_get_many::<Pair>(arg.get_id().as_str()) else { continue };
        let mut known = HashMap::new();
        for Pair { key, value } in pairs {
            if known.insert(key, value).is_some_and(|before| before != value) {
                let flag = arg.get_long().unwrap_or_default();
                let message = format!("--{flag} sets `{key}` to two values; keep one of them");
                return Some(command.clone().error(ErrorKind::ArgumentConflict, message));
            }
        }
    }
    let (word, below) = matches.subcommand()?;
    contradiction(command.find_subcommand(word)?, below)
}

/// Removes the environment variable of a flag if it is empty. An empty variable then counts as not set.
fn without_empty_variable(arg: Arg) -> Arg {
    let empty = arg.get_env().is_some_and(|name| std::env::var_os(name).is_some_and(|value| value.is_empty()));
    if empty { arg.env(Resettable::Reset) } else { arg }
}

/// Returns a hint that names the environment variable from which a rejected value came.
fn variable_hint(error: &clap::Error) -> Option<String> {
    let context = |kind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        _ => None,
    };
    let (flag, value) = (context(ContextKind::InvalidArg)?, context(ContextKind::InvalidValue)?);
    let long = flag.strip_prefix("--")?.split([' ', '=', '[']).next()?.to_owned();
    let command = Cli::command();
    let arg = command.get_arguments().find(|arg| arg.get_long() == Some(&long))?;
    let name = arg.get_env()?.to_str()?;
    (vars::get(name)? == value).then(|| format!("the value comes from the environment variable {name}"))
}

/// Converts an error of clap, which is also how clap returns the help and the version. `hint` takes precedence over
/// other hints.
fn not_run(error: &clap::Error, hint: Option<String>) -> Parsed {
    let text = error.render();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            Parsed::Text { plain: text.to_string(), ansi: text.ansi().to_string() }
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Parsed::Missing(text.to_string()),
        _ => {
            // The format of clap is `error: MESSAGE`, tips, the usage, and a reference to the help.
            let text = text.to_string();
            let text = text.trim_start_matches("error: ");
            // The message may repeat a very long argument.
            let message = shorten_middle(text.split("\n\n").next().unwrap_or_default(), LONGEST_MESSAGE).into_owned();
            let tips: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("tip: ")).collect();
            let usage = text.lines().find_map(|line| line.strip_prefix("Usage: "));
            let general_hint = match (tips.as_slice(), usage) {
                ([], Some(usage)) if error.kind() == ErrorKind::InvalidSubcommand => Some(commands_hint(usage)),
                ([], Some(usage)) => Some(format!("usage: {usage}")),
                ([], None) => None,
                (tips, _) => Some(tips.join("; ")),
            };
            Parsed::Refused(Usage { message, hint: hint.or_else(|| variable_hint(error)).or(general_hint) })
        }
    }
}

/// Returns a hint with the valid commands in place of an unknown one. `usage` is the usage line of clap, which begins
/// with the path of the parent command.
fn commands_hint(usage: &str) -> String {
    let mut command = Cli::tree();
    for word in usage.split(' ').skip(1) {
        match command.find_subcommand(word) {
            Some(below) => command = below.clone(),
            None => break,
        }
    }
    let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    format!("the commands are {}", names.join(", "))
}

/// Returns a hint if the arguments contain `-q` before a jq filter, such as `-q .id`. In other programs `-q` takes a
/// filter, but here it means quiet.
fn quiet_with_filter(args: &[OsString]) -> Option<String> {
    let text = |arg: &OsString| arg.to_string_lossy().into_owned();
    let pair = args.windows(2).find(|pair| pair[0] == "-q" && text(&pair[1]).starts_with(['.', '[', '{']))?;
    Some(format!("-q silences stderr; for a filter use --jq '{}'", text(&pair[1])))
}

/// Returns the words of the command, the names of the given flags, and those of all its flags. Never contains values.
fn invocation(command: &clap::Command, matches: &ArgMatches) -> Invocation {
    let mut found = Invocation::default();
    let (mut command, mut matches) = (command, matches);
    loop {
        let given = |arg: &&clap::Arg| {
            // A flag of another command is not defined here, and clap panics if its source is requested.
            let known = matches.try_contains_id(arg.get_id().as_str()).unwrap_or(false);
            known && matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
        };
        found.flags.extend(command.get_arguments().filter(given).filter_map(clap::Arg::get_long).map(str::to_owned));
        let Some((word, below)) = matches.subcommand() else {
            let own = command.get_arguments().filter(|arg| !arg.is_global_set());
            found.offered = own.filter_map(clap::Arg::get_long).map(str::to_owned).collect();
            break;
        };
        found.words.push(word.to_owned());
        let Some(next) = command.find_subcommand(word) else { break };
        (command, matches) = (next, below);
    }
    found.flags.sort();
    found.flags.dedup();
    found
}
