//! The variables of a manifest, and their replacement in texts.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The opening of a reference to a variable.
const OPEN: &str = "${";

/// The declared variables.
#[derive(Debug, Clone, Default)]
pub(super) struct Variables {
    /// The values. A variable without a value has `None`.
    values: BTreeMap<String, Option<String>>,
    /// The variables to which a text referred.
    used: RefCell<BTreeSet<String>>,
}

/// An error in a reference to a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VariableError {
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl Variables {
    /// Declares a variable. A value replaces an earlier value, and `None` leaves it.
    pub(super) fn declare(&mut self, name: &str, value: Option<String>) {
        let known = self.values.entry(name.to_owned()).or_default();
        if value.is_some() {
            *known = value;
        }
    }

    /// Returns `true` if a variable is declared.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Returns `true` if a text that was replaced refers to a variable.
    pub(super) fn is_used(&self, name: &str) -> bool {
        self.used.borrow().contains(name)
    }

    /// Returns the names of the declared variables.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Replaces `${NAME}` and `${NAME:-DEFAULT}` by values. `$${` stands for the text `${`.
    ///
    /// # Errors
    /// Returns an error if a reference is not closed, or its variable is not declared or has neither a value nor a default.
    pub(super) fn replace(&self, text: &str) -> Result<String, VariableError> {
        let (mut out, mut rest) = (String::new(), text);
        while let Some(at) = rest.find(OPEN) {
            if rest[..at].ends_with('$') {
                out.push_str(&rest[..at]);
                out.push('{');
                rest = &rest[at + OPEN.len()..];
                continue;
            }
            out.push_str(&rest[..at]);
            let after = &rest[at + OPEN.len()..];
            let end = after.find('}').ok_or_else(|| VariableError {
                message: "expected `}` after `${`, found the end of the text".to_owned(),
                hint: Some("write $${ for a literal ${".to_owned()),
            })?;
            out.push_str(&self.value(&after[..end])?);
            rest = &after[end + 1..];
        }
        out.push_str(rest);
        Ok(out)
    }

    fn value(&self, reference: &str) -> Result<String, VariableError> {
        let (name, default) = match reference.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (reference, None),
        };
        let Some(known) = self.values.get(name) else {
            return Err(VariableError {
                message: format!("the variable `{name}` is not declared"),
                hint: Some(format!(
                    "declare it under `vars`, or under `env` to read it from the environment; write $${{{name}}} for the \
                     text itself"
                )),
            });
        };
        self.used.borrow_mut().insert(name.to_owned());
        match known.as_deref().filter(|value| !value.is_empty()).or(default) {
            Some(value) => Ok(value.to_owned()),
            // An empty text is a value, too.
            None if known.is_some() => Ok(String::new()),
            None => Err(VariableError {
                message: format!("the variable `{name}` has no value"),
                hint: Some(format!("pass --var {name}=VALUE, or write ${{{name}:-DEFAULT}}")),
            }),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn variables() -> Variables {
        let mut variables = Variables::default();
        variables.declare("MODEL", Some("gpt-4o".into()));
        variables.declare("UNSET", None);
        variables.declare("EMPTY", Some(String::new()));
        variables
    }

    #[test]
    fn references_are_replaced() {
        for (text, expected) in [
            ("", ""),
            ("plain $ text }", "plain $ text }"),
            ("${MODEL}", "gpt-4o"),
            ("a ${MODEL} b ${MODEL}", "a gpt-4o b gpt-4o"),
            ("${UNSET:-mini}", "mini"),
            ("${EMPTY:-mini}", "mini"),
            ("${EMPTY}", ""),
            ("${UNSET:-}", ""),
            ("$${MODEL}", "${MODEL}"),
            ("é${MODEL}é", "égpt-4oé"),
        ] {
            assert_eq!(variables().replace(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn an_error_names_the_variable() {
        for (text, expected) in [
            ("${AWS_SECRET}", "the variable `AWS_SECRET` is not declared"),
            ("${UNSET}", "the variable `UNSET` has no value"),
            ("${MODEL", "expected `}` after `${`, found the end of the text"),
            ("${}", "the variable `` is not declared"),
        ] {
            assert_eq!(variables().replace(text).unwrap_err().message, expected, "{text}");
        }
    }
}
