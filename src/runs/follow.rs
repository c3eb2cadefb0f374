//! The loop that follows a run to its end, and the output of the result.

use super::describe::report_tool_calls;
use super::event_output::EventOutput;
use super::followed_runs::FollowedRuns;
use super::follower::RunFollower;
use super::interrupt::run_until_interrupted;
use super::messages::messages_of;
use super::options::{
    ActionHandler, FollowMode, FollowOptions, RunStart, SharedActionHandler, ShownResult, leave_waiting,
};
use super::output::RunOutput;
use super::run::{run_at_path, run_in_request};
use super::text_output::TextOutput;
use super::tool_calls::AfterAction;
use crate::api::objects::{JsonObject, Run};
use crate::api::runs::OfRun;
use crate::app::{App, Cardinality, Outcomes, TableSpec};
use crate::exit::{self, DONE, IncompleteList};
use crate::ui::OutputError;
use crate::view::Format;
use anyhow::Result;
use futures_util::stream::{self, StreamExt};
use serde_json::Value;
use std::pin::pin;

/// Follows a run to its end. Shows the answer as text, or the run in the requested output format. `handler` answers its
/// tool calls. Without a handler, a run that requires action is left waiting.
///
/// # Errors
/// Returns an error if a request fails, or with the exit code of a run that did not complete.
pub fn follow(
    app: &App,
    table: TableSpec,
    start: RunStart,
    options: FollowOptions,
    shown: ShownResult,
    handler: Option<&mut ActionHandler<'_>>,
) -> Result<()> {
    let runs = FollowedRuns::default();
    let mut output = output(app, table, options.mode)?;
    let work = async {
        let mut follower = RunFollower::new(app, options, &runs);
        let run = match handler {
            Some(handler) => follower.follow(start, &mut output, handler).await,
            None => follower.follow(start, &mut output, &mut leave_waiting).await,
        };
        let run = match run {
            Ok(run) => run,
            Err(error) => {
                output.end_line()?;
                return Err(error);
            }
        };
        let mut incomplete = None;
        match &mut output {
            RunOutput::Text(text) => {
                if !follower.is_streamed {
                    let listed = messages_of(app, &run).await?;
                    listed.messages.iter().for_each(|message| text.message(message));
                    incomplete = listed.incomplete;
                }
                text.end(app).await?;
            }
            RunOutput::Events(_) if follower.is_streamed => {}
            RunOutput::Events(_) => output.final_state(&run)?,
            RunOutput::None => {
                let (value, reason) = with_messages(app, run.clone(), shown).await?;
                app.show(table, &value)?;
                incomplete = reason;
            }
        }
        follower.outcome(&run)?;
        Ok(incomplete.map_or(Ok(()), Err)?)
    };
    run_until_interrupted(app, options.on_interrupt, &runs, work)
}

/// Follows several runs at once. Shows them in the order given, each as soon as it and those before it have ended.
///
/// # Errors
/// Returns an error with the combined exit code of the runs. The outcome of each run was already reported.
pub fn follow_all(
    app: &App,
    table: TableSpec,
    paths: Vec<OfRun>,
    options: FollowOptions,
    shown: ShownResult,
    handler: &SharedActionHandler<'_>,
) -> Result<()> {
    let runs = FollowedRuns::default();
    let concurrency = paths.len().max(1);
    let mut printer = app.printer(table, Cardinality::Many)?;
    let mut outcomes = Outcomes::default();
    let followed = &runs;
    let work = async {
        let ended = stream::iter(paths).map(|path| async move {
            let mut follower = RunFollower::new(app, options, followed);
            let start = RunStart::Existing(path);
            let run = follower.follow(start, &mut RunOutput::None, &mut |run| handler(run)).await?;
            let outcome = follower.outcome(&run);
            Ok::<_, anyhow::Error>((with_messages(app, run, shown).await?, outcome))
        });
        let mut ended = pin!(ended.buffered(concurrency));
        while let Some(run) = ended.next().await {
            let result = match run {
                Ok(((run, incomplete), outcome)) => {
                    app.ui().out(&printer.item(&run)?)?;
                    outcome.map_err(anyhow::Error::from).and_then(|()| Ok(incomplete.map_or(Ok(()), Err)?))
                }
                Err(error) => Err(error),
            };
            outcomes.add(report(app, result)?);
        }
        app.ui().out(&printer.end()?)?;
        app.warn_unknown_columns(&printer);
        outcomes.result()
    };
    run_until_interrupted(app, options.on_interrupt, &runs, work)
}

impl RunFollower<'_> {
    /// Follows a run until it has ended, or until it requires action and `handler` submits no outputs. Returns its last
    /// state.
    async fn follow(
        &mut self,
        start: RunStart,
        output: &mut RunOutput,
        handler: &mut ActionHandler<'_>,
    ) -> Result<Run> {
        let mut run = match start {
            RunStart::Request(call) => {
                run_in_request(&call).iter().for_each(|run| self.runs.update(run));
                self.round(*call, output).await?
            }
            RunStart::Existing(path) => {
                self.runs.update(&run_at_path(&path));
                self.is_streamed = false;
                self.request_run(&path).await?
            }
        };
        while !run.has_ended() {
            run = if run.requires_action() && !self.is_cancelled {
                output.end_line()?;
                report_tool_calls(self.app.ui(), &run);
                match self.handle_action(run, output, handler).await? {
                    AfterAction::Continues(run) => run,
                    AfterAction::Left(run) => return Ok(run),
                }
            } else {
                self.is_streamed = false;
                self.poll(run).await?
            };
        }
        Ok(run)
    }
}

/// Reports a failure and returns its exit code.
fn report(app: &App, result: Result<()>) -> Result<u8> {
    let Err(error) = result else { return Ok(DONE) };
    let Some(report) = exit::report(&error) else { return Err(OutputError::Closed.into()) };
    app.ui().error(&report);
    Ok(report.exit_code)
}

/// Returns the output for a run in progress. It is text only if neither an option nor the project file selects a
/// format.
fn output(app: &App, table: TableSpec, mode: FollowMode) -> Result<RunOutput> {
    let ui = app.shared_ui();
    if mode == FollowMode::Stream && app.format()? == Format::Jsonl {
        let filter = app.options().jq.is_some().then(|| app.printer(table, Cardinality::One)).transpose()?;
        return Ok(RunOutput::Events(EventOutput::new(ui, filter)));
    }
    let in_project = || Ok::<_, anyhow::Error>(app.project()?.is_some_and(|project| project.output.is_some()));
    let in_options = app.options().format.is_some() || app.options().jq.is_some() || app.invocation.has("columns");
    let has_format = in_options || in_project()?;
    Ok(if has_format { RunOutput::None } else { RunOutput::Text(Box::new(TextOutput::new(ui))) })
}

/// Returns the run to show, and an error if the list of its messages may be incomplete. The run has its messages as a
/// member if they were requested and the format shows all members.
async fn with_messages(app: &App, mut run: Run, shown: ShownResult) -> Result<(Value, Option<IncompleteList>)> {
    let mut incomplete = None;
    let is_json = app.options().jq.is_some() || matches!(app.format()?, Format::Json | Format::Jsonl | Format::Yaml);
    if shown == ShownResult::RunWithMessages && is_json {
        let listed = messages_of(app, &run).await?;
        run.set("messages", listed.messages.into_iter().map(Value::from).collect::<Vec<_>>());
        incomplete = listed.incomplete;
    }
    Ok((run.into(), incomplete))
}
