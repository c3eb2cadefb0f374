//! `delete --cascade`: deletes objects with the vector stores and files that only they refer to.

use super::Delete;
use super::prune::{Job, Prunes};
use crate::api::{Endpoint, Kind, PathArgs};
use crate::app::{App, IfMissing, TableSpec};
use crate::prune::{Candidate, CascadeSelection, Conditions, PruneOutcome, PruneRule, PrunedObject, Pruner};
use crate::view::{Col, Members};
use anyhow::Result;
use std::cell::RefCell;

/// The objects to delete, and whether to delete what only they refer to.
#[derive(Debug, clap::Args)]
pub struct CascadeDelete<E: Endpoint> {
    #[command(flatten)]
    delete: Delete<E>,
    /// Also delete the vector stores and files that nothing else refers to; asks once with the count
    #[arg(long)]
    cascade: bool,
}

const TABLE: TableSpec = TableSpec {
    noun: "deleted",
    columns: &[
        Col::id("id"),
        Col::text("kind", "kind"),
        Col::text("name", "name"),
        Col::text("result", "result"),
        Col::text("reason", "reason"),
    ],
    members: Members::These("id kind name filename verdict result reason"),
};

impl<E: Endpoint> CascadeDelete<E> {
    pub(super) fn run(self, app: &App) -> Result<()> {
        if !self.cascade {
            return self.delete.run(app);
        }
        let (ids, missing) = self.delete.into_parts();
        let kind = E::SPEC.kind;
        let paths = ids.paths(app)?.paths;
        let mut roots: Vec<(Kind, String)> = Vec::new();
        for id in paths.iter().filter_map(|path| path.texts().last().map(|id| (*id).to_owned())) {
            if !roots.iter().any(|(_, known)| *known == id) {
                roots.push((kind, id));
            }
        }
        let cascade = Cascade::of(roots, missing);
        let job = Job::deletion(TABLE, "objects", PruneRule::of(Conditions::default()), None);
        let result = job.run(app, &cascade);
        cascade.hint(app);
        result
    }
}

/// A cascading deletion, and the objects that it could not delete.
struct Cascade {
    selection: CascadeSelection,
    left: RefCell<Vec<Left>>,
}

/// An object that was not deleted.
struct Left {
    kind: Kind,
    id: String,
    /// The command names this object.
    is_root: bool,
    /// The backend refused the deletion, which comes after the check of the references.
    is_refused: bool,
}

impl Left {
    fn is_refused_member(&self, kind: Kind) -> bool {
        self.kind == kind && self.is_refused && !self.is_root
    }
}

impl Prunes for Cascade {
    async fn prune(
        &self,
        pruner: &Pruner<'_>,
        _rule: &PruneRule,
        found: Option<Vec<Candidate>>,
        mut each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let counted = |pruned: PrunedObject| {
            if pruned.outcome == PruneOutcome::Failed {
                let (kind, id) = (pruned.candidate.kind(), pruned.candidate.id().to_owned());
                let is_root = self.selection.roots.iter().any(|root| root.0 == kind && root.1 == id);
                // Only an object that was not tried has a reason.
                let is_refused = pruned.reason.is_empty();
                self.left.borrow_mut().push(Left { kind, id, is_root, is_refused });
            }
            each(pruned)
        };
        pruner.cascade(&self.selection, found, counted).await
    }
}

impl Cascade {
    fn of(roots: Vec<(Kind, String)>, missing: IfMissing) -> Self {
        Self { selection: CascadeSelection { roots, missing }, left: RefCell::default() }
    }

    /// Names the objects that are left over, with the commands that delete them. What was not tried is left to commands
    /// that check the references again.
    fn hint(&self, app: &App) {
        let left = self.left.borrow();
        if left.is_empty() {
            return;
        }
        let roots = &self.selection.roots;
        let command = match roots.first() {
            Some((Kind::Assistant, _)) => "assistants",
            Some((Kind::Thread, _)) => "threads",
            _ => "vector-stores",
        };
        // If no root is gone, the same command finds everything again.
        let finds_all = left.iter().filter(|left| left.is_root).count() == roots.len();
        let pruning = |kind: Kind, command: &str| {
            let is_left = left.iter().any(|left| left.kind == kind && !left.is_root && !left.is_refused);
            (is_left && !finds_all).then(|| format!("`asst {command}`"))
        };
        let commands = [
            deletion(&left, command, " --cascade", |left| left.is_root),
            deletion(&left, "vector-stores", "", |left| left.is_refused_member(Kind::VectorStore)),
            pruning(Kind::VectorStore, "vector-stores prune --unattached"),
            deletion(&left, "files", "", |left| left.is_refused_member(Kind::File)),
            pruning(Kind::File, "files prune --unreferenced"),
        ];
        let commands: Vec<String> = commands.into_iter().flatten().collect();
        let named: Vec<String> = left.iter().map(|left| format!("{} {}", left.kind, left.id)).collect();
        app.ui().hint(&format!("{} deletes what is left over: {}", commands.join(", then "), named.join(", ")));
    }
}

/// Returns the command that deletes some of the objects by their IDs, or `None` if there are none.
fn deletion(left: &[Left], command: &str, flag: &str, is_meant: fn(&Left) -> bool) -> Option<String> {
    let ids: Vec<&str> = left.iter().filter(|left| is_meant(left)).map(|left| left.id.as_str()).collect();
    (!ids.is_empty()).then(|| format!("`asst {command} delete {}{flag} --ignore-not-found`", ids.join(" ")))
}
