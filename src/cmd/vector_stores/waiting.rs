//! The flags of commands that can wait until files are indexed.

use crate::api::vector_stores::{OfFileBatch, OfVectorStore, OfVectorStoreFile};
use crate::api::{Endpoint, Nothing};
use crate::app::{App, Call, Cardinality, DryRun, IfMissing, Payload, TableSpec};
use crate::cmd::crud::send_one;
use crate::cmd::request::Ids;
use crate::cmd::{Get, Send};
use crate::config::TimeLimit;
use crate::indexing::{IndexingOptions, IndexingStart, Target, wait_for, wait_for_all};
use anyhow::Result;
use std::time::Duration;

/// The default of `--timeout`: the maximum time without progress. A server may leave a file in progress for ever.
const TIMEOUT: Duration = Duration::from_secs(600);

/// The flags for waiting until files are indexed.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Waiting")]
pub(super) struct WaitFlags {
    /// Wait until the files are indexed; exit code 8 if some of them failed
    #[arg(long)]
    wait: bool,
    /// Stop waiting after DURATION without progress (exit code 25); indexing continues [default: 10m]
    #[arg(long, value_name = "DURATION", requires = "wait")]
    timeout: Option<TimeLimit>,
    /// Poll every DURATION, at most three times per second [default: the server's openai-poll-after-ms, else growing
    /// from 0.1 to 2 seconds]
    #[arg(long, value_name = "DURATION", requires = "wait")]
    poll_interval: Option<TimeLimit>,
}

impl WaitFlags {
    fn options(&self) -> IndexingOptions {
        IndexingOptions {
            timeout: self.timeout.map_or(TIMEOUT, |limit| limit.0),
            interval: self.poll_interval.map(|limit| limit.0),
        }
    }
}

/// A request that starts the indexing of files, and the flags for waiting until it ends.
#[derive(Debug, clap::Args)]
pub struct SendAndWait<E: Endpoint> {
    #[command(flatten)]
    send: Send<E>,
    #[command(flatten)]
    wait_flags: WaitFlags,
}

impl<E: Endpoint> SendAndWait<E> {
    pub(super) fn run(self, app: &App, table: TableSpec) -> Result<()> {
        let options = self.wait_flags.options();
        let (path, query, body) = self.send.into_parts();
        let call = Call::of::<E>(&path, &query, Payload::Json(body));
        if !self.wait_flags.wait {
            return send_one(app, table, call);
        }
        app.check_output(table)?;
        if app.dry(&call)? {
            return Ok(());
        }
        wait_for(app, table, IndexingStart::Request(Box::new(call)), options)
    }
}

/// Objects to get, and the flags for waiting until their files are indexed.
#[derive(Debug, clap::Args)]
pub struct GetAndWait<E: Endpoint> {
    #[command(flatten)]
    get: Get<E>,
    #[command(flatten)]
    wait_flags: WaitFlags,
}

/// The path of an object with files that are indexed: a vector store, one of its files, or a batch of files.
pub trait Indexed {
    /// Returns the object at the path, as the target of a wait.
    fn target(self) -> Target;
}

impl Indexed for OfVectorStore {
    fn target(self) -> Target {
        Target::Store(self)
    }
}

impl Indexed for OfVectorStoreFile {
    fn target(self) -> Target {
        Target::File(self)
    }
}

impl Indexed for OfFileBatch {
    fn target(self) -> Target {
        Target::Batch(self)
    }
}

impl<E: Endpoint<Path: Indexed, Query = Nothing>> GetAndWait<E> {
    pub(super) fn run(self, app: &App, table: TableSpec) -> Result<()> {
        if !self.wait_flags.wait {
            return self.get.run(app, table);
        }
        let options = self.wait_flags.options();
        let (ids, missing): (Ids<E>, IfMissing) = self.get.into_parts();
        let given = ids.paths(app)?;
        app.check_output(table)?;
        let mut targets: Vec<Target> = given.paths.into_iter().map(Indexed::target).collect();
        targets.iter().try_for_each(|target| app.check(&target.get()))?;
        if app.options().dry_run != DryRun::Off {
            return targets.iter().try_for_each(|target| app.dry(&target.get()).map(drop));
        }
        match (given.cardinality, targets.pop()) {
            (Cardinality::One, Some(target)) => {
                app.or_missing(wait_for(app, table, IndexingStart::Existing(target), options), missing)
            }
            (_, last) => {
                targets.extend(last);
                wait_for_all(app, table, targets, options, missing)
            }
        }
    }
}
