//! The marking of prune candidates: objects that a prune command may delete. A mark proves nothing, because the graph
//! contains neither messages nor conversations.

use super::model::Graph;
use crate::api::Kind;
use crate::config::DEFAULT_GRACE;

/// Marks the candidates at time `now`. `lists_threads` is `true` if the backend lists all assistants and threads, to
/// which vector stores can be attached.
pub(super) fn mark(graph: &mut Graph, lists_threads: bool, now: i64) {
    let is_complete = graph.gaps.is_empty();
    for (node, referrers) in graph.nodes.iter_mut().zip(&graph.referrers) {
        let is_old = |time: Option<i64>| time.is_some_and(|time| now.saturating_sub(time) >= DEFAULT_GRACE);
        if !node.is_listed || node.is_provisioned || !is_old(node.created_at) {
            continue;
        }
        node.candidate = match node.kind {
            Kind::VectorStore if node.in_progress > 0 || !is_old(node.active_at) => None,
            Kind::VectorStore if node.status.as_deref() == Some("expired") => Some("expired"),
            Kind::VectorStore if node.files == Some(0) => Some("empty"),
            Kind::VectorStore if *referrers == 0 && is_complete && lists_threads => Some("unattached"),
            // Files of the purpose `user_data` are named by requests that the backend does not store, so the graph
            // lacks references to them.
            Kind::File if node.purpose.as_deref() == Some("user_data") => None,
            Kind::File if *referrers == 0 && is_complete => Some("unreferenced"),
            _ => None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::Node;
    use super::*;

    const DAY: i64 = 86_400;

    fn node(kind: Kind, id: &str) -> Node {
        Node { created_at: Some(0), active_at: Some(0), files: Some(1), is_listed: true, ..Node::named(kind, id) }
    }

    fn marks(change: impl Fn(&mut Graph), lists_threads: bool) -> Vec<Option<&'static str>> {
        let mut graph = Graph::default();
        graph.add(node(Kind::VectorStore, "vs_1"));
        graph.add(node(Kind::File, "file-1"));
        change(&mut graph);
        mark(&mut graph, lists_threads, 100 * DAY);
        graph.nodes.iter().map(|node| node.candidate).collect()
    }

    #[test]
    fn only_unused_objects_are_marked() {
        assert_eq!(marks(|_| {}, true), [Some("unattached"), Some("unreferenced")]);
        assert_eq!(marks(|_| {}, false), [None, Some("unreferenced")]);
        assert_eq!(marks(|graph| graph.gaps.push("threads".to_owned()), true), [None, None]);
        assert_eq!(marks(|graph| graph.refer(0, Kind::File, "file-1"), true), [Some("unattached"), None]);
        assert_eq!(marks(|graph| graph.nodes[0].files = Some(0), false)[0], Some("empty"));
        assert_eq!(marks(|graph| graph.nodes[0].status = Some("expired".to_owned()), false)[0], Some("expired"));
        assert_eq!(marks(|graph| graph.nodes[0].active_at = Some(99 * DAY), true)[0], None);
        assert_eq!(marks(|graph| graph.nodes[0].in_progress = 1, true)[0], None);
        assert_eq!(marks(|graph| graph.nodes[1].is_provisioned = true, true)[1], None);
        assert_eq!(marks(|graph| graph.nodes[1].purpose = Some("user_data".to_owned()), true)[1], None);
        assert_eq!(marks(|graph| graph.nodes[1].created_at = Some(80 * DAY), true)[1], None);
    }

    #[test]
    fn an_object_without_an_entry_in_a_list_is_not_a_candidate() {
        let found = marks(|graph| graph.refer(0, Kind::File, "file-gone"), true);
        assert_eq!(found[2], None);
    }
}
