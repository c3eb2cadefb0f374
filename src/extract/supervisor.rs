//! Starts a worker process for a document, collects the text that it sends, and ends the process.

use super::event::WorkerEvent;
use super::failure::ExtractionFailure;
use super::kind::DocumentKind;
use super::limits::ExtractionLimits;
use super::worker::{TIME_EXCEEDED, Task, unreadable};
use crate::env::process_groups::{self, ProcessGroup};
use crate::env::spawn;
use std::fs::File;
use std::io;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, BufReader, copy, sink};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// The time beyond the time limit after which a worker that has not ended by itself is killed.
const GRACE: Duration = Duration::from_secs(2);
/// The number of bytes of a worker's standard error that are kept for the log.
const STDERR_KEPT: u64 = 4 << 10;

/// Reads a document in a worker, and returns its text in pieces. Dropping the future ends the worker.
///
/// The text is returned as a whole, so that a slow receiver does not use up the time of the worker. Its size is
/// limited.
///
/// # Errors
/// Returns an error if the document has no readable text, a limit is exceeded, or no worker can be started.
pub(super) async fn read(
    file: File,
    kind: DocumentKind,
    limits: &ExtractionLimits,
) -> Result<Vec<String>, ExtractionFailure> {
    let mut child = start(file, kind, limits).map_err(ExtractionFailure::server)?;
    // The group is dropped before the child is reaped, while its process ID is still reserved.
    let group = ProcessGroup::of_leader(&child);
    let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(ExtractionFailure::server("the worker has no standard streams"));
    };
    let work = async {
        let (result, stderr) = tokio::join!(collect(out), read_stderr(err));
        if result.is_none() {
            group.leader_ended(&mut child).await;
        }
        (result, stderr)
    };
    let finished = timeout(limits.time + GRACE, work).await;
    drop(group);
    let Ok((result, stderr)) = finished else { return Err(time_limit_exceeded(limits)) };
    match result {
        Some(result) => result,
        None => Err(failure_of_ended_worker(&mut child, &stderr, limits).await),
    }
}

fn start(file: File, kind: DocumentKind, limits: &ExtractionLimits) -> io::Result<Child> {
    let command = match &limits.worker {
        Some(program) => spawn::worker(program),
        None => spawn::this_program()?,
    };
    let mut command = Command::from(command);
    let task = Task { kind, time: limits.time, memory: limits.memory, text: limits.text };
    command.args(task.args());
    command.stdin(Stdio::from(file)).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    // Signals of the terminal go to the server, which ends its workers.
    #[cfg(unix)]
    command.process_group(0);
    command.spawn()
}

/// Returns the text of a worker, or `None` if it ended without a result.
async fn collect(out: impl AsyncRead + Unpin) -> Option<Result<Vec<String>, ExtractionFailure>> {
    let mut out = BufReader::new(out);
    let mut pieces = Vec::new();
    loop {
        match WorkerEvent::read(&mut out).await {
            Ok(Some(WorkerEvent::Piece(piece))) => pieces.push(piece),
            Ok(Some(WorkerEvent::Complete)) => return Some(Ok(pieces)),
            Ok(Some(WorkerEvent::Failed(failure))) => return Some(Err(failure)),
            // The worker may have died while it wrote an event.
            Ok(None) | Err(_) => return None,
        }
    }
}

/// Returns the beginning of the standard error. The rest is read, so that the worker is not blocked.
async fn read_stderr(mut err: impl AsyncRead + Unpin) -> String {
    let mut stderr = Vec::new();
    let _ = (&mut err).take(STDERR_KEPT).read_to_end(&mut stderr).await;
    let _ = copy(&mut err, &mut sink()).await;
    String::from_utf8_lossy(&stderr).trim().to_owned()
}

/// Returns the failure for a worker that ended without a result.
async fn failure_of_ended_worker(child: &mut Child, stderr: &str, limits: &ExtractionLimits) -> ExtractionFailure {
    let status = match child.wait().await {
        Ok(status) => status,
        Err(error) => return ExtractionFailure::server(error),
    };
    let how = match process_groups::signal(status) {
        None if status.code() == Some(TIME_EXCEEDED.into()) => return time_limit_exceeded(limits),
        None => format!("exit code {}", process_groups::exit_code(status)),
        Some(signal) => format!("signal {signal}"),
    };
    unreadable().with_detail(format!("the worker ended with {how}: {stderr}"))
}

fn time_limit_exceeded(limits: &ExtractionLimits) -> ExtractionFailure {
    ExtractionFailure::invalid(format!("Reading the document took longer than {} s.", limits.time.as_secs_f32()))
}
