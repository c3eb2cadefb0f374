//! Input from the command line: a file, standard input, or structured text given in place.
//!
//! The module must not depend on the meaning of the text. Callers turn the value into a request.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::text::without_bom;
use super::toml;
use super::yaml::{self, YamlError, YamlNode};

/// The maximum size of a text that is read into memory, in bytes.
pub const MAX_BYTES: u64 = 64 << 20;

/// An error in the input that a flag names.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    #[error("no such file: {}", path.display())]
    Missing { path: PathBuf },
    #[error("{} is a directory, not a file", path.display())]
    Directory { path: PathBuf },
    #[error("cannot read {place}: {source}")]
    Unreadable { place: InputSource, source: io::Error },
    #[error("{place} is not UTF-8 text (the first invalid byte is at {offset})")]
    NotUtf8 { place: InputSource, offset: usize },
    #[error("{place} is UTF-16 text, expected UTF-8; `iconv -f UTF-16 -t UTF-8` converts it")]
    Utf16 { place: InputSource },
    #[error("{place} is empty")]
    Empty { place: InputSource },
    #[error("{place} is larger than {} MiB", MAX_BYTES >> 20)]
    TooLarge { place: InputSource },
    #[error("another flag already reads standard input; only one flag can read it")]
    StdinTaken,
    #[error("{place} is not valid {format}: {message}{}", at(*line, *column))]
    Syntax { place: InputSource, format: TextFormat, message: String, line: u64, column: u64 },
    #[error("{place} exceeds a limit: {message}{}", at(*line, *column))]
    Limit { place: InputSource, message: String, line: u64, column: u64 },
}

fn at(line: u64, column: u64) -> String {
    if line == 0 { String::new() } else { format!(" (line {line}, column {column})") }
}

/// The source of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputSource {
    /// The command line itself.
    Inline,
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl fmt::Display for InputSource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline => out.write_str("the value"),
            Self::Stdin => out.write_str("standard input"),
            Self::File(path) => path.display().fmt(out),
        }
    }
}

/// A notation for structured values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFormat {
    Json,
    Yaml,
    Toml,
}

impl fmt::Display for TextFormat {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Json => "JSON",
            Self::Yaml => "YAML",
            Self::Toml => "TOML",
        })
    }
}

static STDIN_TAKEN: AtomicBool = AtomicBool::new(false);

/// Claims standard input, so that only one flag reads it.
///
/// # Errors
/// Returns an error if standard input was claimed before.
pub fn claim_stdin() -> Result<(), InputError> {
    claim(&STDIN_TAKEN)
}

fn claim(taken: &AtomicBool) -> Result<(), InputError> {
    if taken.swap(true, Ordering::Relaxed) { Err(InputError::StdinTaken) } else { Ok(()) }
}

/// Reads the text that a flag names: a path, or `-` for standard input.
///
/// # Errors
/// Returns an error if the file is missing, a directory, unreadable, too large or not UTF-8, or if standard input was
/// claimed before.
pub fn read_text(name: &str) -> Result<String, InputError> {
    read_place(name).map(|(text, _)| text)
}

/// Reads a structured value: `@PATH` (`@-` and `-` are standard input) or the value itself.
///
/// # Errors
/// Returns an error if the value cannot be read, or is neither JSON nor YAML.
pub fn read_structured(value: &str) -> Result<Value, InputError> {
    let name = if value == "-" { Some("-") } else { value.strip_prefix('@') };
    match name {
        None => parse_json_or_yaml(value, &InputSource::Inline),
        Some(name) => {
            let (text, place) = read_place(name)?;
            parse_json_or_yaml(&text, &place)
        }
    }
}

fn read_place(name: &str) -> Result<(String, InputSource), InputError> {
    if name == "-" {
        claim_stdin()?;
        return Ok((decode(InputSource::Stdin, io::stdin().lock())?, InputSource::Stdin));
    }
    let path = Path::new(name);
    let place = InputSource::File(path.to_path_buf());
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => InputError::Missing { path: path.to_path_buf() },
        _ => InputError::Unreadable { place: place.clone(), source },
    };
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(InputError::Directory { path: path.to_path_buf() });
    }
    Ok((decode(place.clone(), file)?, place))
}

fn decode(place: InputSource, source: impl Read) -> Result<String, InputError> {
    let mut bytes = Vec::new();
    match source.take(MAX_BYTES + 1).read_to_end(&mut bytes) {
        Err(source) => Err(InputError::Unreadable { place, source }),
        Ok(read) if read as u64 > MAX_BYTES => Err(InputError::TooLarge { place }),
        Ok(_) => match String::from_utf8(bytes) {
            Ok(text) => Ok(without_bom(text)),
            Err(error) if matches!(error.as_bytes(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) => {
                Err(InputError::Utf16 { place })
            }
            Err(error) => Err(InputError::NotUtf8 { place, offset: error.utf8_error().valid_up_to() }),
        },
    }
}

/// Parses a structured value.
///
/// Files that end in `.json` are JSON, and `.yaml` and `.yml` are YAML. For other sources, text that begins like JSON
/// is JSON. If a file of another name begins like JSON but is not JSON, it is parsed as YAML in flow style.
///
/// # Errors
/// Returns an error with line and column if the text is neither JSON nor YAML.
pub fn parse_json_or_yaml(text: &str, place: &InputSource) -> Result<Value, InputError> {
    if text.trim().is_empty() {
        return Err(InputError::Empty { place: place.clone() });
    }
    let extension = match place {
        InputSource::File(path) => path.extension().and_then(|ext| ext.to_str()).map(str::to_ascii_lowercase),
        _ => None,
    };
    match extension.as_deref() {
        Some("json") => json(text, place),
        Some("yaml" | "yml") => parse_yaml(text, place),
        _ if !begins_like_json(text) => parse_yaml(text, place),
        _ => match json(text, place) {
            Err(error @ InputError::Limit { .. }) => Err(error),
            Err(error) if *place != InputSource::Inline => parse_yaml(text, place).map_err(|_| error),
            result => result,
        },
    }
}

fn begins_like_json(text: &str) -> bool {
    let text = text.trim();
    match text.as_bytes() {
        [b'{' | b'[' | b'"' | b'0'..=b'9', ..] | [b'-', b'0'..=b'9', ..] => true,
        _ => matches!(text, "true" | "false" | "null"),
    }
}

fn json(text: &str, place: &InputSource) -> Result<Value, InputError> {
    crate::json::read(text).map_err(|error| {
        let (message, line, column) = (error.message(), error.line() as u64, error.column() as u64);
        if error.is_limit() {
            return InputError::Limit { place: place.clone(), message, line, column };
        }
        syntax(place, TextFormat::Json, message, (line, column))
    })
}

/// Reads a YAML file into a type.
///
/// # Errors
/// Returns an error with line and column if the file cannot be read or does not match the type.
pub fn read_yaml<T: DeserializeOwned>(path: &str) -> Result<T, InputError> {
    let (text, place) = read_place(path)?;
    yaml::typed(&text).map_err(|error| yaml_error(&place, error))
}

/// Reads a YAML, JSON or TOML file into nodes with positions. A file whose name ends in `.toml` is TOML.
///
/// # Errors
/// Returns an error with line and column if the file cannot be read or has another notation.
pub(crate) fn read_nodes(path: &Path) -> Result<YamlNode, InputError> {
    let (text, place) = read_place(&path.to_string_lossy())?;
    nodes(&text, &place)
}

/// Parses the text of a YAML, JSON or TOML file into nodes with positions.
///
/// # Errors
/// Returns an error with line and column if the text has another notation.
pub(crate) fn nodes(text: &str, place: &InputSource) -> Result<YamlNode, InputError> {
    if text.trim().is_empty() {
        return Err(InputError::Empty { place: place.clone() });
    }
    if matches!(place, InputSource::File(path) if path.extension().is_some_and(|ending| ending == "toml")) {
        let toml_error =
            |YamlError { message, at }| syntax(place, TextFormat::Toml, message, (at.line.into(), at.column.into()));
        return toml::document(text).map_err(toml_error);
    }
    yaml::document(text).map_err(|error| yaml_error(place, error))
}

fn parse_yaml(text: &str, place: &InputSource) -> Result<Value, InputError> {
    yaml::value(text).map_err(|error| yaml_error(place, error))
}

fn yaml_error(place: &InputSource, YamlError { message, at }: YamlError) -> InputError {
    syntax(place, TextFormat::Yaml, message, (at.line.into(), at.column.into()))
}

fn syntax(place: &InputSource, format: TextFormat, message: String, (line, column): (u64, u64)) -> InputError {
    InputError::Syntax { place: place.clone(), format, message, line, column }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file(name: &str) -> InputSource {
        InputSource::File(PathBuf::from(name))
    }

    #[test]
    fn the_name_and_the_first_character_choose_the_notation() {
        let parse = |text: &str, place: &InputSource| parse_json_or_yaml(text, place);
        assert_eq!(parse(r#"{"a":1}"#, &InputSource::Inline).unwrap(), json!({"a": 1}));
        assert_eq!(parse("a: no", &InputSource::Stdin).unwrap(), json!({"a": "no"}));
        assert_eq!(parse("- 1\n- y\n", &file("x")).unwrap(), json!([1, "y"]));
        assert_eq!(parse("{a: true}", &file("x")).unwrap(), json!({"a": true}));
        assert!(parse("{a: true}", &InputSource::Inline).is_err());
        assert!(parse("a: 1", &file("x.json")).is_err());
    }

    #[test]
    fn errors_name_line_and_column() {
        let error = parse_json_or_yaml("{\n  \"a\": ,\n}", &file("t.json")).unwrap_err().to_string();
        assert_eq!(error, "t.json is not valid JSON: expected value (line 2, column 8)");
        let error = parse_json_or_yaml("a: 1\nb: 2\na: 3\n", &InputSource::Stdin).unwrap_err().to_string();
        assert!(error.contains("not valid YAML") && error.contains("line 3, column 1"), "{error}");
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_crash() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(parse_json_or_yaml(&deep, &file("x")).is_err());
        assert!(parse_json_or_yaml(&deep, &file("x.yaml")).is_err());
        let block: String = (0..5000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        assert!(parse_json_or_yaml(&block, &file("x.yaml")).is_err());
    }

    #[test]
    fn files_are_read_with_clear_errors() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("text");
        let name = path.to_str().unwrap();
        assert!(matches!(read_text(name), Err(InputError::Missing { .. })));
        assert!(matches!(read_text(dir.path().to_str().unwrap()), Err(InputError::Directory { .. })));
        std::fs::write(&path, b"ab\xff").unwrap();
        assert!(matches!(read_text(name), Err(InputError::NotUtf8 { offset: 2, .. })));
        std::fs::write(&path, "{\"k\": \"v\"}").unwrap();
        assert_eq!(read_text(name).unwrap(), "{\"k\": \"v\"}");
        assert_eq!(read_structured(&format!("@{name}")).unwrap(), json!({"k": "v"}));
        std::fs::write(&path, "\u{feff}text\u{feff}").unwrap();
        assert_eq!(read_text(name).unwrap(), "text\u{feff}", "only a mark at the beginning is dropped");
        for text in ["\u{feff}{\"k\": \"v\"}", "\u{feff}k: v"] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(read_structured(&format!("@{name}")).unwrap(), json!({"k": "v"}), "{text}");
        }
        for bytes in [b"\xff\xfea\0", b"\xfe\xff\0a"] {
            std::fs::write(&path, bytes).unwrap();
            assert!(matches!(read_text(name), Err(InputError::Utf16 { .. })), "{bytes:?}");
        }
        File::create(&path).unwrap().set_len(MAX_BYTES + 1).unwrap();
        assert!(matches!(read_text(name), Err(InputError::TooLarge { .. })));
    }

    #[test]
    fn standard_input_is_given_to_one_flag_only() {
        let taken = AtomicBool::new(false);
        claim(&taken).unwrap();
        assert!(matches!(claim(&taken), Err(InputError::StdinTaken)));
    }
}
