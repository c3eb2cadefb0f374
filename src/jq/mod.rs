//! `--jq`: filters are compiled here and run in a separate process, which may fail or be stopped.

mod limits;
#[cfg(test)]
mod tests;
mod worker;

pub use worker::work;

use jaq_core::load::{Arena, File, Loader, lex, span};
use jaq_core::{Compiler, Ctx, Filter, Vars, data::JustLut, load};
use jaq_json::{Num, Val};
use limits::{Beyond, Room};
use serde_json::{Map, Number, Value};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use worker::Worker;

/// Overrides the definition in jaq, which would write to stderr without going through `ui`.
const SILENT: &str = "def stderr_empty: empty;";

/// The format filters of jq that jaq lacks.
const FORMATS: &str = r#"
def @csv: map(if type == "string" then "\"" + gsub("\""; "\"\"") + "\""
    elif . == null then "" else tostring end) | join(",");
def @tsv: map(if type == "string" then gsub("\\\\"; "\\\\") | gsub("\t"; "\\t") | gsub("\n"; "\\n") | gsub("\r"; "\\r")
    elif . == null then "" else tostring end) | join("\t");
"#;

/// The deepest nesting of a result. Each level uses stack space.
const DEEPEST: usize = 256;

/// The most bytes of a filter. A long one is compiled with more stack, because brackets in it may be nested.
const LONGEST: usize = 64 << 10;
const SHORT: usize = 512;

/// A compiled filter, which can be applied to any number of values.
#[derive(Clone)]
pub struct Jq {
    filter: Arc<Filter<JustLut<Val>>>,
    text: Arc<str>,
    /// The process that runs the filter. It is started for the first value.
    worker: Arc<Mutex<Option<Worker>>>,
}

/// The error for an invalid filter, with its position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at character {position} of `{filter}`")]
pub struct JqError {
    pub message: String,
    /// The position in characters, counted from 1.
    pub position: usize,
    pub filter: String,
}

impl fmt::Debug for Jq {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Jq({:?})", self.text)
    }
}

impl std::str::FromStr for Jq {
    type Err = JqError;

    fn from_str(filter: &str) -> Result<Self, Self::Err> {
        Self::parse(filter)
    }
}

impl Jq {
    /// Parses a filter.
    pub fn parse(filter: &str) -> Result<Self, JqError> {
        let failed = |message: String| JqError { message, position: 1, filter: filter.chars().take(40).collect() };
        match filter.len() {
            0..=SHORT => Self::read(filter),
            length if length > LONGEST => {
                Err(failed(format!("expected a filter of at most {LONGEST} bytes, got {length} bytes")))
            }
            length => std::thread::scope(|scope| {
                // The reader needs up to 16 KiB of stack for each bracket.
                let thread = std::thread::Builder::new().stack_size(length << 14);
                let reading = thread.spawn_scoped(scope, || Self::read(filter));
                let reading = reading.map_err(|error| failed(format!("cannot read so long a filter: {error}")))?;
                reading.join().unwrap_or_else(|_| Err(failed("not a filter".to_owned())))
            }),
        }
    }

    fn read(filter: &str) -> Result<Self, JqError> {
        let silent = load::parse(SILENT, |parser| parser.defs()).unwrap_or_default();
        let formats = load::parse(FORMATS, |parser| parser.defs()).unwrap_or_default();
        let definitions = jaq_core::defs().chain(silent).chain(jaq_std::defs()).chain(jaq_json::defs()).chain(formats);
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let arena = Arena::default();
        let modules = Loader::new(definitions)
            .load(&arena, File { code: filter, path: () })
            .map_err(|errors| first(filter, errors, describe))?;
        let compiled = Compiler::default().with_funs(functions).compile(modules).map_err(|errors| {
            first(filter, errors, |errors| {
                let (name, kind) = errors.into_iter().next()?;
                Some((format!("unknown {} `{name}`", kind.as_str()), name))
            })
        })?;
        Ok(Self { filter: Arc::new(compiled), text: filter.into(), worker: Arc::default() })
    }

    /// Applies the filter to a value and returns all its results.
    ///
    /// # Errors
    /// If the filter fails, or needs more memory, stack or time than it may use.
    pub fn apply(&self, value: &Value) -> Result<Vec<Value>, String> {
        if cfg!(test) {
            return self.evaluate(value); // The executable of a unit test cannot act as the worker.
        }
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if worker.is_none() {
            *worker = Worker::start(&self.text).ok();
        }
        match worker.as_mut().map(|worker| worker.apply(value)) {
            Some(Some(results)) => results,
            Some(None) => {
                *worker = None;
                Err(worker::stopped())
            }
            // If no process can be started, the filter is executed without one.
            None => self.evaluate(value),
        }
    }

    /// Applies the filter to a value, in this process.
    fn evaluate(&self, value: &Value) -> Result<Vec<Value>, String> {
        // Convert through text, so that numbers keep all their digits.
        let text = value.to_string();
        let input = jaq_json::read::parse_single(text.as_bytes()).map_err(|error| error.to_string())?;
        let context = Ctx::<JustLut<Val>>::new(&self.filter.lut, Vars::new([]));
        let (mut results, mut room) = (Vec::new(), Room::beside(text.len()));
        for result in self.filter.id.run((context, input)) {
            match result {
                Ok(value) => match json(&value, DEEPEST, &mut room) {
                    Ok(value) => results.push(value),
                    Err(beyond) => {
                        // Dropping a deeply nested value uses as much stack as reading it, so it is leaked.
                        std::mem::forget(value);
                        return Err(beyond.to_string());
                    }
                },
                // The default handling in jaq would end the process on `halt`.
                Err(exception) => match exception.get_err() {
                    Ok(error) => return Err(said(error.into_val())),
                    Err(exception) => match exception.get_halt() {
                        Ok(0) => break,
                        Ok(code) => return Err(format!("the filter halted with code {code}")),
                        Err(_) => return Err("the filter left a label that is not there".to_owned()),
                    },
                },
            }
        }
        Ok(results)
    }
}

/// Returns a string without quotes, and any other value as JSON.
pub fn bare(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Converts the first of jaq's errors to a [`JqError`].
fn first<'s, E>(
    filter: &'s str,
    errors: load::Errors<&'s str, (), E>,
    describe: impl Fn(E) -> Option<(String, &'s str)>,
) -> JqError {
    let found = errors.into_iter().find_map(|(file, error)| Some((file.code, describe(error)?)));
    let (message, position) = match found {
        Some((code, (message, part))) if std::ptr::eq(code.as_ptr(), filter.as_ptr()) => {
            let start = span(code, part).start;
            (message, filter.get(..start).map_or(0, |before| before.chars().count()) + 1)
        }
        Some((_, (message, _))) => (message, 1),
        None => ("not a filter".to_owned(), 1),
    };
    JqError { message, position, filter: filter.to_owned() }
}

fn describe(error: load::Error<&str>) -> Option<(String, &str)> {
    match error {
        load::Error::Io(errors) => errors.into_iter().next().map(|(part, message)| (message, part)),
        load::Error::Lex(errors) => errors.into_iter().next().map(|(expected, part)| {
            let expected = match expected {
                lex::Expect::Delim(open) => format!("the end of `{open}`"),
                other => other.as_str().to_owned(),
            };
            (format!("expected {expected}"), part)
        }),
        load::Error::Parse(errors) => errors.into_iter().next().map(|(expected, part)| {
            let found = if part.is_empty() { "the end".to_owned() } else { format!("`{part}`") };
            (format!("expected {}, found {found}", expected.as_str()), part)
        }),
    }
}

/// Returns the message of an error that a filter raised.
fn said(error: Val) -> String {
    match json(&error, DEEPEST, &mut Room::beside(0)) {
        Ok(value) => bare(value),
        Err(_) => {
            std::mem::forget(error);
            "an error that is nested too deep".to_owned()
        }
    }
}

/// Converts a value of jaq, whose values are a superset of JSON, to the nearest JSON value, as jq does.
///
/// # Errors
/// If it is nested deeper than `levels`, or larger than `room`.
fn json(value: &Val, levels: usize, room: &mut Room) -> Result<Value, Beyond> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let below = levels.checked_sub(1).ok_or(Beyond::Depth)?;
    room.take(0)?;
    Ok(match value {
        Val::Null => Value::Null,
        Val::Bool(value) => Value::Bool(*value),
        Val::Num(number) => json_number(number),
        Val::BStr(bytes) | Val::TStr(bytes) => {
            room.take(bytes.len())?;
            Value::String(text(bytes))
        }
        Val::Arr(items) => {
            Value::Array(items.iter().map(|item| json(item, below, room)).collect::<Result<_, Beyond>>()?)
        }
        Val::Obj(members) => {
            let member = |(name, value): (&Val, &Val)| {
                let name = match name {
                    Val::BStr(bytes) | Val::TStr(bytes) => text(bytes),
                    other => json(other, below, room)?.to_string(),
                };
                Ok((name, json(value, below, room)?))
            };
            Value::Object(members.iter().map(member).collect::<Result<Map<_, _>, Beyond>>()?)
        }
    })
}

fn json_number(number: &Num) -> Value {
    match number {
        Num::Int(value) => Value::from(*value as i64),
        Num::Float(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
        Num::BigInt(value) => value.to_string().parse().map_or(Value::Null, Value::Number),
        Num::Dec(text) => text.parse().map_or(Value::Null, Value::Number),
    }
}
