//! Run steps (docs/protocol/endpoints.md#run-steps).

use super::endpoint::{Nothing, endpoints, paths};
use super::objects::RunStep;
use super::paging::{Include, StepPaging};
use super::response::{One, Page};
use super::runs::OfRun;

paths! {
    /// The path of a step in a run.
    OfStep(
        /// ID of the thread
        thread_id: ThreadId,
        /// ID of the run
        run_id: RunId,
        /// ID of the step
        step_id: StepId
    );
}

endpoints! {
    ListSteps = "listRunSteps" "list steps":
        Read Get "/threads/{thread_id}/runs/{run_id}/steps"
        OfRun(thread_id, run_id), StepPaging, Nothing => Page<RunStep>;
    GetStep = "getRunStep" "get step":
        Read Get "/threads/{thread_id}/runs/{run_id}/steps/{step_id}"
        OfStep(thread_id, run_id, step_id), Include, Nothing => One<RunStep>;
}
