//! One call for each of several objects: bounded in number, shown in the order given, each failure told as it happens.

use super::{App, Call, Shape, Sheet, Stopping, Work};
use crate::api::Method;
use crate::exit::{self, DONE, NOT_FOUND, Told};
use crate::ui::{OutputError, Ui};
use anyhow::Result;
use futures_util::stream::{self, Stream, StreamExt};
use std::pin::pin;
use std::time::Duration;

/// Most answers that share a write to the ledger, how long the first of many waits for the others, and how many such
/// writes wait for the disk while requests go on.
const RECORDED_TOGETHER: usize = 64;
const GATHERED_FOR: Duration = Duration::from_millis(3);
const WRITES: usize = 4;

/// Calls of one endpoint, each of which is there only while it is needed: of many ids few are on their way.
#[derive(Clone, Copy)]
pub struct Calls<'a> {
    count: usize,
    nth: &'a dyn Fn(usize) -> Call,
}

impl<'a> Calls<'a> {
    /// Returns so many calls; `nth` makes each, counted from 0, as often as it is asked.
    pub fn new(count: usize, nth: &'a dyn Fn(usize) -> Call) -> Self {
        Self { count, nth }
    }

    /// Returns the calls in their order.
    pub fn each(self) -> impl Iterator<Item = Call> + 'a {
        (0..self.count).map(self.nth)
    }
}

/// How several calls ended.
#[derive(Debug, Default)]
pub struct Outcomes {
    codes: Vec<u8>,
}

impl Outcomes {
    /// Adds how one of them ended.
    pub fn add(&mut self, code: u8) {
        self.codes.push(code);
    }

    /// Returns the result of them all; the failures have been told already.
    pub fn result(self) -> Result<()> {
        match exit::together(self.codes) {
            DONE => Ok(()),
            code => Err(Told(code).into()),
        }
    }
}

/// Whether somebody still reads what is shown of work that goes on without a reader, since it changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    UntilClosed,
    /// The reader has gone, as `head` does: what is left is done in silence.
    Closed,
}

impl Shown {
    /// Shows a text, unless the reader has gone.
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

/// What a missing object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    Failure,
    /// As good as done (`--ignore-not-found`).
    Ignored,
}

/// Returns what a stream has in chunks, each complete when it is long enough or the first of it has waited long enough.
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

/// Returns what calls do with their objects, for who stops them.
fn work(changes: bool, count: usize, missing: Missing) -> Work {
    let (done, next) = match (changes, missing) {
        (true, Missing::Ignored) => ("deleted", "run the same command again for the rest"),
        (true, Missing::Failure) => ("deleted", "run the same command again with --ignore-not-found for the rest"),
        (false, _) => ("fetched", "run the same command again"),
    };
    Work { done, total: Some(count as u64), next: next.to_owned() }
}

impl App {
    /// Checks several calls, makes each of them and shows the answers as one array.
    pub async fn call_each(&self, sheet: Sheet, calls: Calls<'_>, missing: Missing, stopping: &Stopping) -> Result<()> {
        calls.each().try_for_each(|call| self.check(&call))?;
        let concurrency = self.session().await?.concurrency;
        let mut printer = self.printer(sheet, Shape::Many)?;
        let spec = calls.each().next().map(|call| call.spec);
        let changes = spec.is_some_and(|spec| spec.method != Method::Get);
        let title = spec.map_or("", |spec| spec.title);
        let bar = self.ui.progress(title, crate::ui::Unit::Items, Some(calls.count as u64));
        self.tally.begin(work(changes, calls.count, missing));
        let mut outcomes = Outcomes::default();
        let mut shown = Shown::UntilClosed;
        let patience = if calls.count > concurrency { GATHERED_FOR } else { Duration::ZERO };
        // Such a call is some 4 KiB of state, which would be copied on its way into the queue.
        let going = stream::iter(calls.each()).take_while(|_| std::future::ready(!stopping.is_set()));
        let ask = |call| {
            self.tally.start();
            Box::pin(self.ask(call))
        };
        let asked = going.map(ask).buffered(concurrency);
        // While the ledger takes answers in, the next requests are on their way: both wait for something else.
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
                        let code = self.tell(&error, missing)?;
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
            if shown == Shown::Closed && !changes {
                return Err(OutputError::Closed.into());
            }
        }
        bar.finish();
        shown.out(&self.ui, &printer.end()?)?;
        self.tell_unseen(&printer);
        outcomes.result()
    }

    /// Tells a failure of one object and returns its code.
    fn tell(&self, error: &anyhow::Error, missing: Missing) -> Result<u8> {
        let Some(report) = exit::report(error) else {
            return Err(OutputError::Closed.into());
        };
        if report.exit_code == NOT_FOUND && missing == Missing::Ignored {
            return Ok(DONE);
        }
        self.ui.error(&report);
        Ok(report.exit_code)
    }

    /// Returns the result of a single call, where a missing object may be as good as done.
    pub fn or_missing(&self, result: Result<()>, missing: Missing) -> Result<()> {
        match result {
            Err(error) if missing == Missing::Ignored => match exit::report(&error) {
                Some(report) if report.exit_code == NOT_FOUND => Ok(()),
                _ => Err(error),
            },
            result => result,
        }
    }
}
