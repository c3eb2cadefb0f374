//! Errors of TOML files: they name the file, the line and the nearest known key. They never show the value, which may
//! be a key.

use std::path::Path;

use super::ConfigError;

/// Converts an error of the TOML parser to one that names the file, the line and the nearest known key.
pub(super) fn explain(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let place = match line {
        Some(line) => format!("{}, line {line}", path.display()),
        None => path.display().to_string(),
    };
    // The parser's `Display` quotes the whole line, which may contain a key.
    let message = error.message();
    match unknown_field(message) {
        None => ConfigError::usage(format!("{place}: {}", without_values(message))),
        Some((key, known)) => {
            let error = ConfigError::usage(format!("{place}: unknown key `{key}`"));
            match nearest(key, known) {
                Some(known) => error.with_hint(format!("did you mean `{known}`?")),
                None => error,
            }
        }
    }
}

/// Returns the known name that is most similar to `name`, or `None` if no name is similar enough.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|one, two| one.0.total_cmp(&two.0))
        .map(|(_, candidate)| candidate)
}

fn unknown_field(message: &str) -> Option<(&str, impl Iterator<Item = &str>)> {
    let mut quoted = message.strip_prefix("unknown field `")?.split('`');
    let key = quoted.next()?;
    Some((key, quoted.skip(1).step_by(2)))
}

/// Removes the part of the message in which serde quotes the value: `invalid type: string "sk-…", expected a map`.
fn without_values(message: &str) -> String {
    let Some(start) = message.find('"') else { return message.to_owned() };
    let end = message.rfind('"').unwrap_or(start);
    format!("{}…{}", &message[..start], &message[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_omit_values_and_suggest_the_nearest_key() {
        assert_eq!(
            without_values("invalid type: string \"sk-1\\\"\", expected a map"),
            "invalid type: string …, expected a map"
        );
        assert_eq!(nearest("bas_url", ["base_url", "backend"]), Some("base_url"));
        assert_eq!(nearest("zzz", ["base_url", "backend"]), None);
        let (key, known) =
            unknown_field("unknown field `a`, expected one of `b`, `c`").into_iter().next().expect("parsed");
        assert_eq!((key, known.collect::<Vec<_>>()), ("a", vec!["b", "c"]));
    }
}
