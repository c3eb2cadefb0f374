//! What is made from the tree of commands: completions and manual pages. Stands above the tree, so that no command names
//! it and no circle arises.

use crate::app::App;
use crate::cli::{Cli, Generate};
use anyhow::{Context, Result};
use clap::Command;
use std::path::Path;

/// Makes what was asked for.
pub fn run(what: Generate, app: &App) -> Result<()> {
    match what {
        Generate::Completions { shell, dynamic: false } => Ok(app.ui().out(&completions(shell))?),
        Generate::Completions { shell, dynamic: true } => {
            Ok(app.ui().out(&crate::complete::registration(&shell.to_string())?)?)
        }
        Generate::Man { folder } => man(&folder, app),
    }
}

/// Returns the completions of a shell, as `completions/` keeps them.
pub fn completions(shell: clap_complete::Shell) -> String {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut completed(Cli::tree()), "asst", &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Returns the tree without aliases: each of them would be written out again with all its flags, and a shell would read
/// twice as much before its first completion.
fn completed(command: Command) -> Command {
    command.visible_alias(None).alias(None).mut_subcommands(completed)
}

/// Returns the tree with nothing left to the long help alone: a manual page would name such a flag and say nothing of it.
fn told_in_full(command: Command) -> Command {
    command.mut_args(|arg| arg.hide_short_help(false)).mut_subcommands(told_in_full)
}

fn man(folder: &Path, app: &App) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("could not make the folder {}", folder.display()))?;
    clap_mangen::generate_to(told_in_full(Cli::tree()), folder)
        .with_context(|| format!("could not write manual pages to {}", folder.display()))?;
    app.ui().note(&format!("manual pages are in {}", folder.display()));
    Ok(())
}
