//! The list of the runs that a command follows. The status line and the handling of an interrupt use it.

use super::describe::status_text;
use crate::api::objects::{JsonObject, Run};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The runs that are being followed. Each has only the members `id`, `thread_id` and `status`.
#[derive(Debug, Default)]
pub(super) struct FollowedRuns(RefCell<Vec<Run>>);

impl FollowedRuns {
    /// Stores the current state of a run.
    pub(super) fn update(&self, run: &Run) {
        let mut state = Run::default();
        for member in ["id", "thread_id", "status"] {
            if let Some(value) = run.as_map().get(member) {
                state.set(member, value.clone());
            }
        }
        let mut states = self.0.borrow_mut();
        match states.iter_mut().find(|known| known.id() == state.id()) {
            Some(known) => *known = state,
            None => states.push(state),
        }
    }

    /// Returns the runs that have not ended.
    pub(super) fn unfinished(&self) -> Vec<Run> {
        let states = self.0.borrow();
        states.iter().filter(|run| run.id().valid().is_some() && !run.has_ended()).cloned().collect()
    }

    /// Describes the runs that have not ended, for the status line.
    pub(super) fn describe(&self) -> String {
        let runs = self.unfinished();
        let status = |run: &Run| status_text(run).unwrap_or_else(|| "in an unknown state".to_owned());
        match runs.as_slice() {
            [] => "waiting for the run".to_owned(),
            [run] => format!("run {} is {}", run.id().or_default(), status(run)),
            runs => {
                let mut counts = BTreeMap::new();
                runs.iter().for_each(|run| *counts.entry(status(run)).or_insert(0) += 1);
                let counts: Vec<_> = counts.into_iter().map(|(status, count)| format!("{count} {status}")).collect();
                format!("{} runs: {}", runs.len(), counts.join(", "))
            }
        }
    }
}
