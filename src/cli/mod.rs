//! The command line: the tree of commands, and the global flags. Must not depend on what the commands do.

mod global;
mod parse;

pub use global::Global;
pub use parse::{Parsed, parse};

use crate::app::App;
use crate::cmd::{self, Later};
use anyhow::Result;
use clap::{Args, CommandFactory, Subcommand};
use std::ffi::OsString;

/// The maximum width of help texts, in columns.
const WIDTH: usize = 100;

/// Administers the Assistants protocol
///
/// One subcommand per endpoint, a ledger of what the API cannot list, and an embedded server that needs no key.
#[derive(Debug, clap::Parser)]
#[command(name = "asst", version, subcommand_required = true, arg_required_else_help = true, max_term_width = WIDTH)]
#[command(after_help = "asst demo          shows the whole of it on the embedded server\n\
                        asst --local …     uses the embedded server: no key, no network\n\
                        asst help COMMAND  tells more; `--help` tells of all options, `-h` of the usual ones\n\n\
                        Each global option has a variable: ASST_PROFILE, ASST_OUTPUT, ASST_QUIET, …")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Returns the tree with all commands built, without `help`, which would contain all of them again.
    pub fn tree() -> clap::Command {
        let mut tree = Self::command().disable_help_subcommand(true);
        tree.build();
        tree
    }

    /// Returns a tree that contains only the named command. Propagating the global flags to all commands takes longer
    /// than most commands need to parse.
    ///
    /// Returns the whole tree if no command is named, or if an argument before it is unexpected.
    fn tree_for(args: &[OsString]) -> clap::Command {
        if args.iter().skip(1).all(|arg| arg.as_encoded_bytes().starts_with(b"-")) {
            return Self::command();
        }
        let tree = Global::augment_args(clap::Command::new("asst").max_term_width(WIDTH).disable_help_subcommand(true));
        let all = Command::augment_subcommands(clap::Command::new("asst"));
        match named(args, &tree).and_then(|name| all.find_subcommand(name)) {
            Some(found) => tree.subcommand(found.clone()),
            None => Self::command(),
        }
    }
}

/// Returns the first argument that is neither a global flag nor the value of one.
fn named<'a>(args: &'a [OsString], tree: &clap::Command) -> Option<&'a OsString> {
    let mut args = args.iter().skip(1);
    loop {
        let word = args.next()?;
        let Some(flag) = word.to_str()?.strip_prefix('-') else { return Some(word) };
        let (name, has_value) = flag.split_once('=').map_or((flag, false), |(name, _)| (name, true));
        let is_meant = |arg: &&clap::Arg| match name.strip_prefix('-') {
            Some(long) => arg.get_long() == Some(long),
            None => arg.get_short().is_some_and(|short| name.chars().eq([short])),
        };
        let arg = tree.get_arguments().find(is_meant)?;
        let optional = arg.get_num_args().is_some_and(|most| most.min_values() == 0);
        if arg.get_action().takes_values() && !has_value && !optional {
            args.next()?;
        }
    }
}

/// The nouns, and the commands that do not belong to a single noun.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Manage assistants
    #[command(subcommand, visible_alias = "assistant")]
    Assistants(Later<cmd::assistants::Command>),
    /// Manage threads, and list them from the ledger
    #[command(subcommand, visible_alias = "thread")]
    Threads(Later<cmd::threads::Command>),
    /// Manage the messages of a thread
    #[command(subcommand, visible_alias = "message")]
    Messages(Later<cmd::messages::Command>),
    /// Manage the runs of a thread
    #[command(subcommand, visible_alias = "run")]
    Runs(Later<cmd::runs::Command>),
    /// Look at the steps of a run
    #[command(subcommand, visible_alias = "step")]
    Steps(Later<cmd::steps::Command>),
    /// Manage files
    #[command(subcommand, visible_alias = "file")]
    Files(Later<cmd::files::Command>),
    /// Look after the ledger of ids
    #[command(subcommand)]
    Ledger(Later<cmd::ledger::Command>),
    /// Run a program, and record what it creates and deletes
    ///
    /// The program finds a proxy on this machine in OPENAI_BASE_URL, and its key in OPENAI_API_KEY. For a profile of Azure
    /// OpenAI these are AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY instead; for a Foundry project
    /// AZURE_AI_PROJECT_ENDPOINT, PROJECT_ENDPOINT and their like are set as well. The program gets no credential of a
    /// profile. All it sends goes on to the backend of the profile as it is, and what it creates and deletes goes into the
    /// ledger. The exit code is that of the program: 128 and the
    /// number of the signal that ended it, 126 where it cannot be run, 127 where it is not found; and 8 where the program
    /// succeeded and the cleanup did not.
    Record(Later<cmd::record::Record>),
    /// Copy threads, with all that belongs to them, into a folder
    ///
    /// The folder has, for each thread, the objects as the server sent them, a transcript to read, and the files that can
    /// be downloaded; manifest.json has the length and the SHA-256 of each. The same command again takes what is new, and
    /// does what is left where it was stopped. Threads that are gone at the backend stay in the export.
    Export(Later<Box<cmd::export::Export>>),
    /// Send any request
    Api(Later<cmd::api::Api>),
    /// Run the embedded server
    Serve(Later<cmd::serve::Serve>),
    /// Look after the configured backends
    #[command(subcommand, visible_alias = "profile")]
    Profiles(Later<cmd::profiles::Command>),
    /// Show the main job on the embedded server
    ///
    /// Each command is printed before it runs. All of it happens on the embedded server, in a temporary folder that goes
    /// at the end: nothing of yours is read or changed, and there is no network.
    Demo(Later<cmd::demo::Demo>),
    #[command(flatten)]
    Generate(Generate),
}

/// Commands that generate output from the tree itself. They are implemented in the room above this one.
#[derive(Debug, clap::Subcommand)]
pub enum Generate {
    /// Print the completions of a shell
    Completions {
        /// Shell to complete for
        shell: clap_complete::Shell,
        /// Ask asst while a command is typed: profiles and the newest ids of the ledger are completed too
        #[arg(long)]
        dynamic: bool,
    },
    /// Write the manual pages
    Man {
        /// Folder that they go to, such as ~/.local/share/man/man1; it is made if it is not there
        folder: std::path::PathBuf,
    },
}

impl Command {
    /// Runs the command. `generate` implements the commands that need the whole tree.
    pub fn run(self, app: &App, generate: fn(Generate, &App) -> Result<()>) -> Result<()> {
        match self {
            Self::Assistants(Later(command)) => command.run(app),
            Self::Threads(Later(command)) => command.run(app),
            Self::Messages(Later(command)) => command.run(app),
            Self::Runs(Later(command)) => command.run(app),
            Self::Steps(Later(command)) => command.run(app),
            Self::Files(Later(command)) => command.run(app),
            Self::Ledger(Later(command)) => command.run(app),
            Self::Record(Later(command)) => command.run(app),
            Self::Export(Later(command)) => command.run(app),
            Self::Api(Later(command)) => command.run(app),
            Self::Serve(Later(command)) => command.run(app),
            Self::Profiles(Later(command)) => command.run(app),
            Self::Demo(Later(command)) => command.run(app),
            Self::Generate(what) => generate(what, app),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_of_commands_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_command_that_is_named_is_found_behind_global_flags_only() {
        let words = |line: &str| {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            Cli::tree_for(&args).get_subcommands().map(|command| command.get_name().to_owned()).collect::<Vec<_>>()
        };
        let table = [
            ("asst threads list", "threads"),
            ("asst thread list", "threads"),
            ("asst --local -q threads list runs", "threads"),
            ("asst -p threads runs list", "runs"),
            ("asst --profile=threads runs list", "runs"),
            ("asst -o json --trace files ls", "files"),
            ("asst --trace=full --dry-run files ls", "files"),
        ];
        for (line, name) in table {
            assert_eq!(words(line), [name], "{line}");
        }
        for line in
            ["asst", "asst --help", "asst help threads", "asst -qy threads list", "asst --bogus threads", "asst -p"]
        {
            assert!(words(line).len() > 10, "{line}");
        }
    }
}
