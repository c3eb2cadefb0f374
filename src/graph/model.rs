//! The nodes and edges of the graph.

use crate::api::Kind;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// An object of the graph. Times are in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub kind: Kind,
    pub id: String,
    pub name: Option<String>,
    pub bytes: Option<i64>,
    pub created_at: Option<i64>,
    pub active_at: Option<i64>,
    pub status: Option<String>,
    /// The purpose of a file.
    pub purpose: Option<String>,
    /// The number of files in a vector store.
    pub files: Option<i64>,
    /// The number of files in a vector store that are being indexed.
    pub in_progress: i64,
    /// `true` if a manifest provisioned the object.
    pub is_provisioned: bool,
    /// `true` if a list of the backend contains the object. `false` if only references to it are known.
    pub is_listed: bool,
    /// The reason why a prune may select the object.
    pub candidate: Option<&'static str>,
}

/// A reference from one object to another. The fields are indices of [`Graph::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
}

/// The objects of a backend and their references.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    /// The parts that could not be read, each with the reason.
    pub gaps: Vec<String>,
    /// `true` if a list does not prove that it is complete.
    pub is_unproven: bool,
    /// For each node, the number of objects that refer to it.
    pub(super) referrers: Vec<usize>,
    /// For each node, the indices of the objects to which it refers.
    targets: Vec<Vec<usize>>,
    /// The edges as pairs of indices, so that a repeated edge is found.
    known_edges: HashSet<(usize, usize)>,
    /// The index of each node, by kind and ID.
    indices: HashMap<(&'static str, String), usize>,
}

impl Node {
    /// Returns a node with kind and ID only, for an object that another object refers to.
    pub(super) fn named(kind: Kind, id: &str) -> Self {
        Self {
            kind,
            id: id.to_owned(),
            name: None,
            bytes: None,
            created_at: None,
            active_at: None,
            status: None,
            purpose: None,
            files: None,
            in_progress: 0,
            is_provisioned: false,
            is_listed: false,
            candidate: None,
        }
    }
}

impl Graph {
    /// Adds an object and returns its index. Replaces a node of which only kind and ID were known.
    pub(super) fn add(&mut self, node: Node) -> usize {
        let key = (node.kind.name(), node.id.clone());
        let index = *self.indices.entry(key).or_insert(self.nodes.len());
        match self.nodes.get_mut(index) {
            Some(known) if !known.is_listed => *known = node,
            Some(_) => {}
            None => {
                self.nodes.push(node);
                self.referrers.push(0);
                self.targets.push(Vec::new());
            }
        }
        index
    }

    /// Adds a reference to an object. If the graph does not contain the object, adds a node with its kind and ID.
    pub(super) fn refer(&mut self, from: usize, kind: Kind, id: &str) {
        let known = self.indices.get(&(kind.name(), id.to_owned())).copied();
        let to = known.unwrap_or_else(|| self.add(Node::named(kind, id)));
        if self.known_edges.insert((from, to)) {
            self.edges.push(Edge { from, to });
            self.targets.get_mut(from).into_iter().for_each(|targets| targets.push(to));
            self.referrers.get_mut(to).into_iter().for_each(|count| *count += 1);
        }
    }

    /// Returns the objects that an object refers to.
    pub(super) fn targets(&self, from: usize) -> &[usize] {
        self.targets.get(from).map_or(&[], Vec::as_slice)
    }

    /// Returns the number of objects that refer to an object.
    pub fn referrers(&self, to: usize) -> usize {
        self.referrers.get(to).copied().unwrap_or_default()
    }

    /// Returns the number of objects of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.nodes.iter().filter(|node| node.kind == kind).count()
    }

    /// Returns the graph as JSON. `now` is in seconds since 1970.
    pub fn to_json(&self, now: i64) -> Value {
        let node = |(index, node): (usize, &Node)| {
            json!({
                "id": node.id, "kind": node.kind.name(), "name": node.name, "bytes": node.bytes,
                "created_at": node.created_at, "active_at": node.active_at, "idle_days": node.idle_days(now),
                "status": node.status, "files": node.files, "referrers": self.referrers(index),
                "listed": node.is_listed, "candidate": node.candidate,
            })
        };
        let id = |index: usize| self.nodes.get(index).map(|node| node.id.as_str());
        let edge = |edge: &Edge| json!({ "from": id(edge.from), "to": id(edge.to) });
        json!({
            "nodes": self.nodes.iter().enumerate().map(node).collect::<Vec<_>>(),
            "edges": self.edges.iter().map(edge).collect::<Vec<_>>(),
            "gaps": self.gaps,
        })
    }
}

impl Node {
    /// Returns the number of whole days since the last use.
    pub(super) fn idle_days(&self, now: i64) -> Option<i64> {
        self.active_at.map(|active| now.saturating_sub(active) / 86_400)
    }
}
