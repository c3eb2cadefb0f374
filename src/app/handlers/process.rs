//! One handler at work: fed, listened to, and ended with all that it started.

use super::listen;
use super::{Answered, Failure};
use crate::env::children::Group;
use std::io;
use std::pin::pin;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// How long is listened for what a handler has said before it ended. All of that is in the pipes by then; longer holds out
/// only who left the group and kept them open.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How often is tried to start a file that somebody is still writing, and the time between two attempts.
const ATTEMPTS: usize = 10;
const PAUSE: Duration = Duration::from_millis(20);

/// Runs a handler with this on its standard input; each line of its talk is handed on. Dropped, it ends the handler and
/// all that is in its group.
pub(super) async fn run(command: Command, input: &[u8], heard: &dyn Fn(&str)) -> Answered {
    match attended(command, input, heard).await {
        Ok(answered) => answered,
        Err(failure) => failure.into(),
    }
}

async fn attended(mut command: Command, input: &[u8], heard: &dyn Fn(&str)) -> Result<Answered, Failure> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let mut child = started(&mut command).await?;
    // Dropped before the child is, which is reaped after that only.
    let group = Group::led_by(&child);
    let mut printed = Vec::new();
    {
        let (feed, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(mut feed), Some(out), Some(err)) = (feed, out, err) else {
            return Err(Failure::Lost("it has no standard streams".to_owned()));
        };
        let feed = async move {
            // A handler need not read what it is given.
            let _ = feed.write_all(input).await;
            drop(feed);
        };
        let talk = async { Ok(tokio::join!(feed, listen::talk(err, heard))) };
        let mut talk = pin!(async { tokio::try_join!(listen::output(out, &mut printed), talk) });
        let over = {
            let mut ended = pin!(group.leader_ended(&mut child));
            tokio::select! {
                over = &mut talk => {
                    over?;
                    ended.await;
                    true
                }
                () = &mut ended => false,
            }
        };
        // What a handler leaves behind ends with it, and lets go of the pipes.
        drop(group);
        if !over && let Ok(over) = tokio::time::timeout(LAST_WORDS, talk).await {
            over?;
        }
    }
    let status = child.wait().await.map_err(|error| Failure::Lost(error.to_string()))?;
    Ok(Answered::of(status, printed))
}

async fn started(command: &mut Command) -> Result<Child, Failure> {
    let mut attempts = 1..ATTEMPTS;
    loop {
        match command.spawn() {
            Ok(child) => return Ok(child),
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && attempts.next().is_some() => {
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(Failure::NotStarted(error.to_string())),
        }
    }
}
