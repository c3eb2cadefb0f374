//! The command line: the tree of commands (this file), the global flags (`global.rs`), the parser (`parse.rs`), and the
//! examples in the help texts (`examples.rs`). Nothing here depends on what the commands do.

mod examples;
mod global;
mod parse;

pub use global::Global;
pub use parse::{Parsed, parse};

use crate::app::App;
use crate::cmd::{self, LazyCommand};
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
    /// Returns the tree with all commands built. It has no `help` command, which would contain all commands again.
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

    /// Returns the tree for parsing `args`, which contains only the command that they name. Such a tree is faster to
    /// build, because clap copies the global flags to every command of a tree.
    ///
    /// Returns the whole tree if the arguments name no command, or if an argument before it is not a global flag.
    fn tree_for(args: &[OsString]) -> clap::Command {
        if args.iter().skip(1).all(|arg| arg.as_encoded_bytes().starts_with(b"-")) {
            // No command will be parsed, so none needs the global flags.
            return Self::command().mut_args(|arg| arg.global(false));
        }
        if requests_help(args) {
            return Self::tree_with_help();
        }
        let tree = Global::augment_args(clap::Command::new("asst").max_term_width(WIDTH).disable_help_subcommand(true));
        let all = Command::augment_subcommands(clap::Command::new("asst"));
        match command_name(args, &tree).and_then(|name| all.find_subcommand(name)) {
            Some(found) => tree.subcommand(found.clone()),
            None => Self::command(),
        }
    }
}

/// Returns `true` if the arguments request the long help, which has examples.
fn requests_help(args: &[OsString]) -> bool {
    args.iter().skip(1).take_while(|arg| *arg != "--").any(|arg| arg == "--help" || arg == "help")
}

/// Returns the name of the command: the first argument that is neither a global flag nor the value of one. `tree` has
/// the global flags. Returns `None` if there is no such argument, or if an unknown flag comes before it.
fn command_name<'a>(args: &'a [OsString], tree: &clap::Command) -> Option<&'a OsString> {
    let mut args = args.iter().skip(1);
    loop {
        let word = args.next()?;
        let Some(flag) = word.to_str()?.strip_prefix('-') else { return Some(word) };
        let (name, has_value) = flag.split_once('=').map_or((flag, false), |(name, _)| (name, true));
        let has_this_name = |arg: &&clap::Arg| match name.strip_prefix('-') {
            Some(long) => arg.get_long() == Some(long),
            None => arg.get_short().is_some_and(|short| name.chars().eq([short])),
        };
        let arg = tree.get_arguments().find(has_this_name)?;
        let is_value_optional = arg.get_num_args().is_some_and(|range| range.min_values() == 0);
        if arg.get_action().takes_values() && !has_value && !is_value_optional {
            args.next()?;
        }
    }
}

/// The commands of the first level: one for each noun, and those that do not belong to a single noun.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Manage assistants
    #[command(subcommand, visible_alias = "assistant")]
    Assistants(LazyCommand<cmd::assistants::Command>),
    /// Manage threads, and list them from the ledger
    #[command(subcommand, visible_alias = "thread")]
    Threads(LazyCommand<cmd::threads::Command>),
    /// Manage the messages of a thread
    #[command(subcommand, visible_alias = "message")]
    Messages(LazyCommand<cmd::messages::Command>),
    /// Manage the runs of a thread
    #[command(subcommand, visible_alias = "run")]
    Runs(LazyCommand<cmd::runs::Command>),
    /// Show the steps of a run
    #[command(subcommand, visible_alias = "step")]
    Steps(LazyCommand<cmd::steps::Command>),
    /// Manage files
    #[command(subcommand, visible_alias = "file")]
    Files(LazyCommand<cmd::files::Command>),
    /// Manage vector stores, which index files for searches
    #[command(subcommand, visible_alias = "vector-store")]
    VectorStores(LazyCommand<cmd::vector_stores::Command>),
    /// Upload large files in parts
    #[command(subcommand, visible_alias = "upload")]
    Uploads(LazyCommand<cmd::uploads::Command>),
    /// Manage conversations
    #[command(subcommand, visible_alias = "conversation")]
    Conversations(LazyCommand<cmd::conversations::Command>),
    /// Show the references between assistants, threads, vector stores, and files
    ///
    /// Prints a tree with sizes and idle times, and marks candidates for a prune. The graph has the tool resources of
    /// assistants and threads, and the files of vector stores. Threads are included if the backend lists them. The
    /// command does not read messages, so a mark proves nothing; the prune commands check each candidate.
    Graph(LazyCommand<cmd::graph::GraphArgs>),
    /// Manage the ledger of IDs
    #[command(subcommand)]
    Ledger(LazyCommand<cmd::ledger::Command>),
    /// Run a program and record the objects that it creates and deletes
    ///
    /// The program sends its requests to a proxy on this machine. Its variable OPENAI_BASE_URL has the address of the
    /// proxy, and OPENAI_API_KEY the key. For a profile of Azure OpenAI, AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY
    /// are set instead. For a Foundry project, AZURE_AI_PROJECT_ENDPOINT, PROJECT_ENDPOINT and similar variables are
    /// set in addition. The program gets no credential of a profile. The proxy forwards all requests unchanged to the
    /// backend of the profile, and records the created and deleted objects in the ledger.
    ///
    /// The exit code is that of the program. It is 128 plus the signal number if a signal ended the program, 126 if the
    /// program cannot be run, and 127 if it is not found. It is 8 if the program succeeded and the cleanup failed.
    Record(LazyCommand<cmd::record::RecordProgram>),
    /// Export threads, conversations, vector stores, assistants, files and uploads into a folder
    ///
    /// The folder is an archive. It contains the objects as the server sent them: threads with their messages, runs,
    /// run steps and a readable transcript, conversations with their items, and vector stores with the lists of their
    /// files. It also contains the lists of assistants and files, the uploads in the ledger, and each file that another
    /// object names, if it can be downloaded.
    ///
    /// manifest.json lists the length and the SHA-256 of each file of the archive. Run the same command again to export
    /// new data, or to continue after an interruption. Objects that were deleted at the backend stay in the archive.
    ///
    /// Filters such as --metadata select threads and conversations in the ledger. All other kinds are exported as a
    /// whole; --kind selects the kinds.
    Export(LazyCommand<Box<cmd::export::Export>>),
    /// Create the threads and conversations of an archive at another backend
    ///
    /// Reads an archive that `asst export` wrote, and creates its threads with all messages in order, or conversations
    /// with items. The new objects have new IDs; the archive keeps a map from the old to the new IDs. Metadata has the old
    /// ID and the old times. Run the same command again to continue after an interruption, or to add messages that a
    /// later export has added to the archive.
    ///
    /// No API can create runs, run steps, citations, or the calls of hosted tools. Each line names what is changed or lost.
    /// With --dry-run, the command only prints these lines and sends nothing.
    Restore(LazyCommand<Box<cmd::restore::Restore>>),
    /// Check and write manifests, from which files, vector stores and assistants are provisioned
    #[command(subcommand)]
    Manifest(LazyCommand<cmd::provision::manifest::Command>),
    /// Show the differences between a backend and a manifest
    ///
    /// Lists the objects of the kinds that the manifest contains, and changes nothing. The command finds objects by the
    /// identity in their metadata, and files by their content, never by the name. An object that was changed at the
    /// backend since the last apply is shown as drifted.
    Plan(LazyCommand<cmd::provision::plan::Plan>),
    /// Show the differences between two objects, or between an object and the manifest
    ///
    /// An object is an ID, a file, or a NAME of the manifest: NAME, SECTION.NAME, or NAME@ENV for the object at the
    /// backend of another environment. A single NAME compares the backend with the manifest. A file has an object as
    /// `get -o json` prints it; its path contains a `/`, ends in .json, .yaml or .yml, or is `-`. Only members that a
    /// manifest can state are compared, in the canonical form of `asst plan`.
    Diff(LazyCommand<cmd::provision::diff::Diff>),
    /// Change a backend until it matches a manifest
    ///
    /// Creates and updates the objects of the manifest, and prints their IDs. If the command runs again without a
    /// change of the manifest or the backend, it changes nothing. With --dry-run, it prints the plan instead.
    Apply(LazyCommand<cmd::provision::apply::Apply>),
    /// Write a manifest from the objects of a backend
    ///
    /// Writes asst.yaml, and separate files for long instructions and functions. By default, pulls the objects of the
    /// project and environment. Objects without an identity get an entry under `adopt`. Overwrites a file with other
    /// contents only with --force, and then keeps members that only the manifest has, such as `sync`.
    ///
    /// With --drift, changes an existing manifest in place: each member that was changed at the backend since the last
    /// apply gets the value of the backend. Everything else stays as it is.
    Pull(LazyCommand<cmd::provision::pull::Pull>),
    /// Delete the objects that a manifest provisioned
    ///
    /// Deletes every object with the identity of the project and environment, after a confirmation and a snapshot.
    /// Objects with `lifecycle: {protect: true}` are kept. With --dry-run, the command shows what would be deleted.
    Destroy(LazyCommand<cmd::provision::destroy::Destroy>),
    /// Send any request
    Api(LazyCommand<cmd::api::Api>),
    /// Run the embedded server
    Serve(LazyCommand<cmd::serve::Serve>),
    /// Manage profiles, the configured backends
    #[command(subcommand, visible_alias = "profile")]
    Profiles(LazyCommand<cmd::profiles::Command>),
    /// Show the main features on the embedded server
    ///
    /// Prints each command before it runs. Everything happens on the embedded server, in a temporary folder that is
    /// deleted at the end. Your data is neither read nor changed, and the network is not used.
    Demo(LazyCommand<cmd::demo::Demo>),
    #[command(flatten)]
    Generate(Generate),
}

/// Commands that generate output from the tree of commands. The module `generate` implements them.
#[derive(Debug, clap::Subcommand)]
pub enum Generate {
    /// Print the completion script of a shell
    Completions {
        /// Shell to complete for
        shell: clap_complete::Shell,
        /// Also complete the names of profiles and the newest IDs of the ledger, by running asst on each completion
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
            Self::Assistants(LazyCommand(command)) => command.run(app),
            Self::Threads(LazyCommand(command)) => command.run(app),
            Self::Messages(LazyCommand(command)) => command.run(app),
            Self::Runs(LazyCommand(command)) => command.run(app),
            Self::Steps(LazyCommand(command)) => command.run(app),
            Self::Files(LazyCommand(command)) => command.run(app),
            Self::VectorStores(LazyCommand(command)) => command.run(app),
            Self::Uploads(LazyCommand(command)) => command.run(app),
            Self::Conversations(LazyCommand(command)) => command.run(app),
            Self::Graph(LazyCommand(graph)) => graph.run(app),
            Self::Ledger(LazyCommand(command)) => command.run(app),
            Self::Record(LazyCommand(command)) => command.run(app),
            Self::Export(LazyCommand(command)) => command.run(app),
            Self::Restore(LazyCommand(command)) => command.run(app),
            Self::Manifest(LazyCommand(command)) => command.run(app),
            Self::Plan(LazyCommand(command)) => command.run(app),
            Self::Diff(LazyCommand(command)) => command.run(app),
            Self::Apply(LazyCommand(command)) => command.run(app),
            Self::Pull(LazyCommand(command)) => command.run(app),
            Self::Destroy(LazyCommand(command)) => command.run(app),
            Self::Api(LazyCommand(command)) => command.run(app),
            Self::Serve(LazyCommand(command)) => command.run(app),
            Self::Profiles(LazyCommand(command)) => command.run(app),
            Self::Demo(LazyCommand(command)) => command.run(app),
            Self::Generate(what) => generate(what, app),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_of_commands_passes_the_checks_of_clap() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_named_command_is_found_after_global_flags_only() {
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
