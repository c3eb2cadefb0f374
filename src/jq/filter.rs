//! Compilation of a filter, and its evaluation in the current process.

use super::convert::to_json;
use super::limits::{MAX_DEPTH, ResultBudget};
use crate::json;
use crate::ui::shorten;
use jaq_core::load::{Arena, File, Loader, import, lex, span};
use jaq_core::{Compiler, Ctx, Filter, Vars, data::JustLut, load};
use jaq_json::Val;
use serde_json::Value;

/// Overrides the definition in jaq, which would write to stderr without going through `ui`.
const SILENT: &str = "def stderr_empty: empty;";

/// The format filters of jq that jaq lacks.
const FORMATS: &str = r#"
def @csv: map(if type == "string" then "\"" + gsub("\""; "\"\"") + "\""
    elif . == null then "" else tostring end) | join(",");
def @tsv: map(if type == "string" then gsub("\\\\"; "\\\\") | gsub("\t"; "\\t") | gsub("\n"; "\\n") | gsub("\r"; "\\r")
    elif . == null then "" else tostring end) | join("\t");
"#;

/// The maximum length of a filter, in bytes.
const MAX_LENGTH: usize = 64 << 10;
/// The maximum length of a filter that is parsed on the stack of the caller, in bytes.
const SHORT: usize = 512;
/// The number of characters of a filter that an error repeats if the filter has no valid position.
const SHOWN: usize = 40;

const NO_MODULES: &str = "modules are not supported";

/// The error for an invalid filter, with its position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at character {position} of `{filter}`")]
pub struct JqError {
    pub message: String,
    /// The position in characters, counted from 1.
    pub position: usize,
    pub filter: String,
}

/// A compiled filter.
pub(super) struct CompiledFilter(Filter<JustLut<Val>>);

impl CompiledFilter {
    /// Parses and compiles a filter.
    ///
    /// # Errors
    /// Returns an error if the filter is too long, invalid, or refers to modules.
    pub(super) fn parse(filter: &str) -> Result<Self, JqError> {
        let failed = |message: String| JqError { message, position: 1, filter: shorten(filter, SHOWN).into_owned() };
        match filter.len() {
            0..=SHORT => Self::compile(filter),
            length if length > MAX_LENGTH => {
                Err(failed(format!("expected a filter of at most {MAX_LENGTH} bytes, got {length} bytes")))
            }
            length => std::thread::scope(|scope| {
                // The parser needs up to 16 KiB of stack for each nested bracket.
                let thread = std::thread::Builder::new().stack_size(length << 14);
                let compiling = thread.spawn_scoped(scope, || Self::compile(filter));
                let compiling =
                    compiling.map_err(|error| failed(format!("cannot start a thread to parse the filter: {error}")))?;
                compiling.join().unwrap_or_else(|_| Err(failed("invalid filter".to_owned())))
            }),
        }
    }

    fn compile(filter: &str) -> Result<Self, JqError> {
        if let Some(position) = module_directive(filter) {
            return Err(JqError { message: NO_MODULES.to_owned(), position, filter: filter.to_owned() });
        }
        let silent = load::parse(SILENT, |parser| parser.defs()).unwrap_or_default();
        let formats = load::parse(FORMATS, |parser| parser.defs()).unwrap_or_default();
        let definitions = jaq_core::defs().chain(silent).chain(jaq_std::defs()).chain(jaq_json::defs()).chain(formats);
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let arena = Arena::default();
        let modules = Loader::new(definitions)
            .with_read(refuse_module)
            .load(&arena, File { code: filter, path: () })
            .map_err(|errors| first_error(filter, errors, describe))?;
        // The loader does not read data imports (`import "x" as $x`), and the filter would fail when it runs.
        import(&modules, |_| Err(NO_MODULES.to_owned())).map_err(|errors| first_error(filter, errors, describe))?;
        let compiled = Compiler::default().with_funs(functions).compile(modules).map_err(|errors| {
            first_error(filter, errors, |errors| {
                let (name, kind) = errors.into_iter().next()?;
                Some((format!("unknown {} `{name}`", kind.as_str()), name))
            })
        })?;
        Ok(Self(compiled))
    }

    /// Applies the filter to a value and returns all results.
    ///
    /// # Errors
    /// Returns an error if the filter raises one, or if the results exceed a limit.
    pub(super) fn evaluate(&self, value: &Value) -> Result<Vec<Value>, String> {
        // The conversion through text keeps all digits of numbers.
        let text = value.to_string();
        let input = jaq_json::read::parse_single(text.as_bytes()).map_err(|error| error.to_string())?;
        let context = Ctx::<JustLut<Val>>::new(&self.0.lut, Vars::new([]));
        let (mut results, mut budget) = (Vec::new(), ResultBudget::for_input(text.len()));
        for result in self.0.id.run((context, input)) {
            match result {
                Ok(value) => match to_json(&value, MAX_DEPTH, &mut budget) {
                    Ok(value) => results.push(value),
                    Err(exceeded) => {
                        // Dropping a deeply nested value uses as much stack as reading it, so it is leaked.
                        std::mem::forget(value);
                        return Err(exceeded.to_string());
                    }
                },
                // The default handling in jaq would end the process on `halt`.
                Err(exception) => match exception.get_err() {
                    Ok(error) => return Err(error_message(error.into_val())),
                    Err(exception) => match exception.get_halt() {
                        Ok(0) => break,
                        Ok(code) => return Err(format!("the filter halted with code {code}")),
                        Err(_) => return Err("the filter breaks to a label that does not exist".to_owned()),
                    },
                },
            }
        }
        Ok(results)
    }
}

/// Refuses to load a module.
fn refuse_module(_: load::Import<'_, &str, ()>) -> Result<File<String, ()>, String> {
    Err(NO_MODULES.to_owned())
}

/// Returns the position of an `import` or `include` at the start of a filter, in characters from 1.
///
/// The parser reports an incomplete directive, such as `import "x"; .`, as a syntax error.
fn module_directive(filter: &str) -> Option<usize> {
    let tokens = lex::Lexer::new(filter).lex().ok()?;
    let first = tokens.first().map(|token| token.0).filter(|word| matches!(*word, "import" | "include"))?;
    Some(position(filter, filter, first))
}

/// Converts the first of jaq's errors to a [`JqError`].
fn first_error<'s, E>(
    filter: &'s str,
    errors: load::Errors<&'s str, (), E>,
    describe: impl Fn(E) -> Option<(String, &'s str)>,
) -> JqError {
    let found = errors.into_iter().find_map(|(file, error)| Some((file.code, describe(error)?)));
    let (message, position) = match found {
        Some((code, (message, part))) => (message, position(filter, code, part)),
        None => ("invalid filter".to_owned(), 1),
    };
    JqError { message, position, filter: filter.to_owned() }
}

/// Returns the position of a part of `code` in the filter, in characters from 1. Returns 1 if `code` is not the filter
/// but one of the built-in definitions.
fn position(filter: &str, code: &str, part: &str) -> usize {
    if !std::ptr::eq(code.as_ptr(), filter.as_ptr()) {
        return 1;
    }
    let start = span(code, part).start;
    filter.get(..start).map_or(0, |before| before.chars().count()) + 1
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
fn error_message(error: Val) -> String {
    match to_json(&error, MAX_DEPTH, &mut ResultBudget::for_input(0)) {
        Ok(value) => json::unquoted(&value).into_owned(),
        Err(exceeded) => {
            // See `evaluate`.
            std::mem::forget(error);
            format!("the filter raised an error that cannot be shown: {exceeded}")
        }
    }
}
