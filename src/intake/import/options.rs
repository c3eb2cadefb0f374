//! The options of an import.

use super::columns::ColumnNames;
use crate::api::Kind;
use clap::ValueEnum;

/// The input of an import, and how to read it.
#[derive(Debug)]
pub struct ImportOptions {
    /// A file, or `-` for standard input.
    pub path: String,
    /// The format of the input. The default follows from the file name and the first line.
    pub format: Option<ImportFormat>,
    /// The kind of the IDs. The default is the kind of each ID's prefix.
    pub kind: Option<Kind>,
    /// The origin of the IDs.
    pub origin: String,
    /// `true` if the table has no header.
    pub no_header: bool,
    /// The field separator of a table. The default follows from the first line.
    pub delimiter: Option<u8>,
    pub columns: ColumnNames,
}

/// A format of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// IDs at the front of each line, with further columns ignored; or a JSON object per line
    #[value(alias = "jsonl", alias = "ids")]
    Lines,
    /// Comma-separated values with a header
    Csv,
    /// Tab-separated values with a header
    Tsv,
}
