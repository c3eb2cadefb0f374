//! `asst graph`: shows the references between assistants, threads, vector stores, and files.

use crate::api::Kind;
use crate::app::{App, DryRun, TableSpec};
use crate::env::clock;
use crate::exit::{AlreadyReported, MIXED};
use crate::graph::{self, dot, mermaid, tree};
use crate::ui::counted;
use crate::view::{Col, Format, Members};
use anyhow::Result;
use serde_json::json;

/// The arguments of `asst graph`.
#[derive(Debug, clap::Args)]
pub struct GraphArgs {
    /// Print the graph as a tree, or in the language of Graphviz or Mermaid; -o json prints its nodes and edges
    #[arg(long, value_enum, value_name = "FORM", default_value = "tree")]
    form: GraphForm,
}

/// A form of the graph as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum GraphForm {
    /// A tree, with assistants and threads at the top; threads that refer to nothing are only counted
    Tree,
    /// The DOT language of Graphviz
    Dot,
    /// A flowchart in the language of Mermaid
    Mermaid,
}

const TABLE: TableSpec =
    TableSpec { noun: "graph", columns: &[Col::json("nodes", "nodes")], members: Members::These("nodes edges gaps") };

impl GraphArgs {
    /// Reads the graph and prints it.
    pub fn run(self, app: &App) -> Result<()> {
        app.check_output(TABLE)?;
        if app.options().dry_run != DryRun::Off {
            return graph::dry_run(app);
        }
        let graph = app.wait(graph::read(app))?;
        let now = clock::now();
        let is_data = app.options().jq.is_some() || app.options().format.is_some_and(|format| format != Format::Table);
        match self.form {
            _ if is_data => app.show(TABLE, &graph.to_json(now))?,
            GraphForm::Tree => app.ui().out_lines(&tree(&graph, now))?,
            GraphForm::Dot => app.ui().out_lines(&dot(&graph, now))?,
            GraphForm::Mermaid => app.ui().out_lines(&mermaid(&graph, now))?,
        }
        for gap in &graph.gaps {
            app.ui().warn(&format!("the graph is not complete: {gap}"));
        }
        let candidates = graph.nodes.iter().filter(|node| node.candidate.is_some()).count();
        let [assistants, threads, stores, files] =
            [Kind::Assistant, Kind::Thread, Kind::VectorStore, Kind::File].map(|kind| graph.count(kind));
        let parts = [(assistants, "assistant"), (threads, "thread"), (stores, "vector store"), (files, "file")];
        let parts = parts.map(|(count, noun)| counted(count as u64, noun)).join(", ");
        app.ui().summary(
            &format!("{parts}; {}", counted(candidates as u64, "prune candidate")),
            &json!({
                "assistants": assistants, "threads": threads, "vector_stores": stores, "files": files,
                "candidates": candidates,
            }),
        );
        if candidates > 0 {
            app.ui().hint(
                "messages and conversations were not read; `asst vector-stores prune` and `asst files prune` check each \
                 candidate before they delete it",
            );
        }
        if graph.is_unproven {
            return Err(AlreadyReported(MIXED).into());
        }
        Ok(())
    }
}
