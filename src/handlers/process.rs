//! Execution of one handler: writes its input, reads its output, and terminates its process group.

use super::error::ToolCallError;
use super::output_capture::{read_stderr, read_stdout};
use super::result::ToolCallResult;
use crate::env::process_groups::ProcessGroup;
use std::io;
use std::pin::pin;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// The maximum time to read the remaining output after a handler has ended.
///
/// All its output is then in the pipes, so that reading ends at once. It takes longer only if a process has left the
/// group and keeps the pipes open.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// The maximum number of attempts to start a file that another process is still writing.
const MAX_ATTEMPTS: usize = 10;
/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(20);

/// Runs a handler with `input` on its stdin, and passes each line of its stderr to `print`.
///
/// Dropping the future terminates the handler and its process group.
pub(super) async fn run(command: Command, input: &[u8], print: &dyn Fn(&str)) -> ToolCallResult {
    match run_to_end(command, input, print).await {
        Ok(result) => result,
        Err(error) => error.into(),
    }
}

async fn run_to_end(mut command: Command, input: &[u8], print: &dyn Fn(&str)) -> Result<ToolCallResult, ToolCallError> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let mut child = spawn(&mut command).await?;
    // The group must be dropped before the child is reaped, while its process ID is still reserved.
    let group = ProcessGroup::of_leader(&child);
    let mut output = Vec::new();
    {
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(mut stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
            return Err(ToolCallError::Io("it has no standard streams".to_owned()));
        };
        let write = async move {
            // A handler may ignore its input, so a write error is not a failure.
            let _ = stdin.write_all(input).await;
            drop(stdin);
        };
        let write_and_print = async { Ok(tokio::join!(write, read_stderr(stderr, print))) };
        let mut streams = pin!(async { tokio::try_join!(read_stdout(stdout, &mut output), write_and_print) });
        let streams_ended = {
            let mut ended = pin!(group.leader_ended(&mut child));
            tokio::select! {
                result = &mut streams => {
                    result?;
                    ended.await;
                    true
                }
                () = &mut ended => false,
            }
        };
        // Terminates the processes that the handler left behind, which closes the pipes.
        drop(group);
        if !streams_ended && let Ok(result) = tokio::time::timeout(DRAIN_TIMEOUT, streams).await {
            result?;
        }
    }
    let status = child.wait().await.map_err(|error| ToolCallError::Io(error.to_string()))?;
    Ok(ToolCallResult::of_handler(status, output))
}

/// Starts a process. Retries while another process is still writing the file of the program, such as `cp` or a build.
async fn spawn(command: &mut Command) -> Result<Child, ToolCallError> {
    let mut attempt = 1;
    loop {
        match command.spawn() {
            Ok(child) => return Ok(child),
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && attempt < MAX_ATTEMPTS => {
                attempt += 1;
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(ToolCallError::NotStarted(error.to_string())),
        }
    }
}
