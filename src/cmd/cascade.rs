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
    left: RefCell<Vec<(Kind, String)>>,
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
                self.left.borrow_mut().push((pruned.candidate.kind(), pruned.candidate.id().to_owned()));
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

    /// Names the objects that are left over, with the commands that delete them.
    fn hint(&self, app: &App) {
        let left = self.left.borrow();
        let commands = [
            (Kind::Assistant, "assistants delete"),
            (Kind::Thread, "threads delete"),
            (Kind::VectorStore, "vector-stores delete"),
            (Kind::File, "files delete"),
        ];
        let command = |(kind, command): (Kind, &str)| {
            let ids: Vec<&str> = left.iter().filter(|(own, _)| *own == kind).map(|(_, id)| id.as_str()).collect();
            (!ids.is_empty()).then(|| format!("`asst {command} {} --ignore-not-found`", ids.join(" ")))
        };
        let commands: Vec<String> = commands.into_iter().filter_map(command).collect();
        if !commands.is_empty() {
            app.ui().hint(&format!("{} deletes what is left over", commands.join(", then ")));
        }
    }
}
