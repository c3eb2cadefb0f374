//! The worker: a separate process that runs a filter.
//!
//! Neither the stack nor the memory of a filter can be limited within a process. A filter with endless recursion or
//! excessive memory ends only the worker.
//!
//! The parent writes the filter as a line of JSON, then one line for each value. The worker answers each value with a
//! line. The line is `+` and an array of results, or `-` and a string with the error.

use super::filter::CompiledFilter;
use super::limits::MAX_DEPTH;
use crate::env::resource_limits::limit_memory;
use crate::env::spawn;
use crate::json::{self, JsonLimits};
use serde_json::Value;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// The only argument of a worker process.
const ARGUMENT: &str = "__filter";

/// The memory limit of the worker, in bytes, in addition to the memory for the value.
const MEMORY: usize = 768 << 20;
/// The stack size for the filter, in bytes.
const STACK: usize = 64 << 20;
/// The maximum number of copies of a value in memory, as text and as values, before and after the filter.
const COPIES: usize = 32;
/// The time limit of a filter for one value.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// A worker process, as seen by its parent.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    input: Option<BufWriter<ChildStdin>>,
    output: BufReader<ChildStdout>,
}

/// Returns the error for a worker that has ended. It ends only if the filter exceeds a limit.
pub(super) fn out_of_memory() -> String {
    let (memory, stack) = (MEMORY >> 20, STACK >> 20);
    format!("it exceeded {memory} MiB of memory or {stack} MiB of stack; check it for recursion without an end")
}

impl Worker {
    /// Starts a worker for a filter.
    pub(super) fn start(filter: &str) -> io::Result<Self> {
        let mut command = spawn::this_program()?;
        command.arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
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
        let limits = JsonLimits { depth: MAX_DEPTH + 1, values: usize::MAX, bytes: usize::MAX };
        match (sign, json::read_within(text, limits).ok()?) {
            (b'+', Value::Array(results)) => Some(Ok(results)),
            (b'-', Value::String(reason)) => Some(Err(reason)),
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

/// Runs this process as a worker if the arguments request it, and returns the exit code.
pub fn run_worker(args: &[OsString]) -> Option<u8> {
    match args {
        [_, name] if name == ARGUMENT => Some(u8::from(run(io::stdin().lock(), io::stdout().lock()).is_err())),
        _ => None,
    }
}

fn run(mut input: impl BufRead, output: impl Write) -> io::Result<()> {
    let mut output = BufWriter::new(output);
    let Some(filter) = read_line(&mut input)? else { return Ok(()) };
    let filter = json::stored(filter).map_err(io::Error::other)?;
    let filter = CompiledFilter::parse(filter.as_str().unwrap_or_default()).map_err(io::Error::other)?;
    let (send, values) = sync_channel::<Vec<u8>>(1);
    let (results, receive) = sync_channel::<Vec<u8>>(1);
    std::thread::Builder::new().stack_size(STACK).spawn(move || evaluate_all(&filter, &values, &results))?;
    while let Some(value) = read_line(&mut input)? {
        limit_memory((MEMORY + COPIES * value.len()) as u64);
        send.send(value).map_err(io::Error::other)?;
        let (reply, late) = match receive.recv_timeout(TIME_LIMIT) {
            Ok(reply) => (reply, false),
            Err(RecvTimeoutError::Timeout) => {
                (error_line(&format!("it took longer than {} s for one value", TIME_LIMIT.as_secs())), true)
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

fn evaluate_all(filter: &CompiledFilter, values: &Receiver<Vec<u8>>, results: &SyncSender<Vec<u8>>) {
    for text in values {
        let reply =
            match json::stored(&text).map_err(|error| error.to_string()).and_then(|value| filter.evaluate(&value)) {
                Ok(found) => serde_json::to_vec(&found).map(|text| [b"+", text.as_slice()].concat()),
                Err(reason) => Ok(error_line(&reason)),
            };
        let reply = reply.unwrap_or_else(|error| error_line(&error.to_string()));
        if results.send(reply).is_err() {
            return;
        }
    }
}

fn error_line(reason: &str) -> Vec<u8> {
    format!("-{}", Value::from(reason)).into_bytes()
}

fn read_line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    input.read_until(b'\n', &mut line)?;
    Ok(line.strip_suffix(b"\n").map(<[u8]>::to_vec))
}
