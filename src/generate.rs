//! Generation of shell completions and manual pages from the command tree.
//!
//! This module is above the tree: no command may depend on it, so that there is no dependency cycle.

use crate::app::{App, DryRun};
use crate::cli::{Cli, Generate};
use anyhow::{Context, Result};
use clap::Command;
use std::path::Path;

/// Generates the requested files.
pub fn run(what: Generate, app: &App) -> Result<()> {
    match what {
        Generate::Completions { shell, dynamic: false } => Ok(app.ui().out(&completions(shell))?),
        Generate::Completions { shell, dynamic: true } => {
            Ok(app.ui().out(&crate::complete::registration(&shell.to_string())?)?)
        }
        Generate::Man { folder } => man(&folder, app),
    }
}

/// Returns the completion script of a shell, in the form that `completions/` contains.
pub fn completions(shell: clap_complete::Shell) -> String {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut completed(Cli::tree()), "asst", &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Returns the tree without aliases.
///
/// A completion script repeats all flags for each alias, which would double the time to load the script.
fn completed(command: Command) -> Command {
    command.visible_alias(None).alias(None).mut_subcommands(completed)
}

/// Returns the tree with all flags visible in the short help. A manual page would list a flag that is hidden there
/// without its description.
fn told_in_full(command: Command) -> Command {
    command.mut_args(|arg| arg.hide_short_help(false)).mut_subcommands(told_in_full)
}

fn man(folder: &Path, app: &App) -> Result<()> {
    if app.options().dry_run != DryRun::Off {
        app.ui().note(&format!("manual pages would be written to {}", folder.display()));
        return Ok(());
    }
    std::fs::create_dir_all(folder).with_context(|| format!("could not make the folder {}", folder.display()))?;
    clap_mangen::generate_to(told_in_full(Cli::tree_with_examples()), folder)
        .with_context(|| format!("could not write manual pages to {}", folder.display()))?;
    app.ui().note(&format!("manual pages are in {}", folder.display()));
    Ok(())
}
