//! Commands whose flags are built only when they are needed.
//!
//! clap usually builds the flags of every command before it parses the arguments. Most of the run time of a short
//! command would go into that.

use clap::builder::Resettable;
use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches, Id, Subcommand};

/// A command whose flags and subcommands are built when the parser reaches it.
///
/// Before that, the tree contains only the name of the command, its aliases, and its short help. The parser builds only
/// the command that the arguments name. The help and the completions build all of them.
#[derive(Debug)]
pub struct LazyCommand<T>(pub T);

/// Adds flags and subcommands to a command with `augment`, and keeps the help text that the parent command defines.
fn build(command: Command, augment: fn(Command) -> Command) -> Command {
    let (about, long) = (command.get_about().cloned(), command.get_long_about().cloned());
    let global = command.get_arguments().count();
    let command = augment(command).about(Resettable::from(about)).long_about(Resettable::from(long));
    // The help lists flags in the order in which they were added. The global flags were added first, so this moves them
    // to the end.
    let mut flags = Vec::new();
    let command = command.mut_args(|flag| {
        flags.push(flag);
        Arg::default()
    });
    flags.rotate_left(global);
    let mut flags = flags.into_iter();
    command.mut_args(|flag| flags.next().unwrap_or(flag))
}

impl<T: Subcommand> Subcommand for LazyCommand<T> {
    fn augment_subcommands(command: Command) -> Command {
        command.defer(|command| build(command, T::augment_subcommands))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        command.defer(|command| build(command, T::augment_subcommands_for_update))
    }

    fn has_subcommand(name: &str) -> bool {
        T::has_subcommand(name)
    }
}

impl<T: Args> Args for LazyCommand<T> {
    fn group_id() -> Option<Id> {
        T::group_id()
    }

    fn augment_args(command: Command) -> Command {
        command.defer(|command| build(command, T::augment_args))
    }

    fn augment_args_for_update(command: Command) -> Command {
        command.defer(|command| build(command, T::augment_args_for_update))
    }
}

impl<T: FromArgMatches> FromArgMatches for LazyCommand<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches(matches).map(Self)
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches_mut(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }

    fn update_from_arg_matches_mut(&mut self, matches: &mut ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches_mut(matches)
    }
}
