//! The command line: the tree of commands, and the global flags. Must not depend on what the commands do.

mod examples;
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

/// Administer the Assistants protocol
///
/// Has one subcommand per endpoint, a ledger of the objects that the API cannot list, and an embedded server that needs
/// no key.
#[derive(Debug, clap::Parser)]
#[command(name = "asst", version, subcommand_required = true, arg_required_else_help = true, max_term_width = WIDTH)]
#[command(after_help = "asst demo          Show the main features on the embedded server\n\
                        asst --local …     Use the embedded server: no key, no network\n\
                        asst help COMMAND  Show the help of a command with all options; `-h` shows the common ones\n\n\
                        Each global option has an environment variable: ASST_PROFILE, ASST_OUTPUT, ASST_QUIET, …")]
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

    /// Returns [`Cli::tree`] with the examples in the help of the commands.
    pub fn tree_with_examples() -> clap::Command {
        examples::add(Self::tree())
    }

    /// Returns the tree of the long help: all commands, `help` and the examples.
    pub fn tree_with_help() -> clap::Command {
        let mut tree = Self::command();
        tree.build();
        examples::add(tree)
    }

    /// Returns a tree that contains only the named command. Propagating the global flags to all commands takes longer
    /// than most commands need to parse.
    ///
    /// Returns the whole tree if no command is named, or if an argument before it is unexpected.
    fn tree_for(args: &[OsString]) -> clap::Command {
        if args.iter().skip(1).all(|arg| arg.as_encoded_bytes().starts_with(b"-")) {
            return Self::command();
        }
        if asks_for_help(args) {
            return Self::tree_with_help();
        }
        let tree = Global::augment_args(clap::Command::new("asst").max_term_width(WIDTH).disable_help_subcommand(true));
        let all = Command::augment_subcommands(clap::Command::new("asst"));
        match named(args, &tree).and_then(|name| all.find_subcommand(name)) {
            Some(found) => tree.subcommand(found.clone()),
            None => Self::command(),
        }
    }
}

/// Returns `true` if the arguments ask for the long help, which has examples.
fn asks_for_help(args: &[OsString]) -> bool {
    let own = || args.iter().skip(1).take_while(|arg| *arg != "--");
    own().any(|arg| arg == "--help") || own().any(|arg| arg == "help")
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
    /// Show the steps of a run
    #[command(subcommand, visible_alias = "step")]
    Steps(Later<cmd::steps::Command>),
    /// Manage files
    #[command(subcommand, visible_alias = "file")]
    Files(Later<cmd::files::Command>),
    /// Manage vector stores, which index files for searches
    #[command(subcommand, visible_alias = "vector-store")]
    VectorStores(Later<cmd::vector_stores::Command>),
    /// Upload large files in parts
    #[command(subcommand, visible_alias = "upload")]
    Uploads(Later<cmd::uploads::Command>),
    /// Manage conversations
    #[command(subcommand, visible_alias = "conversation")]
    Conversations(Later<cmd::conversations::Command>),
    /// Show who refers to whom: assistants, threads, vector stores, and files
    ///
    /// Prints a tree with sizes and idle times, and marks candidates for a prune. The graph has the tool resources of
    /// assistants and threads, and the files of vector stores. Messages are not read, so a mark is no proof; the prune
    /// commands check each candidate. Threads are read where the backend lists them.
    Graph(Later<cmd::graph::Graph>),
    /// Manage the ledger of IDs
    #[command(subcommand)]
    Ledger(Later<cmd::ledger::Command>),
    /// Run a program and record the objects that it creates and deletes
    ///
    /// The program sends its requests to a proxy on this machine. The variable OPENAI_BASE_URL holds its address, and
    /// OPENAI_API_KEY holds its key. For a profile of Azure OpenAI, these are AZURE_OPENAI_ENDPOINT and
    /// AZURE_OPENAI_API_KEY instead. For a Foundry project, AZURE_AI_PROJECT_ENDPOINT, PROJECT_ENDPOINT and similar
    /// variables are set in addition. The program gets no credential of a profile. The proxy forwards all requests
    /// unchanged to the backend of the profile, and records the created and deleted objects in the ledger.
    ///
    /// The exit code is that of the program. It is 128 plus the signal number if a signal ended the program, 126 if the
    /// program cannot be run, and 127 if it is not found. It is 8 if the program succeeded and the cleanup failed.
    Record(Later<cmd::record::Record>),
    /// Export threads, with their messages, runs and files, into a folder
    ///
    /// For each thread, the folder contains the objects as the server sent them, a readable transcript, and the files
    /// that can be downloaded. manifest.json lists the length and the SHA-256 of each file. Run the same command again
    /// to export new data, or to continue after an interruption. Threads that were deleted at the backend stay in the
    /// export.
    Export(Later<Box<cmd::export::Export>>),
    /// Check and write manifests, from which files, vector stores and assistants are provisioned
    #[command(subcommand)]
    Manifest(Later<cmd::provision::manifest::Command>),
    /// Show what separates a backend from a manifest
    ///
    /// Reads the lists of the kinds that the manifest has, and changes nothing. Objects are found by the identity in their
    /// metadata, and files by their content, never by the name. An object that was changed at the backend since the last
    /// apply is shown as drifted.
    Plan(Later<cmd::provision::plan::Plan>),
    /// Change a backend until it matches a manifest
    ///
    /// Creates and updates the objects of the manifest, and prints their IDs. A second apply changes nothing. With
    /// --dry-run, prints the plan instead.
    Apply(Later<cmd::provision::apply::Apply>),
    /// Delete the objects that a manifest provisioned
    ///
    /// Deletes every object with the identity of the project and environment, after a confirmation and a snapshot.
    /// Objects with `lifecycle: {protect: true}` stay. With --dry-run, shows what would be deleted.
    Destroy(Later<cmd::provision::destroy::Destroy>),
    /// Send any request
    Api(Later<cmd::api::Api>),
    /// Run the embedded server
    Serve(Later<cmd::serve::Serve>),
    /// Manage profiles, the configured backends
    #[command(subcommand, visible_alias = "profile")]
    Profiles(Later<cmd::profiles::Command>),
    /// Show the main features on the embedded server
    ///
    /// Prints each command before it runs. Everything happens on the embedded server, in a temporary folder that is
    /// deleted at the end. Your data is neither read nor changed, and the network is not used.
    Demo(Later<cmd::demo::Demo>),
    #[command(flatten)]
    Generate(Generate),
}

/// Commands that generate output from the tree itself. They are implemented in a module above this one.
#[derive(Debug, clap::Subcommand)]
pub enum Generate {
    /// Print the completion script of a shell
    Completions {
        /// Shell to complete for
        shell: clap_complete::Shell,
        /// Complete names of profiles and the newest IDs of the ledger too, by running asst while a command is typed
        #[arg(long)]
        dynamic: bool,
    },
    /// Write the manual pages into a folder
    Man {
        /// Folder for the pages, such as ~/.local/share/man/man1; it is created if it is missing
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
            Self::VectorStores(Later(command)) => command.run(app),
            Self::Uploads(Later(command)) => command.run(app),
            Self::Conversations(Later(command)) => command.run(app),
            Self::Graph(Later(graph)) => graph.run(app),
            Self::Ledger(Later(command)) => command.run(app),
            Self::Record(Later(command)) => command.run(app),
            Self::Export(Later(command)) => command.run(app),
            Self::Manifest(Later(command)) => command.run(app),
            Self::Plan(Later(command)) => command.run(app),
            Self::Apply(Later(command)) => command.run(app),
            Self::Destroy(Later(command)) => command.run(app),
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
        for line in [
            "asst",
            "asst --help",
            "asst help threads",
            "asst threads list --help",
            "asst -qy threads list",
            "asst --bogus threads",
            "asst -p",
        ] {
            assert!(words(line).len() > 10, "{line}");
        }
    }
}
