//! Tests of one command each. The file or folder has the name of the command: `threads_prune` tests `asst threads
//! prune`. Tests of a subject that several commands share are in the folder of the subject
//! (docs/testing.md#layout-of-the-integration-tests).

mod api;
mod apply;
mod completions;
mod conversations_create;
mod conversations_list;
mod demo;
mod export;
mod files_content;
mod files_prune;
mod files_upload;
mod graph;
mod ledger_copy;
mod ledger_doctor;
mod ledger_events;
mod ledger_forget;
mod ledger_import;
mod ledger_scan;
mod ledger_settle;
mod ledger_stats;
mod ledger_sync;
mod ledger_verify;
mod man;
mod manifest_lint;
mod profiles_add;
mod profiles_check;
mod profiles_use;
mod runs_prune;
mod runs_submit_tool_outputs;
mod runs_wait;
mod threads_list;
mod threads_prune;
mod vector_stores_prune;
mod vector_stores_search;
mod vector_stores_sync;
