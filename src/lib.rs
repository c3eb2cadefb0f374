//! `asst`: the administration CLI for the Assistants protocol, as a library with a thin binary.
//!
//! The modules form layers, and imports go downward only. `docs/architecture.md` shows the layers, and has a paragraph
//! on each module. Only the modules that the tests and the benches use are public, so that the compiler finds dead code in
//! the others.

// Tests parse only JSON that they have written themselves.
#![cfg_attr(test, allow(clippy::disallowed_methods))]

pub mod api;
mod app;
mod archive;
pub mod cli;
mod client;
mod cmd;
mod complete;
pub mod config;
pub mod db;
pub mod env;
pub mod exit;
mod export;
pub mod extract;
pub mod generate;
mod graph;
mod handlers;
pub mod http;
mod indexing;
mod intake;
mod jq;
pub mod json;
pub mod ledger;
mod manifest;
mod provision;
mod proxy;
mod prune;
mod restore;
mod runs;
pub mod search;
pub mod serve;
mod sync;
mod ui;
mod upload;
mod view;

use app::App;
use cli::Parsed;
use env::credentials::ChildPurpose;
use std::ffi::OsString;
use ui::{MessageFormat, Ui};

/// Runs the program and returns its exit code. `args` begins with the name of the program.
pub fn run(args: Vec<OsString>) -> u8 {
    env::limits::report_file_size_limit();
    // The panic handler has already printed the message to standard error.
    std::panic::catch_unwind(|| started(args)).unwrap_or(exit::FAILED)
}

fn started(args: Vec<OsString>) -> u8 {
    env::handover::receive();
    if let Some(code) = jq::run_worker(&args).or_else(|| extract::run_worker(&args)).or_else(|| complete::answer(&args))
    {
        return code;
    }
    hand_over(&args);
    let format = chosen_format(&args);
    match cli::parse(args) {
        Parsed::Text { plain, ansi } => {
            let ui = Ui::standard(ui::UiSettings::default());
            let colored = matches!(ui.output_target(), ui::OutputTarget::Terminal { paint: ui::Coloring::Colored, .. });
            end(&ui, ui.out(if colored { &ansi } else { &plain }).map_err(Into::into))
        }
        Parsed::Missing(help) => {
            early_ui(format).print_line(&help);
            exit::USAGE
        }
        Parsed::Refused(usage) => end(&early_ui(format), Err(usage.into())),
        Parsed::Run(cli, invocation, hint) => {
            let cli::Cli { global, command } = *cli;
            let mut settings = global.ui();
            settings.message_format = format.unwrap_or_default();
            let ui = Ui::standard(settings);
            match global.options() {
                Err(usage) => end(&ui, Err(usage.into())),
                Ok(options) => {
                    let app = App::new(ui, options, invocation);
                    let result = command.run(&app, generate::run);
                    let closed = app.close(&result);
                    if result.is_err() && format.is_none() {
                        // The command has not read the project file, but the format of its error may depend on it.
                        let _ = app.project();
                    }
                    let code = end(app.ui(), hinted(result.and(closed), hint));
                    app.leave();
                    code
                }
            }
        }
    }
}

/// Removes the credentials from the environment if the command will start third-party programs, which could read them
/// there.
///
/// The arguments are not parsed yet, because parsing may read standard input.
fn hand_over(args: &[OsString]) {
    let own = || args.iter().skip(1).map(|arg| arg.as_encoded_bytes()).take_while(|arg| *arg != b"--");
    let purpose = if own().any(|arg| arg == b"record") {
        ChildPurpose::Recorded
    } else if own().any(|arg| arg.starts_with(b"--handler")) {
        ChildPurpose::Handler
    } else {
        return;
    };
    // The configuration names the variables that hold keys. The command itself reports a broken configuration.
    let _ = env::paths::Paths::discover().map(|paths| config::ConfigFile::load(&paths.config_file()));
    env::handover::restart(args, |name, value| env::credentials::is_withheld(purpose, name, value));
}

/// Returns the user interface for errors before the options are parsed. Its default format comes from the project file.
fn early_ui(format: Option<MessageFormat>) -> Ui {
    let message_format = format.or_else(app::project_message_format).unwrap_or_default();
    Ui::standard(ui::UiSettings { message_format, ..Default::default() })
}

/// Adds a hint to a usage error that has none.
fn hinted(result: anyhow::Result<()>, hint: Option<String>) -> anyhow::Result<()> {
    result.map_err(|error| match (error.downcast::<exit::Usage>(), hint) {
        (Ok(usage), hint) => exit::Usage { hint: usage.hint.or(hint), ..usage }.into(),
        (Err(error), _) => error,
    })
}

/// Reports an error and returns the exit code.
fn end(ui: &Ui, result: anyhow::Result<()>) -> u8 {
    let Err(error) = result else { return exit::DONE };
    let Some(report) = exit::report(&error) else { return exit::DONE };
    if !report.message.is_empty() {
        ui.error(&report);
    }
    report.exit_code
}

/// Returns the format of stderr before the arguments are parsed, so that errors in them have the right format too.
///
/// Returns `None` if neither a flag nor the environment names an output format.
fn chosen_format(args: &[OsString]) -> Option<MessageFormat> {
    let named = |name: &str| name.parse::<view::Format>().map(view::Format::message_format).unwrap_or_default();
    let texts: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
    for (at, text) in texts.iter().enumerate() {
        match text.as_ref() {
            "--" => break,
            "-o" | "--output" => return Some(texts.get(at + 1).map(|next| named(next)).unwrap_or_default()),
            text => {
                if let Some(name) = text.strip_prefix("--output=").or_else(|| text.strip_prefix("-o")) {
                    return Some(named(name.trim_start_matches('=')));
                }
            }
        }
    }
    env::vars::get("ASST_OUTPUT").map(|name| named(&name))
}
