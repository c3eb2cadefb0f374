//! The pipelines in `examples/ci` and the action in `action.yml`: every step runs with bash, with the real program and
//! against an embedded server. Commands that lead to other services are stubs that record their arguments.

mod action;
mod github;
mod gitlab;
mod machine;
mod workflow;
