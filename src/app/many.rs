//! One call for each of several objects: bounded in number, shown in the order given, each failure told as it happens.

use super::{App, Call, Shape, Sheet};
use crate::api::Method;
use crate::exit::{self, DONE, NOT_FOUND, Told};
use crate::ui::{OutputError, Ui};
use anyhow::Result;
use futures_util::StreamExt;

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

impl App {
    /// Makes each of several calls and shows the answers as one array.
    pub async fn call_each(&self, sheet: Sheet, calls: Vec<Call>, missing: Missing) -> Result<()> {
        let concurrency = self.session().await?.concurrency;
        let mut printer = self.printer(sheet, Shape::Many)?;
        let changes = calls.first().is_some_and(|call| call.spec.method != Method::Get);
        let title = calls.first().map_or("", |call| call.spec.title);
        let bar = self.ui.progress(title, crate::ui::Unit::Items, Some(calls.len() as u64));
        let mut outcomes = Outcomes::default();
        let mut shown = Shown::UntilClosed;
        let calls = calls.into_iter().map(|call| self.call(call));
        let mut replies = futures_util::stream::iter(calls).buffered(concurrency);
        while let Some(reply) = replies.next().await {
            bar.tick(1);
            match reply {
                Ok(reply) => {
                    outcomes.add(DONE);
                    shown.out(&self.ui, &printer.item(&reply.value)?)?;
                }
                Err(error) => outcomes.add(self.tell(&error, missing)?),
            }
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
