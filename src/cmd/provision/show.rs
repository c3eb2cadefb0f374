//! The output of plans and applies: text for readers, and rows or documents for programs.

use crate::app::{App, TableSpec};
use crate::manifest::Difference;
use crate::provision::{Action, Applied, Plan, PlannedObject};
use crate::ui::counted;
use crate::view::{Col, Format, Members};
use anyhow::Result;
use serde_json::Value;
use std::fmt::Write as _;

/// The columns of a plan.
pub(super) const PLAN: TableSpec = TableSpec {
    noun: "plan",
    columns: &[Col::text("action", "action"), Col::text("key", "key"), Col::id("id"), Col::text("reason", "reason")],
    members: Members::Any,
};

/// The columns of an apply.
pub(super) const APPLIED: TableSpec = TableSpec {
    noun: "apply",
    columns: &[Col::text("key", "key"), Col::id("id"), Col::text("outcome", "outcome")],
    members: Members::Any,
};

/// Prints a plan.
pub(super) fn plan(app: &App, plan: &Plan) -> Result<()> {
    match app.format()? {
        Format::Json | Format::Yaml => app.show(PLAN, &plan.to_json()),
        Format::Table if app.options().jq.is_none() && !app.invocation.has("columns") => {
            app.ui().out_lines(&text(plan))?;
            Ok(())
        }
        _ => {
            let rows: Vec<Value> = plan.objects.iter().map(PlannedObject::to_json).collect();
            app.show_items(PLAN, &rows)
        }
    }
}

/// Prints the results of an apply.
pub(super) fn applied(app: &App, applied: &[Applied]) -> Result<()> {
    let rows: Vec<Value> = applied.iter().map(Applied::to_json).collect();
    app.show_items(APPLIED, &rows)
}

/// Prints the objects that changed at the backend on stderr.
pub(super) fn differences(app: &App, plan: &Plan) -> Result<()> {
    let drifted = |object: &&PlannedObject| matches!(object.action, Action::Drifted | Action::Conflict);
    let mut text = String::new();
    plan.objects.iter().filter(drifted).for_each(|object| describe(&mut text, object));
    text.lines().for_each(|line| app.ui().print_line(line));
    Ok(())
}

/// Returns a plan as text: a line for each object that is not unchanged, and its differences.
fn text(plan: &Plan) -> String {
    let mut text = String::new();
    for object in plan.objects.iter().filter(|object| object.action != Action::Unchanged) {
        describe(&mut text, object);
    }
    let counts = Action::ALL.into_iter().map(|action| (action.name(), plan.count(action)));
    let counts: Vec<String> =
        counts.filter(|(_, count)| *count > 0).map(|(name, count)| format!("{count} {name}")).collect();
    let total = counted(plan.objects.len() as u64, "object");
    let _ = match plan.has_differences() {
        true => writeln!(text, "{total}: {}", counts.join(", ")),
        false => writeln!(text, "{total}, no changes"),
    };
    text
}

fn describe(text: &mut String, object: &PlannedObject) {
    let sign = match object.action {
        Action::Create => '+',
        Action::Update | Action::Replace | Action::Duplicate => '~',
        Action::Delete => '-',
        Action::Drifted | Action::Conflict | Action::Ambiguous => '!',
        Action::Orphaned | Action::Unchanged => '=',
    };
    let ids = object.ids.join(", ");
    let id = if ids.is_empty() { String::new() } else { format!(" {ids}") };
    let _ = writeln!(text, "{sign} {}{id}: {}", object.key, object.reason);
    object.differences.iter().for_each(|difference| describe_member(text, difference));
}

fn describe_member(text: &mut String, difference: &Difference) {
    let Difference { path, before, after } = difference;
    match (before, after) {
        (Value::String(before), Value::String(after)) if before.contains('\n') || after.contains('\n') => {
            let _ = writeln!(text, "    {path}:");
            for change in similar::TextDiff::from_lines(before, after).iter_all_changes() {
                let line = change.value().trim_end_matches('\n');
                let _ = writeln!(text, "    {} {line}", change.tag());
            }
        }
        (Value::Null, after) => drop(writeln!(text, "    {path}: {after}")),
        (before, Value::Null) => drop(writeln!(text, "    {path}: {before} is removed")),
        (before, after) => drop(writeln!(text, "    {path}: {before} -> {after}")),
    }
}
