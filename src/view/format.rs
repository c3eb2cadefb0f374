//! The six output formats.

use crate::ui::MessageFormat;
use clap::ValueEnum;
use std::fmt;
use std::str::FromStr;

/// An output format (`-o`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// Aligned columns on a terminal, tab-separated in a pipe
    #[default]
    Table,
    /// One JSON document
    Json,
    /// One JSON document per line
    Jsonl,
    /// YAML
    Yaml,
    /// Comma-separated, with a header
    Csv,
    /// IDs only
    Id,
}

impl Format {
    /// Returns the format of stderr that belongs to this output format.
    pub const fn message_format(self) -> MessageFormat {
        match self {
            Self::Json | Self::Jsonl => MessageFormat::JsonLines,
            Self::Table | Self::Yaml | Self::Csv | Self::Id => MessageFormat::Text,
        }
    }

    /// Returns `true` if the format prints columns. The other formats print whole objects or IDs.
    pub const fn has_columns(self) -> bool {
        matches!(self, Self::Table | Self::Csv)
    }

    /// Returns the name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Yaml => "yaml",
            Self::Csv => "csv",
            Self::Id => "id",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = || Self::value_variants().iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
        <Self as ValueEnum>::from_str(name, false).map_err(|_| format!("expected one of {}, got `{name}`", known()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_line_and_files_use_the_same_names() {
        for format in Format::value_variants() {
            assert_eq!(format.name().parse(), Ok(*format));
            assert_eq!(format.to_possible_value().expect("none is hidden").get_name(), format.name());
        }
        assert_eq!(
            "xml".parse::<Format>(),
            Err("expected one of table, json, jsonl, yaml, csv, id, got `xml`".to_owned())
        );
    }
}
