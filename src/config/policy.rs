//! A retention file: the rules for objects to prune, and the holds for objects to keep
//! (docs/design/configuration.md#retention-files). The module must not depend on the ledger or a backend.

use super::{Age, ConfigError, toml_error};
use crate::env::text;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use toml::Spanned;

/// A parsed retention file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    pub rules: Vec<PolicyRule>,
    pub holds: Vec<PolicyHold>,
}

/// The source from which the ledger learned of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum SourceCondition {
    /// Created by a command of asst
    Created,
    /// Created by a program under `asst record`
    Recorded,
    /// Named in a command
    #[serde(rename = "met")]
    #[value(name = "met")]
    Referenced,
    /// Listed by a backend
    Listed,
    /// Imported by `asst ledger import`
    Imported,
    /// Found by a scan
    Scanned,
    /// Any of these sources
    Any,
}

/// A rule that selects objects to prune. All conditions must be met.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyRule {
    pub name: Option<String>,
    pub orphaned: bool,
    pub empty: bool,
    pub any_assistant: bool,
    pub idle: Option<Age>,
    pub older_than: Option<Age>,
    pub metadata: BTreeMap<String, String>,
    #[serde(deserialize_with = "condition")]
    pub assistant: Option<String>,
    pub source: Option<SourceCondition>,
    #[serde(deserialize_with = "condition")]
    pub ci_job: Option<String>,
    pub grace: Option<Age>,
}

/// Reads the value of a condition. An empty value would never match, so a rule or a hold with it has no effect.
fn condition<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(from)?;
    match text.trim() {
        "" => Err(D::Error::custom("the value of a condition is empty")),
        _ => Ok(Some(text)),
    }
}

/// A hold that protects objects from pruning. All given conditions must be met.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyHold {
    pub name: Option<String>,
    pub ids: BTreeSet<String>,
    pub metadata: BTreeMap<String, String>,
    #[serde(deserialize_with = "condition")]
    pub assistant: Option<String>,
    pub source: Option<SourceCondition>,
    #[serde(deserialize_with = "condition")]
    pub ci_job: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PolicyFile {
    grace: Option<Age>,
    rule: Vec<Spanned<PolicyRule>>,
    hold: Vec<Spanned<PolicyHold>>,
}

impl PolicyRule {
    /// Returns `true` if the rule has a condition. A grace period alone is not one, and neither is `source = "any"`.
    fn has_condition(&self) -> bool {
        let source = self.source.filter(|source| *source != SourceCondition::Any);
        let bare = Self { name: self.name.clone(), grace: self.grace, source: self.source, ..Self::default() };
        let flagged = Self { any_assistant: self.any_assistant, ..bare };
        *self != flagged || source.is_some()
    }
}

impl Policy {
    /// Reads a retention file.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read or has no rule, or if a key is unknown. Also if a rule or hold has
    /// no condition; this error names the line.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = text::read_regular(path)
            .map_err(|error| ConfigError::usage(format!("cannot read {}: {error}", path.display())))?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let file: PolicyFile = toml::from_str(text).map_err(|error| toml_error::explain(path, text, &error))?;
        let wrong = |at: usize, message: &str| {
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            Err(ConfigError::usage(format!("{}, line {line}: {message}", path.display())))
        };
        let mut policy = Self::default();
        for (number, rule) in file.rule.into_iter().enumerate() {
            let at = rule.span().start;
            let rule = rule.into_inner();
            if !rule.has_condition() {
                return wrong(at, "a rule without a condition would select everything");
            }
            if rule.orphaned && rule.any_assistant {
                return wrong(at, "`orphaned` and `any_assistant` exclude each other");
            }
            let name = rule.name.or_else(|| Some(format!("rule {}", number + 1)));
            policy.rules.push(PolicyRule { name, grace: rule.grace.or(file.grace), ..rule });
        }
        for (number, hold) in file.hold.into_iter().enumerate() {
            let at = hold.span().start;
            let hold = hold.into_inner();
            if (PolicyHold { name: hold.name.clone(), ..PolicyHold::default() }) == hold {
                return wrong(at, "a hold needs a condition");
            }
            policy.holds.push(PolicyHold { name: hold.name.or_else(|| Some(format!("hold {}", number + 1))), ..hold });
        }
        if policy.rules.is_empty() {
            return Err(ConfigError::usage(format!("{} has no [[rule]]", path.display())));
        }
        Ok(policy)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Policy, String> {
        Policy::parse(Path::new("retention.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn rules_and_holds_are_read() {
        let policy = read(
            "grace = '7d'\n[[rule]]\nname = 'ci'\nmetadata = { ci = '1' }\nolder_than = '1d'\ngrace = '1d'\n\
             [[rule]]\norphaned = true\n[[hold]]\nids = ['thread_1']\n",
        )
        .unwrap();
        let names: Vec<_> = policy.rules.iter().map(|rule| rule.name.as_deref().unwrap()).collect();
        assert_eq!(names, ["ci", "rule 2"]);
        let graces: Vec<_> = policy.rules.iter().map(|rule| rule.grace.unwrap().0.as_secs() / 86_400).collect();
        assert_eq!(graces, [1, 7]);
        assert_eq!(policy.holds[0].name.as_deref(), Some("hold 1"));
    }

    #[test]
    fn the_example_is_valid() {
        let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/retention.toml"));
        let policy = Policy::load(path).unwrap();
        assert_eq!((policy.rules.len(), policy.holds.len()), (3, 2));
    }

    #[test]
    fn errors_name_the_line() {
        for (text, expected) in [
            ("", "retention.toml has no [[rule]]"),
            ("[[hold]]\nids = ['thread_1']\n", "retention.toml has no [[rule]]"),
            ("[[rule]]\norphaned = true\nolder = '1d'\n", "retention.toml, line 3: unknown key `older`"),
            ("\n[[rule]]\nname = 'all'\ngrace = '1d'\n", "line 2: a rule without a condition would select everything"),
            ("[[rule]]\nsource = 'any'\nany_assistant = true\n", "line 1: a rule without a condition"),
            ("[[rule]]\norphaned = true\nany_assistant = true\n", "exclude each other"),
            ("[[rule]]\nidle = '-3d'\n", "line 2: expected a duration;"),
            ("[[rule]]\nidle = 90\n", "line 2: expected a duration with a unit"),
            ("[[rule]]\nolder_than = '90'\n", "line 2: expected a duration with a unit"),
            ("grace = 30\n[[rule]]\norphaned = true\n", "line 1: expected a duration with a unit"),
            ("[[rule]]\norphaned = true\ngrace = '0s'\n", "line 3: a duration must be at least 1s"),
            ("[[rule]]\nsource = 'nowhere'\n", "line 2: unknown variant `nowhere`"),
            ("[[rule]]\norphaned = true\n[[hold]]\nname = 'x'\n", "line 3: a hold needs a condition"),
            ("[[rule]]\nci_job = ''\n", "line 2: the value of a condition is empty"),
            ("[[rule]]\norphaned = true\n[[hold]]\nassistant = ' '\n", "line 4: the value of a condition is empty"),
            ("[[rule]\n", "line 1"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
