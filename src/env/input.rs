//! Reading what a flag names: a file, standard input, or structured text given in place.
//!
//! It knows nothing of what the text means; callers turn the value into a request.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::Value;

/// The longest text that is read into memory.
pub const MAX_BYTES: u64 = 64 << 20;

/// How deep YAML may nest; its parser needs far more stack for each level than the one of JSON, which stops at 128.
const MAX_DEPTH: usize = 64;

/// What can be wrong with what a flag names.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    #[error("{flag}: no such file: {}", path.display())]
    Missing { flag: String, path: PathBuf },
    #[error("{flag}: {} is a directory, not a file", path.display())]
    Directory { flag: String, path: PathBuf },
    #[error("{flag}: cannot read {place}: {source}")]
    Unreadable { flag: String, place: Place, source: io::Error },
    #[error("{flag}: {place} is not UTF-8 text (byte {offset} is the first that is not)")]
    NotUtf8 { flag: String, place: Place, offset: usize },
    #[error("{flag}: {place} is larger than {} MiB", MAX_BYTES >> 20)]
    TooLarge { flag: String, place: Place },
    #[error("{flag}: standard input is read by {taken_by} already; only one flag can read it")]
    StdinTaken { flag: String, taken_by: String },
    #[error("{flag}: {place} is not valid {format}: {message}{}", at(*line, *column))]
    Syntax { flag: String, place: Place, format: Format, message: String, line: u64, column: u64 },
}

fn at(line: u64, column: u64) -> String {
    if line == 0 { String::new() } else { format!(" (line {line}, column {column})") }
}

/// Where a text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Written on the command line.
    Inline,
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl fmt::Display for Place {
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
pub enum Format {
    Json,
    Yaml,
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if *self == Self::Json { "JSON" } else { "YAML" })
    }
}

static STDIN_TAKEN: Mutex<Option<String>> = Mutex::new(None);

/// Claims standard input for a flag.
///
/// # Errors
/// Where another flag has claimed it before.
pub fn claim_stdin(flag: &str) -> Result<(), InputError> {
    claim(&STDIN_TAKEN, flag)
}

fn claim(taken: &Mutex<Option<String>>, flag: &str) -> Result<(), InputError> {
    let mut taken = taken.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    match taken.as_ref() {
        Some(by) => Err(InputError::StdinTaken { flag: flag.to_owned(), taken_by: by.clone() }),
        None => {
            *taken = Some(flag.to_owned());
            Ok(())
        }
    }
}

/// Reads the text that `flag` names: a path, or `-` for standard input.
///
/// # Errors
/// Where it is missing, a directory, unreadable, too large or not UTF-8, or where standard input is taken.
pub fn read_text(flag: &str, name: &str) -> Result<String, InputError> {
    read_place(flag, name).map(|(text, _)| text)
}

/// Reads a structured value: `@PATH` (`@-` and `-` are standard input) or the value itself.
///
/// # Errors
/// Where it cannot be read, or is neither JSON nor YAML.
pub fn read_structured(flag: &str, value: &str) -> Result<Value, InputError> {
    let name = if value == "-" { Some("-") } else { value.strip_prefix('@') };
    match name {
        None => parse_json_or_yaml(flag, value, &Place::Inline),
        Some(name) => {
            let (text, place) = read_place(flag, name)?;
            parse_json_or_yaml(flag, &text, &place)
        }
    }
}

fn read_place(flag: &str, name: &str) -> Result<(String, Place), InputError> {
    if name == "-" {
        claim_stdin(flag)?;
        return Ok((decode(flag, Place::Stdin, io::stdin().lock())?, Place::Stdin));
    }
    let path = Path::new(name);
    let place = Place::File(path.to_path_buf());
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => InputError::Missing { flag: flag.to_owned(), path: path.to_path_buf() },
        _ => InputError::Unreadable { flag: flag.to_owned(), place: place.clone(), source },
    };
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(InputError::Directory { flag: flag.to_owned(), path: path.to_path_buf() });
    }
    Ok((decode(flag, place.clone(), file)?, place))
}

fn decode(flag: &str, place: Place, source: impl Read) -> Result<String, InputError> {
    let flag = flag.to_owned();
    let mut bytes = Vec::new();
    match source.take(MAX_BYTES + 1).read_to_end(&mut bytes) {
        Err(source) => Err(InputError::Unreadable { flag, place, source }),
        Ok(read) if read as u64 > MAX_BYTES => Err(InputError::TooLarge { flag, place }),
        Ok(_) => String::from_utf8(bytes).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            InputError::NotUtf8 { flag, place, offset }
        }),
    }
}

/// Parses a structured value.
///
/// `.json` is JSON and `.yaml`, `.yml` are YAML; elsewhere text that begins as JSON does is JSON. A file of
/// another name that begins so and is no JSON may still be YAML's flow style.
///
/// # Errors
/// With line and column, where the text is neither.
pub fn parse_json_or_yaml(flag: &str, text: &str, place: &Place) -> Result<Value, InputError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let extension = match place {
        Place::File(path) => path.extension().and_then(|ext| ext.to_str()).map(str::to_ascii_lowercase),
        _ => None,
    };
    match extension.as_deref() {
        Some("json") => json(flag, text, place),
        Some("yaml" | "yml") => yaml(flag, text, place),
        _ if !begins_as_json(text) => yaml(flag, text, place),
        _ => match json(flag, text, place) {
            Err(error) if *place != Place::Inline => yaml(flag, text, place).map_err(|_| error),
            result => result,
        },
    }
}

fn begins_as_json(text: &str) -> bool {
    let text = text.trim();
    match text.as_bytes() {
        [] | [b'{' | b'[' | b'"' | b'0'..=b'9', ..] | [b'-', b'0'..=b'9', ..] => true,
        _ => matches!(text, "true" | "false" | "null"),
    }
}

fn json(flag: &str, text: &str, place: &Place) -> Result<Value, InputError> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let whole = error.to_string();
        let message = whole.split(" at line ").next().unwrap_or(&whole).to_owned();
        syntax(flag, place, Format::Json, message, (line as u64, column as u64))
    })
}

fn yaml(flag: &str, text: &str, place: &Place) -> Result<Value, InputError> {
    let mut options = serde_saphyr::options! { strict_booleans: true };
    if let Some(budget) = options.budget.as_mut() {
        budget.max_depth = MAX_DEPTH;
        budget.flow_nesting_limit = MAX_DEPTH;
    }
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let error = error.without_snippet();
        let at = error.location().map_or((0, 0), |location| (location.line(), location.column()));
        let whole = error.to_string();
        let message = whole.split(" at line ").next().unwrap_or(&whole).trim().to_owned();
        syntax(flag, place, Format::Yaml, message, at)
    })
}

fn syntax(flag: &str, place: &Place, format: Format, message: String, (line, column): (u64, u64)) -> InputError {
    InputError::Syntax { flag: flag.to_owned(), place: place.clone(), format, message, line, column }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file(name: &str) -> Place {
        Place::File(PathBuf::from(name))
    }

    #[test]
    fn the_name_and_the_first_character_choose_the_notation() {
        let parse = |text: &str, place: &Place| parse_json_or_yaml("--tools", text, place);
        assert_eq!(parse(r#"{"a":1}"#, &Place::Inline).unwrap(), json!({"a": 1}));
        assert_eq!(parse("a: no", &Place::Stdin).unwrap(), json!({"a": "no"}));
        assert_eq!(parse("- 1\n- y\n", &file("x")).unwrap(), json!([1, "y"]));
        assert_eq!(parse("{a: true}", &file("x")).unwrap(), json!({"a": true}));
        assert!(parse("{a: true}", &Place::Inline).is_err());
        assert!(parse("a: 1", &file("x.json")).is_err());
        assert_eq!(parse("\u{feff}[1]", &file("x")).unwrap(), json!([1]));
    }

    #[test]
    fn errors_name_line_and_column() {
        let error = parse_json_or_yaml("--tools", "{\n  \"a\": ,\n}", &file("t.json")).unwrap_err().to_string();
        assert_eq!(error, "--tools: t.json is not valid JSON: expected value (line 2, column 8)");
        let error = parse_json_or_yaml("--body", "a: 1\nb: 2\na: 3\n", &Place::Stdin).unwrap_err().to_string();
        assert!(error.contains("not valid YAML") && error.contains("line 3, column 1"), "{error}");
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_crash() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(parse_json_or_yaml("-", &deep, &file("x")).is_err());
        assert!(parse_json_or_yaml("-", &deep, &file("x.yaml")).is_err());
        let block: String = (0..5000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        assert!(parse_json_or_yaml("-", &block, &file("x.yaml")).is_err());
    }

    #[test]
    fn files_are_read_with_clear_errors() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("text");
        let name = path.to_str().unwrap();
        assert!(matches!(read_text("--f", name), Err(InputError::Missing { .. })));
        assert!(matches!(read_text("--f", dir.path().to_str().unwrap()), Err(InputError::Directory { .. })));
        std::fs::write(&path, b"ab\xff").unwrap();
        assert!(matches!(read_text("--f", name), Err(InputError::NotUtf8 { offset: 2, .. })));
        std::fs::write(&path, "{\"k\": \"v\"}").unwrap();
        assert_eq!(read_text("--f", name).unwrap(), "{\"k\": \"v\"}");
        assert_eq!(read_structured("--f", &format!("@{name}")).unwrap(), json!({"k": "v"}));
        File::create(&path).unwrap().set_len(MAX_BYTES + 1).unwrap();
        assert!(matches!(read_text("--f", name), Err(InputError::TooLarge { .. })));
    }

    #[test]
    fn standard_input_is_given_to_one_flag_only() {
        let taken = Mutex::new(None);
        claim(&taken, "--body").unwrap();
        let error = claim(&taken, "--content-file").unwrap_err().to_string();
        assert!(error.contains("--body already"), "{error}");
    }
}
