//! Reports the problems of a manifest as errors of a command.

use crate::app::{App, IfMissing};
use crate::exit::{AlreadyReported, USAGE, Usage};
use crate::manifest::Problem;

/// Reports each problem, with its place in the manifest. Returns the error that ends the command with code 2.
pub fn problems_reported<'a>(app: &App, problems: impl IntoIterator<Item = &'a Problem>) -> anyhow::Error {
    for problem in problems {
        let error = Usage { message: problem.to_string(), hint: problem.hint.clone() }.into();
        if let Err(error) = app.report_failure(&error, IfMissing::Fail) {
            return error;
        }
    }
    AlreadyReported(USAGE).into()
}
