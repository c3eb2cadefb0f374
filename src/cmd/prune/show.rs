//! The output of a prune command: one object per line on stdout, failures on stderr, and counts at the end.

use crate::app::{App, Shape, Sheet, Shown};
use crate::exit;
use crate::exit::DONE;
use crate::prune::{Deed, Fate, Pruned};
use crate::view::Printer;
use anyhow::Result;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The output so far.
pub(in crate::cmd) struct Told {
    printer: Option<Printer>,
    shown: Shown,
    deed: Deed,
    /// The fate of a pruned object: deleted or cancelled.
    goal: Fate,
    counts: BTreeMap<Fate, u64>,
    codes: BTreeSet<u8>,
}

impl Told {
    /// Starts the output. A dry run prints all examined objects, a deletion only those that were pruned.
    pub(super) fn new(app: &App, sheet: Sheet, deed: Deed, goal: Fate) -> Result<Self> {
        let printer = Some(app.printer(sheet, Shape::Many)?);
        let (counts, codes) = (BTreeMap::new(), BTreeSet::new());
        Ok(Self { printer, shown: Shown::UntilClosed, deed, goal, counts, codes })
    }

    /// Starts counting without output, before a confirmation.
    pub(super) fn silent(app: &App, sheet: Sheet, goal: Fate) -> Result<Self> {
        Ok(Self { printer: None, ..Self::new(app, sheet, Deed::Look, goal)? })
    }

    /// Counts an object and prints its result.
    pub(super) fn tell(&mut self, app: &App, pruned: &Pruned) -> Result<()> {
        *self.counts.entry(pruned.fate).or_default() += 1;
        match pruned.fate {
            fate if fate == self.goal => app.tally().done(),
            Fate::Failed => app.tally().failed(),
            _ => {}
        }
        self.codes.insert(pruned.code);
        if pruned.fate == Fate::Unknown && pruned.code != DONE && self.deed == Deed::Delete {
            let (kind, id) = (pruned.candidate.kind(), pruned.candidate.id());
            app.ui().warn(&format!("{kind} {id} stays: {}", pruned.reason));
        }
        let is_shown = match self.deed {
            Deed::Look => true,
            Deed::Delete => matches!(pruned.fate, Fate::Deleted | Fate::Cancelled | Fate::AlreadyGone),
        };
        if let (true, Some(printer)) = (is_shown, &mut self.printer) {
            self.shown.out(app.ui(), &printer.item(&item(pruned, self.deed))?)?;
        }
        Ok(())
    }

    /// Prints the counts.
    pub(super) fn say(&self, app: &App) {
        let count = |fate: Fate| self.counts.get(&fate).copied().unwrap_or_default();
        let meant = |fate: &Fate| match fate {
            Fate::Found => self.deed == Deed::Look,
            Fate::Deleted | Fate::Cancelled => self.deed == Deed::Delete && *fate == self.goal,
            Fate::Failed => self.deed == Deed::Delete,
            Fate::AlreadyGone | Fate::InUse | Fate::Unknown => true,
        };
        let fates = || Fate::ALL.into_iter().filter(meant);
        let said: Vec<String> = fates().map(|fate| format!("{} {}", count(fate), fate.name())).collect();
        let value: Map<String, Value> =
            fates().map(|fate| (fate.name().replace(' ', "_"), count(fate).into())).collect();
        app.ui().summary(&said.join(", "), &value.into());
    }

    /// Ends the output. Returns an error with the exit code unless everything succeeded.
    pub(super) fn end(mut self, app: &App, hint: Option<&str>) -> Result<()> {
        if let Some(printer) = &mut self.printer {
            self.shown.out(app.ui(), &printer.end()?)?;
            app.tell_unseen(printer);
        }
        self.say(app);
        let went = [Fate::Found, Fate::Deleted, Fate::Cancelled].iter().any(|fate| self.counts.contains_key(fate));
        if let Some(hint) = hint.filter(|_| !went && self.counts.contains_key(&Fate::InUse)) {
            app.ui().hint(hint);
        }
        match exit::combined(self.codes) {
            DONE => Ok(()),
            code => Err(exit::AlreadyReported(code).into()),
        }
    }
}

fn item(pruned: &Pruned, deed: Deed) -> Value {
    let stays = deed == Deed::Look && matches!(pruned.fate, Fate::InUse | Fate::Unknown);
    json!({
        "id": pruned.candidate.id(),
        "parent": pruned.candidate.parent(),
        "filename": pruned.candidate.name(),
        "verdict": pruned.verdict,
        "result": if stays { "stays" } else { pruned.fate.name() },
        "created_at": pruned.created_at,
        "active_at": pruned.candidate.active_at(),
        "source": pruned.candidate.source().name(),
        "rule": pruned.rule,
        "reason": pruned.reason,
    })
}
