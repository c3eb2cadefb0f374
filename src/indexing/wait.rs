//! Waits until the files of one target, or of several, are indexed. A target is a vector store, one of its files, or a
//! batch.

use super::failures::report_failures;
use super::progress::Progress;
use super::target::Target;
use crate::app::polling::{PollSchedule, Polled};
use crate::app::{App, Call, Cardinality, IfMissing, Outcomes, TableSpec, Work};
use crate::client::{ApiResponse, ClientError, id_of};
use crate::exit::{self, DONE, FAILED, RUN_TIMEOUT, RunEnded};
use anyhow::{Context, Result};
use futures_util::stream::{self, StreamExt};
use serde_json::Value;
use std::pin::pin;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The options of a wait.
#[derive(Debug, Clone, Copy)]
pub struct IndexingOptions {
    /// The maximum time without progress.
    pub timeout: Duration,
    /// The time between two polls. It overrides the interval of the server and the growing default.
    pub interval: Option<Duration>,
}

/// The starting point of a wait.
#[derive(Debug, Clone)]
pub enum IndexingStart {
    /// A request that creates the target.
    Request(Box<Call>),
    /// A target that exists.
    Existing(Target),
}

/// Waits until the files of a target are indexed, and prints its last state as `table` describes.
///
/// # Errors
/// Returns an error if a request fails, at the deadline, or if files could not be indexed.
pub fn wait_for(app: &App, table: TableSpec, start: IndexingStart, options: IndexingOptions) -> Result<()> {
    app.wait(async {
        let (target, first) = match start {
            IndexingStart::Request(call) => created(app, *call).await?,
            IndexingStart::Existing(target) => {
                let response = app.call(target.get()).await?;
                (target, response)
            }
        };
        let mut wait = IndexingWait::new(app, &target, options);
        wait.shows_tally = true;
        let (object, result) = wait.poll_to_end(first).await;
        app.show(table, &object)?;
        wait.finish(&object, result).await
    })
}

/// Sends a request that begins to index files, and waits until they are indexed. Prints nothing.
///
/// # Errors
/// Returns an error if a request fails, at the deadline, or if files could not be indexed.
pub async fn add_and_wait(app: &App, call: Call, options: IndexingOptions) -> Result<()> {
    let (target, first) = created(app, call).await?;
    let mut wait = IndexingWait::new(app, &target, options);
    let (object, result) = wait.poll_to_end(first).await;
    wait.finish(&object, result).await
}

/// Waits for several targets at once. Prints their last states in the given order.
///
/// # Errors
/// Returns an error with the combined exit code. The outcome of each target was already reported.
pub fn wait_for_all(
    app: &App,
    table: TableSpec,
    targets: Vec<Target>,
    options: IndexingOptions,
    missing: IfMissing,
) -> Result<()> {
    let mut printer = app.printer(table, Cardinality::Many)?;
    let mut outcomes = Outcomes::default();
    let next = "run the same command again".to_owned();
    app.tally().begin(Work { done: "indexed", total: Some(targets.len() as u64), next });
    app.wait(async {
        let concurrency = app.profile()?.concurrency;
        let waits = stream::iter(targets).map(|target| async move {
            let first = app.call(target.get()).await?;
            let mut wait = IndexingWait::new(app, &target, options);
            let (object, result) = wait.poll_to_end(first).await;
            let result = wait.finish(&object, result).await;
            Ok::<_, anyhow::Error>((object, result))
        });
        let mut waits = pin!(waits.buffered(concurrency));
        while let Some(ended) = waits.next().await {
            let result = match ended {
                Ok((object, result)) => {
                    app.ui().out(&printer.item(&object)?)?;
                    result
                }
                Err(error) => Err(error),
            };
            let code = report(app, result, missing)?;
            if code == DONE {
                app.tally().done()
            } else {
                app.tally().failed()
            }
            outcomes.add(code);
        }
        app.ui().out(&printer.end()?)?;
        app.warn_unknown_columns(&printer);
        outcomes.result()
    })
}

/// Waits until the files of a target are indexed, without output. Returns its last state, and the error that ended the
/// wait early. Files that could not be indexed are not an error here.
pub(crate) async fn wait_silently(app: &App, target: &Target, options: IndexingOptions) -> (Value, Result<()>) {
    match app.call(target.get()).await {
        Ok(first) => IndexingWait::new(app, target, options).poll_to_end(first).await,
        Err(error) => (Value::Null, Err(error)),
    }
}

/// Sends the request that creates a target.
async fn created(app: &App, call: Call) -> Result<(Target, ApiResponse)> {
    let (spec, parents) = (call.spec, call.ids.clone());
    let response = app.call(call).await?;
    let id = id_of(&response.value).context("the response has no ID")?;
    Ok((Target::created_by(spec, &parents, &id)?, response))
}

/// Reports a failure, unless it was reported already, and returns its exit code.
fn report(app: &App, result: Result<()>, missing: IfMissing) -> Result<u8> {
    match result {
        Ok(()) => Ok(DONE),
        Err(error) => app.report_failure(&error, missing),
    }
}

/// The wait for one target.
struct IndexingWait<'a> {
    app: &'a App,
    target: &'a Target,
    options: IndexingOptions,
    schedule: PollSchedule,
    since: std::time::Instant,
    /// The last progress that differs from the one before.
    progress: Progress,
    deadline: Instant,
    /// The last response. It is shown if a later request fails.
    object: Value,
    /// `true` if the counts of this target are part of the message of an interrupted command.
    shows_tally: bool,
}

impl<'a> IndexingWait<'a> {
    fn new(app: &'a App, target: &'a Target, options: IndexingOptions) -> Self {
        Self {
            app,
            target,
            options,
            schedule: PollSchedule::new(options.interval),
            since: std::time::Instant::now(),
            progress: Progress::default(),
            deadline: Instant::now() + options.timeout,
            object: Value::Null,
            shows_tally: false,
        }
    }

    /// Polls until nothing is in progress any more. Returns the last state, and the error that ended the wait early.
    async fn poll_to_end(&mut self, first: ApiResponse) -> (Value, Result<()>) {
        let (app, target) = (self.app, self.target);
        let result = async {
            self.observe(first).await?;
            if self.progress.has_stopped(target) {
                return Ok(());
            }
            app.poll(self, ()).await
        };
        let result = result.await;
        (self.object.clone(), result)
    }

    /// Stores a response. If there is progress, extends the deadline.
    async fn observe(&mut self, response: ApiResponse) -> Result<()> {
        let progress = Progress::of(self.target, &response.value);
        if progress.status.is_empty() {
            // Without a status, the target would be polled until the deadline.
            let reason = "it has no status".to_owned();
            // The response may be the only place that has the ID of a new object.
            if self.object.is_null() {
                self.object = response.value;
            }
            let error = ClientError::InvalidResponse { reason, request_id: response.request_id };
            return Err(self.app.explain(&self.target.get(), error).await.into());
        }
        if progress != self.progress {
            self.deadline = Instant::now() + self.options.timeout;
            self.schedule.restart();
        }
        if self.shows_tally {
            let total = Some(progress.total).filter(|total| *total > 0);
            let tally = self.app.tally();
            tally.begin(Work { done: "indexed", total, next: self.target.wait_hint() });
            tally.add(progress.completed);
            (0..progress.failed + progress.cancelled).for_each(|_| tally.failed());
        }
        self.schedule.set_server_pause(response.poll_after);
        self.progress = progress;
        self.object = response.value;
        Ok(())
    }

    /// Returns the outcome of the wait, after reporting the files that could not be indexed.
    async fn finish(&self, object: &Value, result: Result<()>) -> Result<()> {
        result?;
        if self.progress.is_expired_store(self.target) {
            let message = format!("{} has expired; its files are not indexed", self.target.describe());
            let hint = Some("create a vector store with the same files".to_owned());
            return Err(RunEnded { code: FAILED, message, cause: None, server_code: None, hint }.into());
        }
        match self.progress.has_failures() {
            true => report_failures(self.app, self.target, object, &self.progress).await,
            false => Ok(()),
        }
    }
}

impl Polled for IndexingWait<'_> {
    type State = ();

    fn since(&self) -> std::time::Instant {
        self.since
    }

    fn describe(&self, (): &()) -> String {
        format!("{}: {}", self.target.describe(), self.progress.describe())
    }

    fn schedule(&mut self) -> &mut PollSchedule {
        &mut self.schedule
    }

    fn deadline(&self) -> Option<Instant> {
        Some(self.deadline)
    }

    fn timed_out(&self, (): &()) -> anyhow::Error {
        let (seconds, progress) = (self.options.timeout.as_secs_f64(), self.progress.describe());
        let message = format!("{} made no progress for {seconds} s: {progress}", self.target.describe());
        let hint = Some(self.target.wait_hint());
        RunEnded { code: RUN_TIMEOUT, message, cause: None, server_code: None, hint }.into()
    }

    async fn request(&mut self, (): &()) -> Result<()> {
        self.schedule.polled(Instant::now());
        let response = match timeout_at(self.deadline, self.app.call(self.target.get())).await {
            Ok(response) => response.map_err(|error| exit::with_hint(error, |_| Some(self.target.wait_hint())))?,
            Err(_) => return Err(self.timed_out(&())),
        };
        self.observe(response).await
    }

    fn has_stopped(&self, (): &()) -> bool {
        self.progress.has_stopped(self.target)
    }
}
