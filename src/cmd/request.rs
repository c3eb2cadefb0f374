//! What a command takes: path ids, query, body, and the flags that every command of its form has.

use crate::api::{Endpoint, Kind, PathArgs, args, ids};
use anyhow::Result;
use clap::{Arg, ArgMatches, Command};
use serde_json::{Map, Value};
use std::marker::PhantomData;

/// A list: its path, its paging, and how many items are wanted in all.
#[derive(Debug, clap::Args)]
pub struct List<E: Endpoint> {
    #[command(flatten)]
    pub path: E::Path,
    /// Items wanted in all [default: everything]
    // `limit` on the wire is the size of a page, which is `--page-size` here.
    #[arg(id = "total", long = "limit", value_name = "N", value_parser = crate::config::positive::<u64>)]
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

/// The whole request at once, and what is to be cleared.
#[derive(Debug, Default, clap::Args)]
pub struct Whole {
    /// The whole request; flags are laid over it
    #[arg(long = "body", value_name = "JSON|@path|-", value_parser = args::body, help_heading = "Whole request")]
    pub base: Option<Map<String, Value>>,
    /// Send null for a member, which clears it (repeatable, or with commas)
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
    /// Returns path, query and the body as it will be sent.
    pub fn into_parts(self) -> (E::Path, E::Query, Map<String, Value>) {
        (self.path, self.query, crate::api::assemble(self.whole.base, self.body, &self.whole.unset))
    }
}

/// One or several ids, with their parents before them; `-` reads them from standard input.
#[derive(Debug)]
pub(super) struct Ids<E: Endpoint> {
    pub query: E::Query,
    texts: Vec<String>,
    endpoint: PhantomData<fn() -> E>,
}

/// The objects that a command was given, and whether one was given by name: then the answer is an object, else an array.
#[derive(Debug)]
pub(super) struct Given<P> {
    pub paths: Vec<P>,
    pub count: Count,
}

/// How many objects the command line speaks of, whatever their number turns out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    One,
    Several,
}

/// Why what stands on the command line or on standard input cannot be ids.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadIds {
    #[error("expected {expected}, found {found} ids")]
    Few { expected: String, found: usize },
    #[error("standard input, line {line}: {reason}")]
    Line { line: usize, reason: String },
    #[error("no ids on standard input")]
    Empty,
    #[error("`-` stands for all that is wanted, and comes last with nothing but parents before it")]
    Dash,
    #[error(transparent)]
    Bad(#[from] ids::BadId),
    #[error(transparent)]
    Input(#[from] crate::env::input::InputError),
}

impl<E: Endpoint> Ids<E> {
    /// Returns the paths, reading standard input to its end where `-` was given.
    pub(super) fn paths(&self) -> Result<Given<E::Path>, BadIds> {
        let texts: Vec<&str> = self.texts.iter().map(String::as_str).collect();
        let wanted = E::Path::KINDS.len();
        match texts.as_slice() {
            [parents @ .., "-"] if parents.len() < wanted => {
                let input = crate::env::input::read_text("-")?;
                Ok(Given { paths: from_lines(parents, &input)?, count: Count::Several })
            }
            texts if texts.len() < wanted => {
                Err(BadIds::Few { expected: value_names(E::Path::KINDS).join(" "), found: texts.len() })
            }
            texts if texts.contains(&"-") => Err(BadIds::Dash),
            texts => {
                let (parents, own) = texts.split_at(wanted - 1);
                let path = |id: &&str| E::Path::from_texts(&[parents, &[*id]].concat());
                let count = if own.len() == 1 { Count::One } else { Count::Several };
                Ok(Given { paths: own.iter().map(path).collect::<Result<_, _>>()?, count })
            }
        }
    }
}

/// Reads `ID` lines, or `PARENT<TAB>ID` where parents are wanted that the command line did not give. Further columns are
/// ignored, so that any listing of asst can be piped in; empty lines too.
fn from_lines<P: PathArgs>(parents: &[&str], input: &str) -> Result<Vec<P>, BadIds> {
    let wanted = P::KINDS.len() - parents.len();
    let mut paths = Vec::new();
    // The mark with which some systems begin a text is no part of the first id.
    let input = input.strip_prefix('\u{feff}').unwrap_or(input);
    for (line, text) in input.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
        let line = line + 1;
        let columns: Vec<&str> = text.split('\t').map(str::trim).take(wanted).collect();
        if columns.len() < wanted {
            let names = value_names(&P::KINDS[parents.len()..]).join("<TAB>");
            return Err(BadIds::Line { line, reason: format!("expected {names}") });
        }
        let path = P::from_texts(&[parents, &columns].concat());
        paths.push(path.map_err(|error| BadIds::Line { line, reason: error.to_string() })?);
    }
    if paths.is_empty() { Err(BadIds::Empty) } else { Ok(paths) }
}

fn value_names(kinds: &[Kind]) -> Vec<String> {
    kinds.iter().map(|kind| format!("{}_ID", kind.name().to_uppercase())).collect()
}

impl<E: Endpoint> clap::FromArgMatches for Ids<E> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let texts = matches.get_many::<String>("ids").into_iter().flatten().cloned().collect();
        Ok(Self { query: E::Query::from_arg_matches(matches)?, texts, endpoint: PhantomData })
    }
    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<E: Endpoint> clap::Args for Ids<E> {
    fn augment_args(command: Command) -> Command {
        let names = value_names(E::Path::KINDS);
        let ids = Arg::new("ids").help(help(&names)).num_args(1..).required(true).value_name(names.join("> <"));
        E::Query::augment_args(command.arg(ids))
    }
    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn help(names: &[String]) -> String {
    match names {
        [_, _, ..] => {
            "Ids of the parents and of one or more objects; - reads the rest from standard input, separated by tabs"
                .into()
        }
        _ => "One or more ids; - reads them from standard input, one a line".into(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::api::messages::OfMessage;
    use crate::api::parts::OfThread;

    #[test]
    fn any_listing_can_be_piped_in() {
        let paths: Vec<OfThread> = from_lines(&[], "thread_1\tlive\n\nthread_2\n").unwrap();
        assert_eq!(paths.iter().map(|path| path.thread_id.as_str()).collect::<Vec<_>>(), ["thread_1", "thread_2"]);
        let paths: Vec<OfMessage> = from_lines(&["thread_1"], "msg_1\tuser\n").unwrap();
        assert_eq!(paths[0].texts(), ["thread_1", "msg_1"]);
        let paths: Vec<OfMessage> = from_lines(&[], "thread_1\tmsg_1\r\n").unwrap();
        assert_eq!(paths[0].texts(), ["thread_1", "msg_1"]);
    }

    #[test]
    fn what_is_not_an_id_stops_it_with_the_line() {
        let error = from_lines::<OfThread>(&[], "thread_1\nnot an id\n").unwrap_err().to_string();
        assert!(error.starts_with("standard input, line 2: "), "{error}");
        let error = from_lines::<OfMessage>(&[], "thread_1\n").unwrap_err().to_string();
        assert_eq!(error, "standard input, line 1: expected THREAD_ID<TAB>MESSAGE_ID");
        assert!(matches!(from_lines::<OfThread>(&[], "\n"), Err(BadIds::Empty)));
    }
}
