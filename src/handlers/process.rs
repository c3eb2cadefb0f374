//! Execution of one handler: its input, its output, and the termination of its whole process group.

use super::output_capture;
use super::{Answered, Failure};
use crate::env::process_groups::ProcessGroup;
use std::io;
use std::pin::pin;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// The time to read the remaining output after a handler has ended.
///
/// All its output is in the pipes by then. Only a process that left the group and kept the pipes open can take longer.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The maximum number of attempts to start a file that another process is still writing, and the pause between two
/// attempts.
const ATTEMPTS: usize = 10;
const PAUSE: Duration = Duration::from_millis(20);

/// Runs a handler with `input` on its stdin, and passes each line of its stderr to the callback.
///
/// Dropping the future terminates the handler and its process group.
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
    // The group must be dropped before the child is reaped, while its process ID is still reserved.
    let group = ProcessGroup::of_leader(&child);
    let mut printed = Vec::new();
    {
        let (feed, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(mut feed), Some(out), Some(err)) = (feed, out, err) else {
            return Err(Failure::Lost("it has no standard streams".to_owned()));
        };
        let feed = async move {
            // A handler may ignore its input, so a write error is not a failure.
            let _ = feed.write_all(input).await;
            drop(feed);
        };
        let talk = async { Ok(tokio::join!(feed, output_capture::talk(err, heard))) };
        let mut talk = pin!(async { tokio::try_join!(output_capture::output(out, &mut printed), talk) });
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
        // Terminates the processes that the handler left behind, which closes the pipes.
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
