//! `delete --cascade`: deletes the named objects, and the vector stores and files to which no other object refers.

use super::Delete;
use super::prune::{PruneJob, Prunes};
use crate::api::{Endpoint, Kind, PathArgs};
use crate::app::{App, TableSpec};
use crate::prune::{
    CascadeSelection, Conditions, GraphPart, PruneCandidate, PruneOutcome, PruneRule, PrunedObject, Pruner,
};
use crate::view::{Col, Members};
use anyhow::Result;
use std::cell::RefCell;

/// The objects to delete, and whether the vector stores and files to which only they refer are deleted too.
#[derive(Debug, clap::Args)]
pub struct CascadeDelete<E: Endpoint> {
    #[command(flatten)]
    delete: Delete<E>,
    /// Also delete the vector stores and files that nothing else refers to; asks once, with the number of objects
    #[arg(long)]
    cascade: bool,
    /// With --cascade, skip a part of the reference graph that this backend does not have (repeatable)
    #[arg(long, value_enum, value_name = "PART", requires = "cascade")]
    without: Vec<GraphPart>,
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
        let cascade = Cascade::of(CascadeSelection { roots, missing, without: self.without });
        let job = PruneJob::deletion(TABLE, "objects", PruneRule::of(Conditions::default()), None);
        let result = job.run(app, &cascade);
        cascade.hint(app);
        result
    }
}

/// A cascading deletion, and the objects that it could not delete.
struct Cascade {
    selection: CascadeSelection,
    left: RefCell<Vec<RemainingObject>>,
}

/// An object that should have been deleted and still exists.
struct RemainingObject {
    kind: Kind,
    id: String,
    /// `true` if the command line names the object.
    is_root: bool,
    /// `true` if the deletion was sent and failed, so the references to the object were already checked. `false` if no
    /// deletion was sent, because an earlier step failed.
    is_refused: bool,
}

impl RemainingObject {
    fn is_refused_member(&self, kind: Kind) -> bool {
        self.kind == kind && self.is_refused && !self.is_root
    }
}

impl Prunes for Cascade {
    async fn prune(
        &self,
        pruner: &Pruner<'_>,
        _rule: &PruneRule,
        found: Option<Vec<PruneCandidate>>,
        mut each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let collect_and_pass_on = |pruned: PrunedObject| {
            if pruned.outcome == PruneOutcome::Failed {
                let (kind, id) = (pruned.candidate.kind(), pruned.candidate.id().to_owned());
                let is_root = self.selection.roots.iter().any(|root| root.0 == kind && root.1 == id);
                // The pruner sets a reason only if it did not send the deletion.
                let is_refused = pruned.reason.is_empty();
                self.left.borrow_mut().push(RemainingObject { kind, id, is_root, is_refused });
            }
            each(pruned)
        };
        pruner.cascade(&self.selection, found, collect_and_pass_on).await
    }
}

impl Cascade {
    fn of(selection: CascadeSelection) -> Self {
        Self { selection, left: RefCell::default() }
    }

    /// Prints a hint with the objects that still exist, and the commands that delete them.
    ///
    /// An object whose deletion was refused is deleted by its ID. For an object whose deletion was not sent, the hint
    /// names a prune command, because that checks the references again.
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
        // If no named object was deleted, the same command finds the other objects again.
        let finds_all = left.iter().filter(|left| left.is_root).count() == roots.len();
        let prune_command = |kind: Kind, command: &str| {
            let is_left = left.iter().any(|left| left.kind == kind && !left.is_root && !left.is_refused);
            (is_left && !finds_all).then(|| format!("`asst {command}`"))
        };
        let commands = [
            delete_command(&left, command, " --cascade", |left| left.is_root),
            delete_command(&left, "vector-stores", "", |left| left.is_refused_member(Kind::VectorStore)),
            prune_command(Kind::VectorStore, "vector-stores prune --unattached"),
            delete_command(&left, "files", "", |left| left.is_refused_member(Kind::File)),
            prune_command(Kind::File, "files prune --unreferenced"),
        ];
        let commands: Vec<String> = commands.into_iter().flatten().collect();
        let named: Vec<String> = left.iter().map(|left| format!("{} {}", left.kind, left.id)).collect();
        app.ui().hint(&format!(
            "run {} to delete the remaining objects: {}",
            commands.join(", then "),
            named.join(", ")
        ));
    }
}

/// Returns the command that deletes the objects which `is_selected` accepts, by their IDs. Returns `None` if there are
/// none.
fn delete_command(
    left: &[RemainingObject],
    command: &str,
    flag: &str,
    is_selected: fn(&RemainingObject) -> bool,
) -> Option<String> {
    let ids: Vec<&str> = left.iter().filter(|left| is_selected(left)).map(|left| left.id.as_str()).collect();
    (!ids.is_empty()).then(|| format!("`asst {command} delete {}{flag} --ignore-not-found`", ids.join(" ")))
}
