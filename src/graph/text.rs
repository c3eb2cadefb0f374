//! Formatting of the graph as a tree for a terminal, and in the languages of Graphviz and Mermaid.

use super::model::{Graph, Node};
use crate::api::Kind;
use crate::ui::counted;
use std::collections::HashSet;
use std::fmt::Write;

/// Returns the graph as a tree. Assistants and threads are at the top. The number of threads that refer to nothing
/// follows, then the vector stores and files to which nothing refers. `now` is in seconds since 1970.
pub fn tree(graph: &Graph, now: i64) -> String {
    let mut tree = Tree { graph, now, shown: HashSet::new(), out: String::new() };
    let is_owner = |index: &usize| {
        let node = &graph.nodes[*index];
        node.kind == Kind::Assistant || node.kind == Kind::Thread && !graph.targets(*index).is_empty()
    };
    for index in (0..graph.nodes.len()).filter(is_owner) {
        tree.line("", index);
        tree.below("", graph.targets(index));
    }
    // A backend can have many threads, so those without references are only counted.
    let is_plain = |index: &usize| graph.nodes[*index].kind == Kind::Thread && graph.targets(*index).is_empty();
    let plain = (0..graph.nodes.len()).filter(is_plain).count() as u64;
    if plain > 0 {
        let _ = writeln!(tree.out, "{} without vector stores and files", counted(plain, "thread"));
    }
    let is_unreferenced = |index: &usize| {
        graph.referrers(*index) == 0 && matches!(graph.nodes[*index].kind, Kind::VectorStore | Kind::File)
    };
    let unreferenced: Vec<usize> = (0..graph.nodes.len()).filter(is_unreferenced).collect();
    if !unreferenced.is_empty() {
        tree.out.push_str("without references in this graph:\n");
        tree.below("", &unreferenced);
    }
    tree.out
}

/// A tree that is being written.
struct Tree<'a> {
    graph: &'a Graph,
    now: i64,
    /// The vector stores whose files were shown.
    shown: HashSet<usize>,
    out: String,
}

impl Tree<'_> {
    fn line(&mut self, prefix: &str, index: usize) {
        let Some(node) = self.graph.nodes.get(index) else { return };
        let _ = writeln!(self.out, "{prefix}{}", describe(node, self.now));
    }

    /// Writes the objects to which an object refers, with a recursion for the files of vector stores. The recursion
    /// ends, because files refer to nothing.
    fn below(&mut self, indent: &str, targets: &[usize]) {
        for (at, target) in targets.iter().enumerate() {
            let is_last = at + 1 == targets.len();
            let (branch, more) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            self.line(&format!("{indent}{branch}"), *target);
            let files = self.graph.targets(*target);
            if files.is_empty() {
                continue;
            }
            let indent = format!("{indent}{more}");
            match self.shown.insert(*target) {
                true => self.below(&indent, files),
                false => {
                    let (count, verb) = (files.len() as u64, if files.len() == 1 { "is" } else { "are" });
                    let _ = writeln!(self.out, "{indent}└─ its {} {verb} shown above", counted(count, "file"));
                }
            }
        }
    }
}

/// Returns the text of a node: its kind, ID, name, and details.
fn describe(node: &Node, now: i64) -> String {
    let mut text = format!("{} {}", node.kind.words(), node.id);
    if let Some(name) = &node.name {
        let _ = write!(text, " {}", one_line(name));
    }
    let mut details = Vec::new();
    details.extend(node.bytes.map(size));
    details.extend(node.status.clone().filter(|status| status != "completed"));
    details.extend(node.idle_days(now).map(|days| format!("idle for {days}d")));
    if !node.is_listed {
        details.push("not in the list of the backend".to_owned());
    }
    if !details.is_empty() {
        let _ = write!(text, " ({})", details.join(", "));
    }
    if let Some(reason) = node.candidate {
        let _ = write!(text, " ← prune candidate: {reason}");
    }
    text
}

/// Returns a size in decimal units, because services bill by them.
fn size(bytes: i64) -> String {
    const UNITS: [(i64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match UNITS.iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{:.1} {name}", bytes as f64 / *unit as f64),
        None => format!("{bytes} bytes"),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the graph in the language of Graphviz.
pub fn dot(graph: &Graph, now: i64) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut out = String::from("digraph asst {\n  rankdir=LR;\n  node [shape=box];\n");
    for node in &graph.nodes {
        let style = if node.candidate.is_some() { ", style=dashed" } else { "" };
        let _ = writeln!(out, "  {} [label={}{style}];", quoted(&node.id), quoted(&describe(node, now)));
    }
    for edge in &graph.edges {
        if let (Some(from), Some(to)) = (graph.nodes.get(edge.from), graph.nodes.get(edge.to)) {
            let _ = writeln!(out, "  {} -> {};", quoted(&from.id), quoted(&to.id));
        }
    }
    out + "}\n"
}

/// Returns the graph in the language of Mermaid.
pub fn mermaid(graph: &Graph, now: i64) -> String {
    let escaped =
        |text: &str| text.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;");
    let mut out = String::from("graph LR\n");
    for (index, node) in graph.nodes.iter().enumerate() {
        let _ = writeln!(out, "  n{index}[\"{}\"]", escaped(&describe(node, now)));
    }
    for edge in &graph.edges {
        let _ = writeln!(out, "  n{} --> n{}", edge.from, edge.to);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph() -> Graph {
        let mut graph = Graph::default();
        let listed =
            |kind, id: &str, name: &str| Node { name: Some(name.to_owned()), is_listed: true, ..Node::named(kind, id) };
        let assistant = graph.add(listed(Kind::Assistant, "asst_1", "HR \"bot\""));
        let other = graph.add(listed(Kind::Assistant, "asst_2", "IT\nbot"));
        let thread = graph.add(listed(Kind::Thread, "thread_1", "none"));
        let store = graph.add(Node { bytes: Some(1_200_000), ..listed(Kind::VectorStore, "vs_1", "handbook") });
        graph.add(Node { candidate: Some("unreferenced"), ..listed(Kind::File, "file-9", "old.txt") });
        for owner in [assistant, other] {
            graph.refer(owner, Kind::VectorStore, "vs_1");
        }
        graph.refer(store, Kind::File, "file-1");
        assert!(graph.targets(thread).is_empty());
        graph
    }

    #[test]
    fn a_tree_shows_each_store_below_its_owners_and_its_files_once() {
        assert_eq!(
            tree(&graph(), 0),
            "assistant asst_1 HR \"bot\"\n\
             └─ vector store vs_1 handbook (1.2 MB)\n\
             \x20  └─ file file-1 (not in the list of the backend)\n\
             assistant asst_2 IT bot\n\
             └─ vector store vs_1 handbook (1.2 MB)\n\
             \x20  └─ its 1 file is shown above\n\
             1 thread without vector stores and files\n\
             without references in this graph:\n\
             └─ file file-9 old.txt ← prune candidate: unreferenced\n"
        );
    }

    #[test]
    fn names_are_escaped_in_other_languages() {
        let dot = dot(&graph(), 0);
        assert!(dot.contains("\"asst_1\" [label=\"assistant asst_1 HR \\\"bot\\\"\"];\n"), "{dot}");
        assert!(dot.contains("  \"asst_1\" -> \"vs_1\";\n") && dot.contains(", style=dashed];"), "{dot}");
        let mermaid = mermaid(&graph(), 0);
        assert!(mermaid.contains("n0[\"assistant asst_1 HR #quot;bot#quot;\"]"), "{mermaid}");
        assert!(mermaid.contains("  n0 --> n3\n"), "{mermaid}");
    }
}
