//! The conversion of values to text: tables, JSON, YAML, CSV, IDs, and the results of filters
//! (docs/design/command_line.md#output).
//!
//! A [`Printer`] converts the items of a list one by one, in one of the formats ([`Format`]). The module does not read
//! the environment: width, colour, and time are arguments.

mod cell;
mod column;
mod csv;
mod format;
mod json_text;
mod layout;
mod printer;
mod table;
mod time;
mod tsv;
mod yaml;

pub use crate::ui::OutputTarget;
pub use column::{CellKind, Col, Column, ColumnError, Members};
pub use csv::LineEnd;
pub use format::Format;
pub use json_text::pretty;
pub use printer::{Cardinality, Header, Printer, PrinterOptions};
pub use time::{age, timestamp};
