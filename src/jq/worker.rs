//! The worker: a separate process that runs a filter.
//!
//! Neither the stack nor the memory of a filter can be limited within a process. A filter with endless recursion or
//! excessive memory ends only the worker.
//!
//! The parent writes the filter as a line of JSON, then one line for each value. The worker answers each value with a
//! line. The line is `+` and an array of results, or `-` and a string with the error.

use super::{DEEPEST, Jq};
use crate::env::resource_limits::limit_memory;
use crate::env::spawn;
use crate::json::{self, Limits};
use serde_json::Value;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// The only argument of a worker process.
const NAME: &str = "__filter";

/// The memory limit of the worker, in bytes, in addition to the share of the value.
const MEMORY: usize = 768 << 20;
/// The stack size for the filter, in bytes.
const STACK: usize = 64 << 20;
/// The maximum number of copies of a value in memory, as text and as values, before and after the filter.
const COPIES: usize = 32;
/// The time limit of a filter for one value.
const PATIENCE: Duration = Duration::from_secs(30);

/// A worker process, as seen by its parent.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    input: Option<BufWriter<ChildStdin>>,
    output: BufReader<ChildStdout>,
}

/// Returns the error for a worker that has ended.
pub(super) fn stopped() -> String {
    let (memory, stack) = (MEMORY >> 20, STACK >> 20);
    format!(
        "it was stopped: a filter may take {memory} MiB of memory and {stack} MiB of stack. Does it recurse without end?"
    )
}

impl Worker {
    /// Starts a worker for a filter.
    pub(super) fn start(filter: &str) -> io::Result<Self> {
        let mut command = spawn::own()?;
        command.arg(NAME).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(input), Some(output)) = (input, output) else { return Err(io::ErrorKind::BrokenPipe.into()) };
        let mut worker = Self { child, input: Some(BufWriter::new(input)), output: BufReader::new(output) };
        worker.send(&Value::from(filter))?;
        Ok(worker)
    }

    /// Applies the filter to a value. Returns `None` if the worker has ended.
    pub(super) fn apply(&mut self, value: &Value) -> Option<Result<Vec<Value>, String>> {
        self.send(value).ok()?;
        let mut line = Vec::new();
        self.output.read_until(b'\n', &mut line).ok()?;
        let (sign, text) = line.strip_suffix(b"\n")?.split_first()?;
        let limits = Limits { depth: DEEPEST + 1, values: usize::MAX, bytes: usize::MAX };
        match (sign, json::read_within(text, limits).ok()?) {
            (b'+', Value::Array(results)) => Some(Ok(results)),
            (b'-', Value::String(why)) => Some(Err(why)),
            _ => None,
        }
    }

    fn send(&mut self, value: &Value) -> io::Result<()> {
        let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        serde_json::to_writer(&mut *input, value)?;
        input.write_all(b"\n")?;
        input.flush()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.input = None; // The worker ends when its input ends.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs as a worker if the arguments request it, and returns the exit code.
pub fn work(args: &[OsString]) -> Option<u8> {
    match args {
        [_, name] if name == NAME => Some(u8::from(serve(io::stdin().lock(), io::stdout().lock()).is_err())),
        _ => None,
    }
}

fn serve(mut input: impl BufRead, output: impl Write) -> io::Result<()> {
    let mut output = BufWriter::new(output);
    let Some(filter) = line(&mut input)? else { return Ok(()) };
    let filter = json::stored(filter).map_err(io::Error::other)?;
    let jq = Jq::parse(filter.as_str().unwrap_or_default()).map_err(io::Error::other)?;
    let (send, values) = sync_channel::<Vec<u8>>(1);
    let (results, receive) = sync_channel::<Vec<u8>>(1);
    std::thread::Builder::new().stack_size(STACK).spawn(move || filter_all(&jq, &values, &results))?;
    while let Some(value) = line(&mut input)? {
        limit_memory((MEMORY + COPIES * value.len()) as u64);
        send.send(value).map_err(io::Error::other)?;
        let (reply, late) = match receive.recv_timeout(PATIENCE) {
            Ok(reply) => (reply, false),
            Err(RecvTimeoutError::Timeout) => {
                (refusal(&format!("it took longer than {} s for one value", PATIENCE.as_secs())), true)
            }
            Err(RecvTimeoutError::Disconnected) => return Err(io::ErrorKind::BrokenPipe.into()),
        };
        output.write_all(&reply)?;
        output.write_all(b"\n")?;
        output.flush()?;
        if late {
            break;
        }
    }
    Ok(())
}

fn filter_all(jq: &Jq, values: &Receiver<Vec<u8>>, results: &SyncSender<Vec<u8>>) {
    for text in values {
        let reply = match json::stored(&text).map_err(|error| error.to_string()).and_then(|value| jq.evaluate(&value)) {
            Ok(found) => serde_json::to_vec(&found).map(|text| [b"+", text.as_slice()].concat()),
            Err(why) => Ok(refusal(&why)),
        };
        let reply = reply.unwrap_or_else(|error| refusal(&error.to_string()));
        if results.send(reply).is_err() {
            return;
        }
    }
}

fn refusal(why: &str) -> Vec<u8> {
    format!("-{}", Value::from(why)).into_bytes()
}

fn line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    input.read_until(b'\n', &mut line)?;
    Ok(line.strip_suffix(b"\n").map(<[u8]>::to_vec))
}
