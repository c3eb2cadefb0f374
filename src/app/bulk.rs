//! Bulk requests: one request for each of many objects, with limited concurrency. Results are printed in the order of
//! the requests.

use super::{App, Call, Cardinality, Stopping, TableSpec, Work};
use crate::api::Method;
use crate::exit::{self, AlreadyReported, DONE, NOT_FOUND};
use crate::ui::{OutputError, Ui};
use anyhow::Result;
use futures_util::stream::{self, Stream, StreamExt};
use std::pin::pin;
use std::time::Duration;

/// The maximum number of responses whose entries are written to the ledger together.
const CHUNK_SIZE: usize = 64;
/// How long the first response of a chunk waits for others.
const CHUNK_TIME: Duration = Duration::from_millis(3);
/// The maximum number of writes to the ledger that are in progress while further requests are sent.
const MAX_WRITES: usize = 4;

/// A lazy list of requests to one endpoint. A request is built when it is sent, so that many requests need little
/// memory.
#[derive(Clone, Copy)]
pub struct CallList<'a> {
    count: usize,
    call_at: &'a dyn Fn(usize) -> Call,
}

impl<'a> CallList<'a> {
    /// Creates a list of `count` requests. `call_at` builds the request at an index, and may be called several times
    /// for the same index.
    pub fn new(count: usize, call_at: &'a dyn Fn(usize) -> Call) -> Self {
        Self { count, call_at }
    }

    /// Returns the requests in order.
    pub fn each(self) -> impl Iterator<Item = Call> + 'a {
        (0..self.count).map(self.call_at)
    }
}

/// The exit codes of several requests or runs.
#[derive(Debug, Default)]
pub struct Outcomes {
    codes: Vec<u8>,
}

impl Outcomes {
    /// Adds the exit code of one request.
    pub fn add(&mut self, code: u8) {
        self.codes.push(code);
    }

    /// Returns the overall result. The failures were already reported.
    pub fn result(self) -> Result<()> {
        match exit::combined(self.codes) {
            DONE => Ok(()),
            code => Err(AlreadyReported(code).into()),
        }
    }
}

/// The state of standard output. For a command that completes its work even if the reader closes standard output,
/// because it changes objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StdoutState {
    Open,
    /// The reader has closed the pipe, as `head` does. Further output is discarded.
    Closed,
}

impl StdoutState {
    /// Prints a text, unless the reader has closed the pipe.
    pub fn out(&mut self, ui: &Ui, text: &str) -> Result<(), OutputError> {
        if *self == Self::Closed {
            return Ok(());
        }
        match ui.out(text) {
            Err(OutputError::Closed) => {
                *self = Self::Closed;
                Ok(())
            }
            written => written,
        }
    }
}

/// The treatment of a missing object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMissing {
    Fail,
    /// A missing object counts as success (`--ignore-not-found`).
    Ignore,
}

/// Groups a stream into chunks. A chunk ends after [`CHUNK_SIZE`] items, or when `max_wait` has passed since its first
/// item.
fn in_chunks<T>(stream: impl Stream<Item = T>, max_wait: Duration) -> impl Stream<Item = Vec<T>> {
    stream::unfold(Box::pin(stream), move |mut stream| async move {
        let mut chunk = vec![stream.next().await?];
        let mut timeout = pin!(tokio::time::sleep(max_wait));
        while chunk.len() < CHUNK_SIZE {
            tokio::select! {
                biased;
                next = stream.next() => match next {
                    Some(item) => chunk.push(item),
                    None => break,
                },
                () = &mut timeout => break,
            }
        }
        Some((chunk, stream))
    })
}

/// Returns the description of the work for the message of a stopped command. `changes` is `true` for deletions.
fn describe_work(changes: bool, count: usize, missing: IfMissing) -> Work {
    let (done, next) = match (changes, missing) {
        (true, IfMissing::Ignore) => ("deleted", "run the same command again for the rest"),
        (true, IfMissing::Fail) => ("deleted", "run the same command again with --ignore-not-found for the rest"),
        (false, _) => ("fetched", "run the same command again"),
    };
    Work { done, total: Some(count as u64), next: next.to_owned() }
}

impl App {
    /// Checks all requests, sends each of them, and prints the responses as one list. Reports a failure at its
    /// position.
    ///
    /// After `stopping` is set, no further request is sent.
    pub async fn call_each(
        &self,
        table: TableSpec,
        calls: CallList<'_>,
        missing: IfMissing,
        stopping: &Stopping,
    ) -> Result<()> {
        calls.each().try_for_each(|call| self.check(&call))?;
        let concurrency = self.session().await?.concurrency;
        let mut printer = self.printer(table, Cardinality::Many)?;
        let spec = calls.each().next().map(|call| call.spec);
        let changes = spec.is_some_and(|spec| spec.method != Method::Get);
        let title = spec.map_or("", |spec| spec.title);
        let bar = self.ui.progress(title, crate::ui::Unit::Items, Some(calls.count as u64));
        self.tally.begin(describe_work(changes, calls.count, missing));
        let mut outcomes = Outcomes::default();
        let mut shown = StdoutState::Open;
        let max_wait = if calls.count > concurrency { CHUNK_TIME } else { Duration::ZERO };
        let calls = stream::iter(calls.each()).take_while(|_| std::future::ready(!stopping.is_set()));
        let send = |call| {
            self.tally.start();
            // The future of a request is about 4 KiB. It is boxed, so that it is not copied into the queue.
            Box::pin(self.send_checked(call))
        };
        let sent = calls.map(send).buffered(concurrency);
        // Requests are sent while entries are written to the ledger, because requests wait for the network, and writes
        // for the disk.
        let replies = in_chunks(sent, max_wait).map(|chunk| self.record_outcomes(chunk)).buffered(MAX_WRITES);
        let mut replies = std::pin::pin!(replies);
        while let Some(chunk) = replies.next().await {
            bar.tick(chunk.len() as u64);
            let mut text = String::new();
            for reply in chunk {
                match reply.map(|reply| printer.item(&reply.value)) {
                    Ok(Ok(item)) => {
                        self.tally.done();
                        outcomes.add(DONE);
                        text.push_str(&item);
                    }
                    Ok(Err(error)) => {
                        shown.out(&self.ui, &text)?;
                        return Err(error.into());
                    }
                    Err(error) => {
                        shown.out(&self.ui, &std::mem::take(&mut text))?;
                        let code = self.report_failure(&error, missing)?;
                        if code == DONE {
                            self.tally.done()
                        } else {
                            self.tally.failed()
                        }
                        outcomes.add(code);
                    }
                }
            }
            shown.out(&self.ui, &text)?;
            if shown == StdoutState::Closed && !changes {
                return Err(OutputError::Closed.into());
            }
        }
        bar.finish();
        shown.out(&self.ui, &printer.end()?)?;
        self.warn_unknown_columns(&printer);
        outcomes.result()
    }

    /// Reports the failure for one object, unless it was already reported, and returns its exit code. With
    /// [`IfMissing::Ignore`], a missing object counts as success.
    ///
    /// # Errors
    /// Returns an error if standard output was closed.
    pub(crate) fn report_failure(&self, error: &anyhow::Error, missing: IfMissing) -> Result<u8> {
        let Some(report) = exit::report(error) else {
            return Err(OutputError::Closed.into());
        };
        if report.exit_code == NOT_FOUND && missing == IfMissing::Ignore {
            return Ok(DONE);
        }
        if !report.message.is_empty() {
            self.ui.error(&report);
        }
        Ok(report.exit_code)
    }

    /// Returns the result of a single request. With [`IfMissing::Ignore`], a missing object counts as success.
    pub fn or_missing(&self, result: Result<()>, missing: IfMissing) -> Result<()> {
        match result {
            Err(error) if missing == IfMissing::Ignore => match exit::report(&error) {
                Some(report) if report.exit_code == NOT_FOUND => Ok(()),
                _ => Err(error),
            },
            result => result,
        }
    }
}
