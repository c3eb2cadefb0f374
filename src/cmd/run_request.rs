//! Requests that start or continue a run. A command can then follow the run by streaming or polling, or return at once.

use super::columns::RUNS;
use super::crud::send_one;
use super::handlers::HandlerFlags;
use super::request::Send;
use crate::api::Endpoint;
use crate::app::{App, Call, Payload};
use crate::config::TimeLimit;
use crate::exit::Usage;
use crate::runs::{FollowMode, FollowOptions, OnInterrupt, RunStart, ShownResult, follow, requests_stream};
use anyhow::Result;

/// A request that starts or continues a run.
#[derive(Debug, clap::Args)]
pub struct RunRequest<E: Endpoint> {
    #[command(flatten)]
    send: Send<E>,
    /// Wait until the run ends, and show its answer
    #[arg(long, help_heading = WAITING)]
    wait: bool,
    #[command(flatten)]
    follow_flags: FollowFlags,
    #[command(flatten)]
    handlers: HandlerFlags,
}

const WAITING: &str = "Waiting";

/// The flags for following a run: its time limits, and what happens to the run on an interrupt.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = WAITING)]
pub(super) struct FollowFlags {
    /// Wait at most DURATION in all, such as 90s; after that, the run continues (exit code 25)
    #[arg(long, value_name = "DURATION")]
    timeout: Option<TimeLimit>,
    /// Poll every DURATION, at most three times per second [default: the server's openai-poll-after-ms, else growing
    /// from 0.1 to 2 seconds]
    #[arg(long, value_name = "DURATION")]
    poll_interval: Option<TimeLimit>,
    /// Cancel the run on Ctrl-C or SIGTERM without asking
    #[arg(long)]
    cancel_on_interrupt: bool,
}

impl FollowFlags {
    /// Returns the options for following a run.
    pub(super) fn options(&self, mode: FollowMode) -> FollowOptions {
        FollowOptions {
            mode,
            timeout: self.timeout.map(|span| span.0),
            interval: self.poll_interval.map(|span| span.0),
            on_interrupt: if self.cancel_on_interrupt { OnInterrupt::Cancel } else { OnInterrupt::Ask },
        }
    }

    /// Returns the first given flag of this group. Such a flag has no meaning if the run is not followed.
    fn first_given(&self) -> Option<&'static str> {
        let flags = [
            ("--timeout", self.timeout.is_some()),
            ("--poll-interval", self.poll_interval.is_some()),
            ("--cancel-on-interrupt", self.cancel_on_interrupt),
        ];
        flags.into_iter().find_map(|(flag, given)| given.then_some(flag))
    }
}

impl<E: Endpoint> RunRequest<E> {
    /// Sends the request, and follows the run if this was requested.
    pub(super) fn run(self, app: &App) -> Result<()> {
        let (path, query, body) = self.send.into_parts();
        let mode = if requests_stream(&body) { FollowMode::Stream } else { FollowMode::Poll };
        let call = Call::of::<E>(&path, &query, Payload::Json(body));
        // Handlers need a followed run, so they imply waiting unless the run is streamed.
        let wait = self.wait || mode == FollowMode::Poll && self.handlers.any();
        send_and_follow(app, call, mode, wait, &self.follow_flags, self.handlers)
    }
}

/// Sends the request and follows the run. If neither streaming nor waiting is requested, prints the response and
/// returns.
fn send_and_follow(
    app: &App,
    call: Call,
    mode: FollowMode,
    wait: bool,
    follow_flags: &FollowFlags,
    handlers: HandlerFlags,
) -> Result<()> {
    let handlers = handlers.prepare(app)?;
    if mode == FollowMode::Poll && !wait {
        if let Some(flag) = follow_flags.first_given() {
            let message = format!("{flag} needs --wait or --stream");
            return Err(Usage::hinted(
                message,
                "pass --wait to wait for the run, or --stream to print its output as it arrives",
            )
            .into());
        }
        return send_one(app, RUNS, call);
    }
    app.check_output(RUNS)?;
    if app.dry(&call)? {
        return Ok(());
    }
    let shown = if wait { ShownResult::RunWithMessages } else { ShownResult::Run };
    let (start, options) = (RunStart::Request(Box::new(call)), follow_flags.options(mode));
    match &handlers {
        None => follow(app, RUNS, start, options, shown, None),
        Some(handlers) => follow(app, RUNS, start, options, shown, Some(&mut |run| Box::pin(handlers.respond(run)))),
    }
}
