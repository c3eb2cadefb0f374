//! The worker: a child process that reads one document.
//!
//! The file is its standard input, and it writes events to its standard output. It has no environment variables. It
//! ends by itself when its time is over or its parent process has ended.

use super::event::WorkerEvent;
use super::failure::ExtractionFailure;
use super::kind::DocumentKind;
use super::pieces::Pieces;
use super::{office, pdf};
use crate::env::resource_limits::{limit_memory, limit_processor_time};
use std::any::Any;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// The first argument of a worker. After it come the type, the time limit in milliseconds, and the limits on the memory
/// and on the text in bytes.
pub(super) const NAME: &str = "__extract";
/// The exit code of a worker whose time is over.
pub(super) const TIME_EXCEEDED: u8 = 3;

/// The stack size of the thread that enforces the time limit, in bytes.
const STACK: usize = 128 << 10;

/// The task of a worker, which it gets as arguments.
pub(super) struct Task {
    pub(super) kind: DocumentKind,
    pub(super) time: Duration,
    pub(super) memory: u64,
    pub(super) text: u64,
}

impl Task {
    /// Returns the task as arguments.
    pub(super) fn args(&self) -> [String; 5] {
        let kind = if self.kind == DocumentKind::Pdf { "pdf" } else { "office" };
        let time = self.time.as_millis().to_string();
        [NAME.to_owned(), kind.to_owned(), time, self.memory.to_string(), self.text.to_string()]
    }

    fn parse(args: &[OsString]) -> Option<Self> {
        let [_, name, kind, time, memory, text] = args else { return None };
        let number = |arg: &OsString| arg.to_str()?.parse::<u64>().ok();
        let (time, memory, text) = (number(time)?, number(memory)?, number(text)?);
        let kind = match kind.to_str()? {
            "pdf" => DocumentKind::Pdf,
            "office" => DocumentKind::Office,
            _ => return None,
        };
        (name == NAME).then_some(Self { kind, time: Duration::from_millis(time), memory, text })
    }
}

/// Runs as a worker if the arguments request it, and returns the exit code.
pub fn run_worker(args: &[OsString]) -> Option<u8> {
    let task = Task::parse(args)?;
    Some(u8::from(run(&task).is_err()))
}

fn run(task: &Task) -> io::Result<()> {
    limit_memory(task.memory);
    limit_processor_time(task.time);
    let time = task.time;
    std::thread::Builder::new().stack_size(STACK).spawn(move || enforce_time_limit(time))?;
    let mut file = standard_input()?;
    // The parent has read the beginning of the file.
    file.rewind()?;
    let mut out = io::stdout().lock();
    let last = catch_panic(|| read(task, file, &mut out));
    last.write(&mut out)
}

/// Runs an extraction and returns its last event. A panic becomes a failure. The panic handler prints its position to
/// standard error, which the parent writes to its log.
fn catch_panic(extract: impl FnOnce() -> Result<(), ExtractionFailure>) -> WorkerEvent {
    match catch_unwind(AssertUnwindSafe(extract)) {
        Ok(Ok(())) => WorkerEvent::Complete,
        Ok(Err(failure)) => WorkerEvent::Failed(failure),
        Err(panic) => {
            WorkerEvent::Failed(unreadable().with_detail(format!("the reader panicked: {}", message(&*panic))))
        }
    }
}

fn read(task: &Task, file: File, out: &mut impl Write) -> Result<(), ExtractionFailure> {
    let mut emit = |piece| WorkerEvent::Piece(piece).write(out).map_err(ExtractionFailure::server);
    let mut pieces = Pieces::new(task.text, &mut emit);
    let empty = match task.kind {
        DocumentKind::Pdf => {
            pdf::read(file, &mut pieces)?;
            "The PDF contains no text. Pages that are images need text recognition first."
        }
        _ => {
            office::read(BufReader::new(file), &mut pieces)?;
            "The document contains no text."
        }
    };
    pieces.finish(empty)
}

/// Returns the failure for a document that crashed its worker.
pub(super) fn unreadable() -> ExtractionFailure {
    ExtractionFailure::invalid("The document cannot be read: it is damaged, or needs too much memory.")
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// Ends the process when the time is over, or when nothing reads the standard output any more.
#[cfg(unix)]
fn enforce_time_limit(time: Duration) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let start = std::time::Instant::now();
    let out = io::stdout();
    loop {
        let left = time.saturating_sub(start.elapsed());
        if left.is_zero() {
            std::process::exit(TIME_EXCEEDED.into());
        }
        // A pipe without a reader reports an error, even if no event is requested.
        let mut pipe = [PollFd::new(&out, PollFlags::empty())];
        let timeout = Timespec::try_from(left).ok();
        if poll(&mut pipe, timeout.as_ref()).is_ok_and(|ready| ready > 0) {
            std::process::exit(1);
        }
    }
}

/// Ends the process when the time is over.
#[cfg(not(unix))]
fn enforce_time_limit(time: Duration) {
    std::thread::sleep(time);
    std::process::exit(TIME_EXCEEDED.into());
}

/// Returns the standard input as a file, without a buffer.
#[cfg(unix)]
fn standard_input() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
}

#[cfg(windows)]
fn standard_input() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(File::from(io::stdin().as_handle().try_clone_to_owned()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_a_parser_is_an_invalid_file() {
        let event = catch_panic(|| panic!("unsupported {}", "encoding"));
        let WorkerEvent::Failed(failure) = event else { panic!("{event:?}") };
        assert_eq!(failure.code.as_str(), "invalid_file");
        assert_eq!(failure.detail.as_deref(), Some("the reader panicked: unsupported encoding"));
    }

    #[test]
    fn a_task_is_parsed_from_its_own_arguments() {
        let task = Task { kind: DocumentKind::Office, time: Duration::from_millis(7), memory: 8, text: 9 };
        let args: Vec<OsString> = ["asst".to_owned()].into_iter().chain(task.args()).map(OsString::from).collect();
        let parsed = Task::parse(&args).expect("it is a task");
        assert_eq!(
            (parsed.kind, parsed.time, parsed.memory, parsed.text),
            (task.kind, task.time, task.memory, task.text)
        );
        for wrong in [&args[..2], &args[1..], &[&args[..], &args[..1]].concat()] {
            assert!(Task::parse(wrong).is_none(), "{wrong:?}");
        }
    }
}
