//! `--jq`: compiles filters, and runs each in a separate process, so that a filter that exceeds a limit ends only that
//! process.

mod convert;
mod filter;
mod limits;
#[cfg(test)]
mod tests;
mod worker;

pub use filter::JqError;
pub use worker::run_worker;

use filter::CompiledFilter;
use serde_json::Value;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use worker::Worker;

/// A filter, which can be applied to any number of values.
#[derive(Clone)]
pub struct Jq {
    filter: Arc<CompiledFilter>,
    text: Arc<str>,
    /// The process that runs the filter. It is started for the first value.
    worker: Arc<Mutex<Option<Worker>>>,
}

impl fmt::Debug for Jq {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Jq({:?})", self.text)
    }
}

impl std::str::FromStr for Jq {
    type Err = JqError;

    fn from_str(filter: &str) -> Result<Self, Self::Err> {
        Self::parse(filter)
    }
}

impl Jq {
    /// Parses and compiles a filter.
    ///
    /// # Errors
    /// Returns an error with a position if the filter is too long, invalid, or refers to modules.
    pub fn parse(filter: &str) -> Result<Self, JqError> {
        let compiled = Arc::new(CompiledFilter::parse(filter)?);
        Ok(Self { filter: compiled, text: filter.into(), worker: Arc::default() })
    }

    /// Applies the filter to a value and returns all results.
    ///
    /// # Errors
    /// Returns the reason if the filter raises an error, or exceeds a limit on results, memory, stack, or time.
    pub fn apply(&self, value: &Value) -> Result<Vec<Value>, String> {
        if cfg!(test) {
            return self.filter.evaluate(value); // The executable of a unit test cannot act as the worker.
        }
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if worker.is_none() {
            *worker = Worker::start(&self.text).ok();
        }
        match worker.as_mut().map(|worker| worker.apply(value)) {
            Some(Some(results)) => results,
            Some(None) => {
                *worker = None;
                Err(worker::out_of_memory())
            }
            // If no process can be started, the filter is evaluated in this one.
            None => self.filter.evaluate(value),
        }
    }
}
