//! Tests of one command each. The file or folder has the name of the command: `threads_prune` tests `asst threads
//! prune`. Tests of a subject that several commands share are in the folder of the subject (docs/testing.md#layout-of-the-integration-tests).

mod completions;
mod demo;
mod export;
mod files_prune;
mod ledger_copy;
mod ledger_import;
mod ledger_scan;
mod ledger_verify;
mod profiles_add;
mod runs_prune;
mod runs_submit_tool_outputs;
mod runs_wait;
mod threads_prune;
