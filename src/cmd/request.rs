//! The arguments of commands that send a request: the IDs of the path, the query, the body, and the flags that are
//! common to all such commands.

use crate::api::{Endpoint, Method, PathArgs, args, ids};
use crate::app::{App, Cardinality};
use crate::exit::Usage;
use crate::intake::id_lines::from_stdin;
use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::hash::Hash;
use std::marker::PhantomData;

/// The help of `--allow-empty`.
pub(super) const ALLOW_EMPTY: &str = "Accept standard input without IDs [default: an error, because a pipeline whose \
    first command failed looks the same]";

/// The arguments of a list: path, paging, and the total limit.
#[derive(Debug, clap::Args)]
pub struct List<E: Endpoint> {
    #[command(flatten)]
    pub path: E::Path,
    /// List at most N items [default: all]
    // The `limit` of the protocol is the page size, which is `--page-size` here.
    #[arg(id = "total", long = "limit", value_name = "N", value_parser = crate::config::parse_positive::<u64>)]
    pub limit: Option<u64>,
    #[command(flatten)]
    pub query: E::Query,
}

/// A request with a body.
#[derive(Debug, clap::Args)]
pub struct Send<E: Endpoint> {
    #[command(flatten)]
    pub path: E::Path,
    #[command(flatten)]
    pub query: E::Query,
    #[command(flatten)]
    pub body: E::Body,
    #[command(flatten)]
    pub whole: WholeBody,
}

/// The flags for the request body as a whole: a complete body, and members to clear.
#[derive(Debug, Default, clap::Args)]
pub struct WholeBody {
    /// Complete request body; flags override its members
    #[arg(long = "body", value_name = "JSON|@path|-", value_parser = args::body, help_heading = "Whole request")]
    pub base: Option<Map<String, Value>>,
    /// Member to clear by sending null (repeatable or comma-separated)
    #[arg(long, value_name = "MEMBER", value_delimiter = ',', help_heading = "Whole request")]
    pub unset: Vec<String>,
}

/// A request without a body that changes one object, such as a cancel.
#[derive(Debug, clap::Args)]
pub struct Bare<E: Endpoint> {
    #[command(flatten)]
    pub path: E::Path,
}

impl<E: Endpoint> Send<E> {
    /// Returns the path, the query, and the assembled body.
    pub fn into_parts(self) -> (E::Path, E::Query, Map<String, Value>) {
        (self.path, self.query, crate::api::assemble(self.whole.base, self.body, &self.whole.unset))
    }
}

/// The IDs of one or several objects, with the IDs of their parents before them. `-` reads IDs from standard input.
#[derive(Debug)]
pub(super) struct Ids<E: Endpoint> {
    pub query: E::Query,
    texts: Vec<String>,
    allow_empty: bool,
    endpoint: PhantomData<fn() -> E>,
}

/// The paths of the objects that the command line names.
#[derive(Debug)]
pub(super) struct RequestPaths<P> {
    pub paths: Vec<P>,
    /// Whether the output is one object or an array. One ID on the command line means one object. Several IDs or `-`
    /// mean an array, even if standard input contains only one ID.
    pub cardinality: Cardinality,
}

/// The reason why the arguments or the lines of standard input do not have valid IDs.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadIds {
    #[error("expected {expected}, found {found} IDs")]
    TooFew { expected: String, found: usize },
    #[error("`-` must come last, with only the IDs of parents before it")]
    MisplacedDash,
    #[error(transparent)]
    Invalid(#[from] ids::BadId),
}

impl<E: Endpoint> Ids<E> {
    /// Returns the paths. Reads standard input to its end if `-` was given.
    pub(super) fn paths(&self, app: &App) -> Result<RequestPaths<E::Path>> {
        let texts: Vec<&str> = self.texts.iter().map(String::as_str).collect();
        let ids_per_path = E::Path::KINDS.len();
        match texts.as_slice() {
            [parents @ .., "-"] if parents.len() < ids_per_path => {
                let kinds: Vec<_> = E::Path::KINDS[parents.len()..].iter().copied().map(Some).collect();
                let mut rows = from_stdin(app, &kinds, app.options().any_id, self.allow_empty)?;
                if deletes::<E>() {
                    remove_repetitions(&mut rows);
                }
                let path = |row: &Vec<String>| {
                    let row = row.iter().map(String::as_str);
                    E::Path::from_texts(&parents.iter().copied().chain(row).collect::<Vec<_>>())
                };
                let paths = rows.iter().map(path).collect::<Result<_, _>>().map_err(BadIds::Invalid);
                Ok(RequestPaths { paths: paths.map_err(usage)?, cardinality: Cardinality::Many })
            }
            texts => self.paths_of_arguments(texts).map_err(|error| usage(error).into()),
        }
    }

    /// Returns the paths from arguments: the IDs of the parents, and then those of one or more objects.
    fn paths_of_arguments(&self, texts: &[&str]) -> Result<RequestPaths<E::Path>, BadIds> {
        let ids_per_path = E::Path::KINDS.len();
        if texts.len() < ids_per_path {
            return Err(BadIds::TooFew { expected: value_names::<E>().join(" "), found: texts.len() });
        }
        if texts.contains(&"-") {
            return Err(BadIds::MisplacedDash);
        }
        let (parents, objects) = texts.split_at(ids_per_path - 1);
        let path = |id: &&str| E::Path::from_texts(&[parents, &[*id]].concat());
        let cardinality = if objects.len() == 1 { Cardinality::One } else { Cardinality::Many };
        let mut objects = objects.to_vec();
        if deletes::<E>() {
            remove_repetitions(&mut objects);
        }
        Ok(RequestPaths { paths: objects.iter().map(path).collect::<Result<_, _>>()?, cardinality })
    }
}

/// Returns `true` if requests to the endpoint delete objects. A second deletion of an object would report it as missing.
fn deletes<E: Endpoint>() -> bool {
    E::SPEC.method == Method::Delete
}

/// Keeps only the first of equal items.
fn remove_repetitions<T: Clone + Eq + Hash>(items: &mut Vec<T>) {
    let mut seen = HashSet::new();
    items.retain(|item| seen.insert(item.clone()));
}

fn usage(error: BadIds) -> Usage {
    Usage::new(error.to_string())
}

/// Returns the names of the IDs of a path, as in the usage line: `THREAD_ID`, `RUN_ID`.
fn value_names<E: Endpoint>() -> Vec<String> {
    E::Path::NAMES.iter().map(|name| name.to_uppercase()).collect()
}

impl<E: Endpoint> clap::FromArgMatches for Ids<E> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let texts = matches.get_many::<String>("ids").into_iter().flatten().cloned().collect();
        let allow_empty = matches.get_flag("allow_empty");
        Ok(Self { query: E::Query::from_arg_matches(matches)?, texts, allow_empty, endpoint: PhantomData })
    }
    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<E: Endpoint> clap::Args for Ids<E> {
    fn augment_args(command: Command) -> Command {
        let names = value_names::<E>();
        let ids = Arg::new("ids").help(help(&names)).num_args(1..).required(true).value_name(names.join("> <"));
        let allow = Arg::new("allow_empty").long("allow-empty").help(ALLOW_EMPTY).action(ArgAction::SetTrue);
        E::Query::augment_args(command.arg(ids).arg(allow))
    }
    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn help(names: &[String]) -> String {
    match names {
        [_, _, ..] => {
            "IDs of the parents and of one or more objects; with -, each line of standard input starts with the \
            missing IDs"
                .into()
        }
        _ => "One or more IDs; with -, each line of standard input starts with an ID".into(),
    }
}
