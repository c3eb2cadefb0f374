//! `--jq`: filters that are executed in the process.

use jaq_core::load::{Arena, File, Loader, lex, span};
use jaq_core::{Compiler, Ctx, Filter, Vars, data::JustLut, load};
use jaq_json::{Num, Val};
use serde_json::{Map, Number, Value};
use std::fmt;
use std::sync::Arc;

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

/// A compiled filter, which can be applied to any number of values.
#[derive(Clone)]
pub struct Jq {
    filter: Arc<Filter<JustLut<Val>>>,
    text: Arc<str>,
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
        Ok(Self { filter: Arc::new(compiled), text: filter.into() })
    }

    /// Applies the filter to a value and returns all its results.
    pub fn apply(&self, value: &Value) -> Result<Vec<Value>, String> {
        // Convert through text, so that numbers keep all their digits.
        let input = jaq_json::read::parse_single(value.to_string().as_bytes()).map_err(|error| error.to_string())?;
        let context = Ctx::<JustLut<Val>>::new(&self.filter.lut, Vars::new([]));
        let mut results = Vec::new();
        for result in self.filter.id.run((context, input)) {
            match result {
                Ok(value) => match json(&value, DEEPEST) {
                    Some(value) => results.push(value),
                    None => {
                        // Dropping a deeply nested value uses as much stack as reading it, so it is leaked.
                        std::mem::forget(value);
                        return Err("a result is nested too deep".to_owned());
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
pub(super) fn bare(value: Value) -> String {
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
    match json(&error, DEEPEST) {
        Some(value) => bare(value),
        None => {
            std::mem::forget(error);
            "an error that is nested too deep".to_owned()
        }
    }
}

/// Converts a value of jaq, whose values are a superset of JSON, to the nearest JSON value, as jq does. Returns `None`
/// if it is nested deeper than `levels`.
fn json(value: &Val, levels: usize) -> Option<Value> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let below = levels.checked_sub(1)?;
    Some(match value {
        Val::Null => Value::Null,
        Val::Bool(value) => Value::Bool(*value),
        Val::Num(number) => json_number(number),
        Val::BStr(bytes) | Val::TStr(bytes) => Value::String(text(bytes)),
        Val::Arr(items) => Value::Array(items.iter().map(|item| json(item, below)).collect::<Option<_>>()?),
        Val::Obj(members) => {
            let member = |(name, value): (&Val, &Val)| match name {
                Val::BStr(bytes) | Val::TStr(bytes) => Some((text(bytes), json(value, below)?)),
                other => Some((json(other, below)?.to_string(), json(value, below)?)),
            };
            Value::Object(members.iter().map(member).collect::<Option<Map<_, _>>>()?)
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(filter: &str, value: &Value) -> Result<Vec<Value>, String> {
        Jq::parse(filter).unwrap().apply(value)
    }

    #[test]
    fn filters_give_what_jq_gives() {
        let value = json!([{"b": 1, "a": "x"}, {"b": 2.5, "a": "y"}]);
        assert_eq!(run(".[].a", &value), Ok(vec![json!("x"), json!("y")]));
        assert_eq!(run("map(select(.b > 2)) | length", &value), Ok(vec![json!(1)]));
        assert_eq!(run(".[0] | to_entries | map(.key)", &value), Ok(vec![json!(["b", "a"])]));
        assert_eq!(run(".", &value), Ok(vec![value.clone()]));
        assert_eq!(run(".", &json!(u64::MAX)), Ok(vec![json!(u64::MAX)]));
        assert_eq!(run("nan, empty, 1e400 | isinfinite", &json!(null)).map(|all| all.len()), Ok(2));
        let long: Value = serde_json::from_str(r#"{"a":[1.50,123456789012345678901234567890,1e400]}"#).unwrap();
        assert_eq!(run(".", &long).map(|all| all[0].to_string()), Ok(long.to_string()));
        assert_eq!(run("1, halt, 2", &json!(null)), Ok(vec![json!(1)]));
    }

    #[test]
    fn a_failing_filter_says_why() {
        assert!(run(".a", &json!([1])).unwrap_err().contains("index"));
        assert_eq!(
            run("reduce range(5e3) as $i (0; [.])", &json!(null)),
            Err("a result is nested too deep".to_owned())
        );
        let error = run("reduce range(5e3) as $i (0; {a: .}) | error", &json!(null));
        assert_eq!(error, Err("an error that is nested too deep".to_owned()));
        assert_eq!(run("[reduce range(250) as $i (0; [.])] | length", &json!(null)), Ok(vec![json!(1)]));
        assert_eq!(run("error(\"no\")", &json!(null)), Err("no".to_owned()));
        assert_eq!(run("halt_error", &json!("x")), Err("the filter halted with code 5".to_owned()));
        assert_eq!(run("stderr", &json!("x")), Ok(vec![json!("x")]));
    }

    #[test]
    fn a_bad_filter_says_where() {
        let at = |filter: &str| {
            let error = Jq::parse(filter).unwrap_err();
            (error.position, error.message)
        };
        assert_eq!(at(".a | nope(1)"), (6, "unknown filter `nope`".to_owned()));
        assert_eq!(at("\"é\" | $x").0, 7);
        assert_eq!(at(".a | "), (6, "expected term, found the end".to_owned()));
        assert_eq!(at("map(.a").1, "expected the end of `(`");
        for bad in ["", "&", "[", "\"\\q\"", "import \"x\" as x; .", ".a )"] {
            assert!(!Jq::parse(bad).unwrap_err().to_string().is_empty(), "{bad:?}");
        }
    }

    #[test]
    fn filters_can_be_command_line_values() {
        fn shared<T: Clone + Send + Sync + 'static>() {}
        shared::<Jq>();
    }

    #[test]
    fn the_formats_of_jq_are_there() {
        let said = |filter: &str| {
            let jq = Jq::parse(filter).expect("it can be read");
            jq.apply(&json!(["a\tb", "c\\d", 1, null, "e\"f"])).expect("it can be applied")
        };
        assert_eq!(said("@tsv"), [json!("a\\tb\tc\\\\d\t1\t\te\"f")]);
        assert_eq!(said("@csv"), [json!("\"a\tb\",\"c\\d\",1,,\"e\"\"f\"")]);
    }
}
