//! The arguments of commands: path IDs, query, body, and the flags that are common to all commands of one form.

use crate::api::{Endpoint, PathArgs, args, ids};
use crate::app::App;
use crate::exit::Usage;
use crate::intake::id_lines::from_stdin;
use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Map, Value};
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
    pub whole: Whole,
}

/// The complete request body, and the members to clear.
#[derive(Debug, Default, clap::Args)]
pub struct Whole {
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

/// One or several IDs, with their parents before them. `-` reads them from standard input.
#[derive(Debug)]
pub(super) struct Ids<E: Endpoint> {
    pub query: E::Query,
    texts: Vec<String>,
    allow_empty: bool,
    endpoint: PhantomData<fn() -> E>,
}

/// The paths of the objects on the command line. `count` decides whether the output is an object or an array.
#[derive(Debug)]
pub(super) struct RequestPaths<P> {
    pub paths: Vec<P>,
    pub count: Count,
}

/// The number of objects that the syntax of the command line implies, whatever the actual number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    One,
    Several,
}

/// The reason why the arguments or lines of standard input are not valid IDs.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadIds {
    #[error("expected {expected}, found {found} IDs")]
    Few { expected: String, found: usize },
    #[error("`-` must come last, with only the IDs of parents before it")]
    Dash,
    #[error(transparent)]
    Bad(#[from] ids::BadId),
}

impl<E: Endpoint> Ids<E> {
    /// Returns the paths. Reads standard input to its end if `-` was given.
    pub(super) fn paths(&self, app: &App) -> Result<RequestPaths<E::Path>> {
        let texts: Vec<&str> = self.texts.iter().map(String::as_str).collect();
        let wanted = E::Path::KINDS.len();
        match texts.as_slice() {
            [parents @ .., "-"] if parents.len() < wanted => {
                let kinds: Vec<_> = E::Path::KINDS[parents.len()..].iter().copied().map(Some).collect();
                let rows = from_stdin(app, &kinds, app.options().any_id, self.allow_empty)?;
                let path = |row: &Vec<String>| {
                    let row = row.iter().map(String::as_str);
                    E::Path::from_texts(&parents.iter().copied().chain(row).collect::<Vec<_>>())
                };
                let paths = rows.iter().map(path).collect::<Result<_, _>>().map_err(BadIds::Bad);
                Ok(RequestPaths { paths: paths.map_err(usage)?, count: Count::Several })
            }
            texts => self.named(texts).map_err(|bad| usage(bad).into()),
        }
    }

    /// Returns the paths from the command line.
    fn named(&self, texts: &[&str]) -> Result<RequestPaths<E::Path>, BadIds> {
        let wanted = E::Path::KINDS.len();
        if texts.len() < wanted {
            return Err(BadIds::Few { expected: value_names::<E>().join(" "), found: texts.len() });
        }
        if texts.contains(&"-") {
            return Err(BadIds::Dash);
        }
        let (parents, own) = texts.split_at(wanted - 1);
        let path = |id: &&str| E::Path::from_texts(&[parents, &[*id]].concat());
        let count = if own.len() == 1 { Count::One } else { Count::Several };
        Ok(RequestPaths { paths: own.iter().map(path).collect::<Result<_, _>>()?, count })
    }
}

fn usage(error: BadIds) -> Usage {
    Usage::new(error.to_string())
}

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
