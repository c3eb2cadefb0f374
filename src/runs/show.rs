//! The output of commands that follow runs.

use super::interrupt::{Watch, attend_runs};
use super::messages::messages_of;
use super::output::{Lines, Voice};
use super::text::Text;
use super::{ActionHandler, FollowMode, FollowOptions, Following, RunStart, SharedActionHandler, leave_waiting};
use crate::api::runs::OfRun;
use crate::app::{App, Outcomes, Shape, Sheet};
use crate::exit::{self, DONE};
use crate::ui::OutputError;
use crate::view::Format;
use anyhow::Result;
use futures_util::stream::{self, StreamExt};
use serde_json::Value;
use std::pin::pin;

/// The result to show of a followed run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownResult {
    /// The run only.
    Run,
    /// The run, with its messages as a member.
    RunWithMessages,
}

/// Follows a run to its end. Shows the answer as text, or in the requested output format.
pub fn follow(
    app: &App,
    sheet: Sheet,
    begin: RunStart,
    options: FollowOptions,
    shown: ShownResult,
    answers: Option<&mut ActionHandler<'_>>,
) -> Result<()> {
    let watch = Watch::default();
    let mut voice = voice(app, sheet, options.mode)?;
    let work = async {
        let mut following = Following::new(app, options, &watch);
        let run = match answers {
            Some(answers) => following.follow(begin, &mut voice, answers).await,
            None => following.follow(begin, &mut voice, &mut leave_waiting).await,
        };
        let run = match run {
            Ok(run) => run,
            Err(error) => {
                voice.give_up()?;
                return Err(error);
            }
        };
        let streamed = following.streamed;
        match &mut voice {
            Voice::Text(text) => {
                if !streamed {
                    messages_of(app, &run).await?.iter().for_each(|message| text.message(message));
                }
                text.end(app).await?;
            }
            Voice::Events(_) if streamed => {}
            Voice::Events(_) => voice.polled(&run)?,
            Voice::Silent => app.show(sheet, &as_wanted(app, run.clone(), shown).await?)?,
        }
        Ok(following.verdict(&run)?)
    };
    attend_runs(app, options.on_interrupt, &watch, work)
}

/// Follows several runs at once. Shows them in the order given, each as soon as it and those before it have ended.
pub fn follow_all(
    app: &App,
    sheet: Sheet,
    runs: Vec<OfRun>,
    options: FollowOptions,
    shown: ShownResult,
    answers: &SharedActionHandler<'_>,
) -> Result<()> {
    let watch = Watch::default();
    let most = runs.len().max(1);
    let mut printer = app.printer(sheet, Shape::Many)?;
    let mut outcomes = Outcomes::default();
    let watching = &watch;
    let work = async {
        let ended = stream::iter(runs).map(|path| async move {
            let mut following = Following::new(app, options, watching);
            let begin = RunStart::Existing(path);
            let run = following.follow(begin, &mut Voice::Silent, &mut |run| answers(run)).await?;
            let verdict = following.verdict(&run);
            Ok::<_, anyhow::Error>((as_wanted(app, run, shown).await?, verdict))
        });
        let mut ended = pin!(ended.buffered(most));
        while let Some(run) = ended.next().await {
            let result = match run {
                Ok((run, verdict)) => {
                    app.ui().out(&printer.item(&run)?)?;
                    verdict.map_err(anyhow::Error::from)
                }
                Err(error) => Err(error),
            };
            outcomes.add(told(app, result)?);
        }
        app.ui().out(&printer.end()?)?;
        app.tell_unseen(&printer);
        outcomes.result()
    };
    attend_runs(app, options.on_interrupt, &watch, work)
}

/// Reports a failure and returns its exit code.
fn told(app: &App, result: Result<()>) -> Result<u8> {
    let Err(error) = result else { return Ok(DONE) };
    let Some(report) = exit::report(&error) else { return Err(OutputError::Closed.into()) };
    app.ui().error(&report);
    Ok(report.exit_code)
}

/// Returns the output for a run in progress. Text is used only if no other format was requested.
fn voice(app: &App, sheet: Sheet, mode: FollowMode) -> Result<Voice> {
    let ui = app.shared_ui();
    if mode == FollowMode::Stream && app.format()? == Format::Jsonl {
        let filter = app.options().jq.is_some().then(|| app.printer(sheet, Shape::One)).transpose()?;
        return Ok(Voice::Events(Lines::new(ui, filter)));
    }
    let project = || Ok::<_, anyhow::Error>(app.project()?.is_some_and(|project| project.output.is_some()));
    let formed = app.options().format.is_some() || app.options().jq.is_some() || app.invocation.has("columns");
    Ok(if formed || project()? { Voice::Silent } else { Voice::Text(Box::new(Text::new(ui))) })
}

async fn as_wanted(app: &App, mut run: Value, shown: ShownResult) -> Result<Value> {
    if shown == ShownResult::RunWithMessages {
        let structured =
            app.options().jq.is_some() || matches!(app.format()?, Format::Json | Format::Jsonl | Format::Yaml);
        if structured && run.is_object() {
            run["messages"] = messages_of(app, &run).await?.into();
        }
    }
    Ok(run)
}
