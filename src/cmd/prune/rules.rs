//! The rules for pruning, from the flags of a command or from a retention file.

use crate::app::App;
use crate::app::records::{RowQuery, Source};
use crate::cmd::rows::{ObjectFilter, seconds};
use crate::config::{Age, DEFAULT_GRACE, Policy, PolicyHold, PolicyRule, SourceCondition};
use crate::env::clock;
use crate::exit::Usage;
use crate::prune::{ActiveRunPolicy, AssistantCondition, Conditions, PruneRule, RetentionHold};
use anyhow::Result;
use std::path::PathBuf;

/// The flags that limit a prune, for all prune commands.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cmd) struct PruneLimits {
    /// Keep objects created or used more recently than DURATION, by any client [default: 30d]
    #[arg(long, value_name = "DURATION")]
    grace: Option<Age>,
    /// Prune at most N objects
    #[arg(long, value_name = "N", value_parser = crate::config::parse_positive::<u64>)]
    pub(in crate::cmd) max: Option<u64>,
}

impl PruneLimits {
    /// Returns the conditions that the flags define, with the age of `--older-than`.
    pub(in crate::cmd) fn conditions(&self, older_than: Option<Age>) -> Conditions {
        Conditions { grace: grace(self.grace), older_than: older_than.map(seconds), ..Conditions::default() }
    }
}

fn grace(given: Option<Age>) -> i64 {
    given.map_or(DEFAULT_GRACE, seconds)
}

/// The flags of a prune command that finds its objects in the ledger.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cmd) struct LedgerPruneFlags {
    #[command(flatten)]
    pub(in crate::cmd) limits: PruneLimits,
    /// Only objects with this source in the ledger [default: created and recorded]
    #[arg(long, value_enum, help_heading = "Filters")]
    pub(in crate::cmd) source: Option<SourceCondition>,
    #[command(flatten)]
    pub(in crate::cmd) object_filter: ObjectFilter,
}

/// The conditions of a rule that apply to threads only.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::cmd) struct ThreadConditions {
    pub(in crate::cmd) empty: bool,
    pub(in crate::cmd) assistants: AssistantCondition,
    pub(in crate::cmd) active: ActiveRunPolicy,
}

impl LedgerPruneFlags {
    /// Returns `true` if any filter was given.
    pub(in crate::cmd) fn has_filter(&self) -> bool {
        self.object_filter.is_set() || self.source.is_some_and(|source| source != SourceCondition::Any)
    }

    /// Returns the rule that the flags define.
    pub(in crate::cmd) fn rule(&self, thread_conditions: ThreadConditions) -> PruneRule {
        let pairs = &self.object_filter.metadata;
        let conditions = Conditions {
            assistants: thread_conditions.assistants,
            active: thread_conditions.active,
            empty: thread_conditions.empty,
            idle: self.object_filter.idle.map(seconds),
            metadata: pairs.iter().map(|pair| (pair.key.clone(), pair.value.clone())).collect(),
            assistant: self.object_filter.assistant.clone(),
            ..self.limits.conditions(self.object_filter.older_than)
        };
        PruneRule {
            name: None,
            filter: self.object_filter.filter(clock::now()),
            sources: permitted_sources(self.source),
            conditions,
        }
    }
}

/// Returns the rules and holds that apply to a command.
///
/// `given` is the retention file of `--policy`. Without it, the retention file of the project is used. `own` is the
/// rule from the filters of the command line. The holds of the retention file always apply, and its rules apply only if
/// `own` is `None`.
pub(in crate::cmd) fn applicable_rules(
    app: &App,
    given: Option<&PathBuf>,
    own: Option<PruneRule>,
    active: ActiveRunPolicy,
) -> Result<(Vec<PruneRule>, Vec<RetentionHold>)> {
    let policy = match given {
        Some(path) => Some(Policy::load(path)?),
        None => app.project()?.and_then(|project| project.retention()).map(|path| Policy::load(&path)).transpose()?,
    };
    let holds = policy.iter().flat_map(|policy| policy.holds.iter().map(hold)).collect();
    match (own, policy) {
        (Some(own), _) => Ok((vec![own], holds)),
        (None, Some(policy)) => Ok((policy.rules.iter().map(|rule| prune_rule(rule, active)).collect(), holds)),
        (None, None) => {
            let hint = "pass --orphaned, --older-than 90d or another filter, or a file of rules with --policy";
            Err(Usage::hinted("no filter is given, so nothing is pruned", hint).into())
        }
    }
}

/// Returns the error for a command without filters, which would prune everything.
pub(in crate::cmd) fn no_filter(hint: &str) -> Usage {
    Usage::hinted("no filter is given, so nothing is pruned", hint)
}

/// Converts a rule of a retention file.
fn prune_rule(rule: &PolicyRule, active: ActiveRunPolicy) -> PruneRule {
    let now = clock::now();
    let metadata: Vec<(String, String)> = rule.metadata.clone().into_iter().collect();
    let (idle, older_than) = (rule.idle.map(seconds), rule.older_than.map(seconds));
    let filter = RowQuery {
        assistant: rule.assistant.clone(),
        metadata: metadata.clone(),
        created_before: older_than.map(|span| now - span),
        idle_since: idle.map(|span| now - span),
        ci_job: rule.ci_job.clone(),
        ..RowQuery::default()
    };
    let conditions = Conditions {
        grace: grace(rule.grace),
        assistants: if rule.any_assistant { AssistantCondition::Any } else { AssistantCondition::Missing },
        active,
        empty: rule.empty,
        idle,
        older_than,
        metadata,
        assistant: rule.assistant.clone(),
    };
    PruneRule { name: rule.name.clone(), filter, sources: permitted_sources(rule.source), conditions }
}

/// Converts a hold of a retention file.
fn hold(hold: &PolicyHold) -> RetentionHold {
    RetentionHold {
        name: hold.name.clone().unwrap_or_default(),
        ids: hold.ids.clone(),
        metadata: hold.metadata.clone().into_iter().collect(),
        assistant: hold.assistant.clone(),
        source: hold.source.and_then(source_of_rows),
        ci_job: hold.ci_job.clone(),
    }
}

/// Returns the sources that a row of the ledger may have. An empty list means any source.
pub(in crate::cmd) fn permitted_sources(given: Option<SourceCondition>) -> Vec<Source> {
    match given {
        None => vec![Source::Created, Source::Recorded],
        Some(source) => source_of_rows(source).into_iter().collect(),
    }
}

/// Converts the value of `--source`. Returns `None` for any source.
fn source_of_rows(source: SourceCondition) -> Option<Source> {
    match source {
        SourceCondition::Created => Some(Source::Created),
        SourceCondition::Recorded => Some(Source::Recorded),
        SourceCondition::Referenced => Some(Source::Referenced),
        SourceCondition::Listed => Some(Source::Listed),
        SourceCondition::Imported => Some(Source::Imported),
        SourceCondition::Scanned => Some(Source::Scanned),
        SourceCondition::Any => None,
    }
}
