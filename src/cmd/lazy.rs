//! Lazy descriptions of commands. A short command would otherwise spend most of its time on building the flags of
//! others.

use clap::builder::Resettable;
use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches, Id, Subcommand};

/// A command whose flags and subcommands are added when the tree is built.
///
/// The parser builds only the named command. Until then, its parent has only its name, its aliases and its short help.
#[derive(Debug)]
pub struct Later<T>(pub T);

/// Adds the description of a command, and keeps the help text that its parent defines.
fn describe(command: Command, add: fn(Command) -> Command) -> Command {
    let (about, long) = (command.get_about().cloned(), command.get_long_about().cloned());
    let global = command.get_arguments().count();
    let command = add(command).about(Resettable::from(about)).long_about(Resettable::from(long));
    // The help lists flags in their order of addition. Global flags were added first, so they are moved to the end.
    let mut flags = Vec::new();
    let command = command.mut_args(|flag| {
        flags.push(flag);
        Arg::default()
    });
    flags.rotate_left(global);
    let mut flags = flags.into_iter();
    command.mut_args(|flag| flags.next().unwrap_or(flag))
}

impl<T: Subcommand> Subcommand for Later<T> {
    fn augment_subcommands(command: Command) -> Command {
        command.defer(|command| describe(command, T::augment_subcommands))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        command.defer(|command| describe(command, T::augment_subcommands_for_update))
    }

    fn has_subcommand(name: &str) -> bool {
        T::has_subcommand(name)
    }
}

impl<T: Args> Args for Later<T> {
    fn group_id() -> Option<Id> {
        T::group_id()
    }

    fn augment_args(command: Command) -> Command {
        command.defer(|command| describe(command, T::augment_args))
    }

    fn augment_args_for_update(command: Command) -> Command {
        command.defer(|command| describe(command, T::augment_args_for_update))
    }
}

impl<T: FromArgMatches> FromArgMatches for Later<T> {
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
