//! `asst ledger scan` finds IDs in logs, dumps, and other files.

mod files;
mod formats;
