//! Starts a worker for a document, collects its text, and ends it.

use super::event::WorkerEvent;
use super::failure::ExtractionFailure;
use super::kind::DocumentKind;
use super::limits::ExtractionLimits;
use super::worker::{LATE, Task, unreadable};
use crate::env::process_groups::{self, ProcessGroup};
use crate::env::spawn;
use std::fs::File;
use std::io;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, BufReader, copy, sink};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// The time after which a worker that did not end by itself is ended.
const GRACE: Duration = Duration::from_secs(2);
/// The number of bytes of the standard error of a worker that are kept for the log.
const LAST_WORDS: u64 = 4 << 10;

/// Reads a document in a worker, and returns its text in pieces. Dropping the future ends the worker.
///
/// The text is returned as a whole, so that a slow receiver does not use up the time of the worker. Its size is limited.
///
/// # Errors
/// If the document has no readable text, a limit is exceeded, or no worker can be started.
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
    let talk = async {
        let (over, words) = tokio::join!(collect(out), last_words(err));
        if over.is_none() {
            group.leader_ended(&mut child).await;
        }
        (over, words)
    };
    let talk = timeout(limits.time + GRACE, talk).await;
    drop(group);
    let Ok((over, words)) = talk else { return Err(late(limits)) };
    match over {
        Some(result) => result,
        None => Err(ended(&mut child, &words, limits).await),
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
async fn last_words(mut err: impl AsyncRead + Unpin) -> String {
    let mut words = Vec::new();
    let _ = (&mut err).take(LAST_WORDS).read_to_end(&mut words).await;
    let _ = copy(&mut err, &mut sink()).await;
    String::from_utf8_lossy(&words).trim().to_owned()
}

/// Returns the failure for a worker that ended without a result.
async fn ended(child: &mut Child, words: &str, limits: &ExtractionLimits) -> ExtractionFailure {
    let status = match child.wait().await {
        Ok(status) => status,
        Err(error) => return ExtractionFailure::server(error),
    };
    let how = match process_groups::signal(status) {
        None if status.code() == Some(LATE.into()) => return late(limits),
        None => format!("exit code {}", process_groups::exit_code(status)),
        Some(signal) => format!("signal {signal}"),
    };
    unreadable().with_detail(format!("the worker ended with {how}: {words}"))
}

fn late(limits: &ExtractionLimits) -> ExtractionFailure {
    ExtractionFailure::invalid(format!("Reading the document took longer than {} s.", limits.time.as_secs_f32()))
}
