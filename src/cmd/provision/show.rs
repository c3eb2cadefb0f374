//! The output of plans and applies: text for readers, and rows or documents for programs.

use crate::app::{App, TableSpec};
use crate::manifest::Difference;
use crate::provision::{Action, Applied, Plan, PlannedObject, hunks, texts};
use crate::ui::{MarkedLine, Tone, counted, escape_line};
use crate::view::{Col, Format, Members};
use anyhow::Result;
use serde_json::Value;

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

/// The columns of a comparison.
pub(super) const DIFFERENCES: TableSpec = TableSpec {
    noun: "diff",
    columns: &[Col::text("path", "path"), Col::text("before", "before"), Col::text("after", "after")],
    members: Members::These("path before after"),
};

/// Returns `true` if the output is text for readers, and neither a table nor a document.
fn is_for_readers(app: &App) -> Result<bool> {
    Ok(app.format()? == Format::Table && app.options().jq.is_none() && !app.invocation.has("columns"))
}

/// Prints the differences of two objects with these titles.
pub(super) fn compared(app: &App, titles: &[String; 2], differences: &[Difference]) -> Result<()> {
    if !is_for_readers(app)? {
        let rows: Vec<Value> = differences.iter().map(Difference::to_json).collect();
        return app.show_items(DIFFERENCES, &rows);
    }
    let [left, right] = titles;
    if differences.is_empty() {
        app.ui().note(&format!("no differences between {left} and {right}"));
        return Ok(());
    }
    let mut lines = vec![
        MarkedLine { tone: Tone::Removed, pieces: vec![(false, format!("--- {left}"))] },
        MarkedLine { tone: Tone::Added, pieces: vec![(false, format!("+++ {right}"))] },
    ];
    differences.iter().for_each(|difference| describe_sides(&mut lines, difference));
    app.ui().out_marked(&lines)?;
    Ok(())
}

/// Adds a line for each side of a difference, or the changed lines of a text.
fn describe_sides(lines: &mut Vec<MarkedLine>, difference: &Difference) {
    let Difference { path, before, after } = difference;
    let path = escape_line(path);
    if let Some((before, after)) = texts(difference) {
        lines.push(MarkedLine::plain(format!("  {path}:")));
        return describe_text(lines, before, after);
    }
    for (tone, sign, value) in [(Tone::Removed, '-', before), (Tone::Added, '+', after)] {
        if !value.is_null() {
            let text = format!("{sign} {path}: {}", escape_line(&value.to_string()));
            lines.push(MarkedLine { tone, pieces: vec![(false, text)] });
        }
    }
}

/// Prints a plan.
pub(super) fn plan(app: &App, plan: &Plan) -> Result<()> {
    match app.format()? {
        Format::Json | Format::Yaml => app.show(PLAN, &plan.to_json()),
        _ if is_for_readers(app)? => {
            app.ui().out_marked(&lines(plan))?;
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
pub(super) fn differences(app: &App, plan: &Plan) {
    let drifted = |object: &&PlannedObject| matches!(object.action, Action::Drifted | Action::Conflict);
    let mut lines = Vec::new();
    plan.objects.iter().filter(drifted).for_each(|object| describe(&mut lines, object));
    app.ui().print_marked(&lines);
}

/// Returns a plan as lines: one for each object that is not unchanged, followed by its differences.
fn lines(plan: &Plan) -> Vec<MarkedLine> {
    let mut lines = Vec::new();
    for object in plan.objects.iter().filter(|object| object.action != Action::Unchanged) {
        describe(&mut lines, object);
    }
    let counts: Vec<String> = plan.counts().map(|(name, count)| format!("{count} {name}")).collect();
    let total = counted(plan.compared as u64, "object");
    lines.push(MarkedLine::plain(match plan.has_differences() {
        true => format!("{total}: {}", counts.join(", ")),
        false => format!("{total}, no changes"),
    }));
    lines
}

fn describe(lines: &mut Vec<MarkedLine>, object: &PlannedObject) {
    let sign = match object.action {
        Action::Create => '+',
        Action::Update | Action::Replace | Action::Duplicate => '~',
        Action::Delete => '-',
        Action::Drifted | Action::Conflict | Action::Ambiguous => '!',
        Action::Orphaned | Action::Unchanged => '=',
    };
    let ids = object.ids.join(", ");
    let id = if ids.is_empty() { String::new() } else { format!(" {ids}") };
    let line = format!("{sign} {}{id}: {}", object.key, object.reason);
    lines.push(MarkedLine::plain(escape_line(&line)));
    object.differences.iter().for_each(|difference| describe_member(lines, difference));
}

fn describe_member(lines: &mut Vec<MarkedLine>, difference: &Difference) {
    let Difference { path, before, after } = difference;
    if let Some((before, after)) = texts(difference) {
        lines.push(MarkedLine::plain(format!("    {}:", escape_line(path))));
        return describe_text(lines, before, after);
    }
    let line = match (before, after) {
        (Value::Null, after) => format!("    {path}: {after}"),
        (before, Value::Null) => format!("    {path}: {before} is removed"),
        (before, after) => format!("    {path}: {before} -> {after}"),
    };
    lines.push(MarkedLine::plain(escape_line(&line)));
}

/// Adds the changed lines of a text, with the lines around them.
pub(super) fn describe_text(lines: &mut Vec<MarkedLine>, before: &str, after: &str) {
    for (index, hunk) in hunks(before, after).into_iter().enumerate() {
        if index > 0 {
            lines.push(MarkedLine::plain("    …"));
        }
        for line in hunk {
            let tone = match line.sign {
                '-' => Tone::Removed,
                '+' => Tone::Added,
                _ => Tone::Plain,
            };
            let mut pieces = line.pieces;
            let sign = format!("    {} ", line.sign);
            match pieces.first_mut() {
                Some((false, first)) => first.insert_str(0, &sign),
                _ => pieces.insert(0, (false, sign)),
            }
            lines.push(MarkedLine { tone, pieces });
        }
    }
}
