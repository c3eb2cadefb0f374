//! Values to text: tables, JSON, YAML, CSV, ids, filters (docs/design/command_line.md#output). Pure; width, colour and
//! time are arguments.

mod cell;
mod column;
mod csv;
mod format;
mod json;
mod layout;
mod printer;
mod table;
mod time;
mod tsv;
mod yaml;

pub use crate::ui::{Paint, Surface, escape_json, sanitize, sanitize_lines};
pub use column::{CellKind, Col, Column, ColumnError, Members};
pub use csv::LineEnd;
pub use format::Format;
pub use json::pretty;
pub use printer::{Header, Options, Printer, Shape, ViewError};
pub use time::{age, timestamp};
pub use tsv::escape as escape_tsv;
