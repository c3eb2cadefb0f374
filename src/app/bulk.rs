//! Bulk requests: one request per object, with limited concurrency. Results are printed in the given order, and
//! failures as they occur.

use super::{App, Call, Cardinality, Stopping, TableSpec, Work};
use crate::api::Method;
use crate::exit::{self, AlreadyReported, DONE, NOT_FOUND};
use crate::ui::{OutputError, Ui};
use anyhow::Result;
use futures_util::stream::{self, Stream, StreamExt};
use std::pin::pin;
use std::time::Duration;

/// The maximum number of responses that share one write to the ledger.
const RECORDED_TOGETHER: usize = 64;
/// How long the first response waits for others that share its write.
const GATHERED_FOR: Duration = Duration::from_millis(3);
/// The maximum number of such writes that wait for the disk while further requests are sent.
const WRITES: usize = 4;

/// A lazy list of requests to one endpoint. Each request exists only while it is needed, because few of many are in
/// flight.
#[derive(Clone, Copy)]
pub struct CallList<'a> {
    count: usize,
    nth: &'a dyn Fn(usize) -> Call,
}

impl<'a> CallList<'a> {
    /// Creates a list of `count` requests. `nth` builds the request at an index from 0, and may be called repeatedly
    /// for it.
    pub fn new(count: usize, nth: &'a dyn Fn(usize) -> Call) -> Self {
        Self { count, nth }
    }

    /// Returns the requests in order.
    pub fn each(self) -> impl Iterator<Item = Call> + 'a {
        (0..self.count).map(self.nth)
    }
}

/// The exit codes of several requests.
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

/// The state of standard output for a command that goes on without a reader, because it changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StdoutState {
    Open,
    /// The reader has closed the pipe, as `head` does. The remaining work is done without output.
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

/// Groups a stream into chunks. A chunk ends after [`RECORDED_TOGETHER`] items, or when `patience` has passed since its
/// first item.
fn gathered<T>(stream: impl Stream<Item = T>, patience: Duration) -> impl Stream<Item = Vec<T>> {
    stream::unfold(Box::pin(stream), move |mut stream| async move {
        let mut chunk = vec![stream.next().await?];
        let mut over = pin!(tokio::time::sleep(patience));
        while chunk.len() < RECORDED_TOGETHER {
            tokio::select! {
                biased;
                next = stream.next() => match next {
                    Some(item) => chunk.push(item),
                    None => break,
                },
                () = &mut over => break,
            }
        }
        Some((chunk, stream))
    })
}

/// Describes the work for the message that is printed when the command is stopped.
fn work(changes: bool, count: usize, missing: IfMissing) -> Work {
    let (done, next) = match (changes, missing) {
        (true, IfMissing::Ignore) => ("deleted", "run the same command again for the rest"),
        (true, IfMissing::Fail) => ("deleted", "run the same command again with --ignore-not-found for the rest"),
        (false, _) => ("fetched", "run the same command again"),
    };
    Work { done, total: Some(count as u64), next: next.to_owned() }
}

impl App {
    /// Checks several requests, sends each of them, and prints the responses as one array.
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
        self.tally.begin(work(changes, calls.count, missing));
        let mut outcomes = Outcomes::default();
        let mut shown = StdoutState::Open;
        let patience = if calls.count > concurrency { GATHERED_FOR } else { Duration::ZERO };
        // The future of a request is about 4 KiB. It is boxed, so that it is not copied into the queue.
        let going = stream::iter(calls.each()).take_while(|_| std::future::ready(!stopping.is_set()));
        let ask = |call| {
            self.tally.start();
            Box::pin(self.ask(call))
        };
        let asked = going.map(ask).buffered(concurrency);
        // The next requests are in flight during a write to the ledger: one waits for the network, the other for the
        // disk.
        let replies = gathered(asked, patience).map(|chunk| self.recorded_together(chunk)).buffered(WRITES);
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

    /// Reports the failure for one object, unless it was already reported, and returns its exit code.
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
