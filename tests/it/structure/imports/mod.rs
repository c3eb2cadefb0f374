//! The import graph of `src`: which file uses items of which other file.
//!
//! Every path in the code is resolved to the file that declares the item, through `use` declarations, re-exports, and
//! glob imports. Paths in attributes and in the arguments of macros count as well. Methods are not resolved, because
//! that needs types.

mod paths;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
pub(super) use tree::Tests;
use tree::Tree;

/// The names from the root of the crate to a module. The root is empty.
pub(super) type Module = Vec<String>;

/// A use of one file by another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Import {
    pub(super) from: Module,
    pub(super) to: Module,
    /// The file and the path in it.
    pub(super) example: String,
}

/// Reads `src` from `lib.rs`.
pub(super) fn of_src(tests: Tests) -> BTreeSet<Import> {
    of(&Tree::read(tests))
}

fn of(tree: &Tree) -> BTreeSet<Import> {
    let mut imports = BTreeMap::new();
    for (module, file) in tree.modules() {
        for path in &file.paths {
            let Some(to) = tree.declaring(module, path) else { continue };
            let (from, to) = (tree.file_of(module), tree.file_of(&to));
            if from != to {
                let example = format!("{}: {}", file.name, path.join("::"));
                imports.entry((from, to)).or_insert(example);
            }
        }
    }
    imports.into_iter().map(|((from, to), example)| Import { from, to, example }).collect()
}

/// Finds circles among siblings.
///
/// The children of a module are files or folders. An import of something below one child by something below another is
/// an edge between the two. Imports between a module and what is below it do not count: a child may use items that its
/// parent declares, and a parent may use its children. Returns one line per circle.
pub(super) fn circles(imports: &BTreeSet<Import>) -> Vec<String> {
    let mut levels: BTreeMap<&[String], BTreeMap<&str, BTreeMap<&str, &str>>> = BTreeMap::new();
    for import in imports {
        let common = import.from.iter().zip(&import.to).take_while(|(from, to)| from == to).count();
        if let (Some(from), Some(to)) = (import.from.get(common), import.to.get(common)) {
            let edges = levels.entry(&import.from[..common]).or_default().entry(from).or_default();
            edges.entry(to).or_insert(&import.example);
        }
    }
    let mut found = Vec::new();
    for (parent, edges) in levels {
        let mut left: BTreeSet<&str> = edges.keys().copied().collect();
        while let Some(first) = left.pop_first() {
            let forward = reachable(first, &edges);
            let circle: Vec<&str> = forward
                .into_iter()
                .filter(|other| *other != first && reachable(other, &edges).contains(first))
                .collect();
            if circle.is_empty() {
                continue;
            }
            left.retain(|other| !circle.contains(other));
            let parent = if parent.is_empty() { "crate".to_owned() } else { parent.join("::") };
            found.push(format!("{parent}: {first} {}", circle.join(" ")));
        }
    }
    found
}

/// Returns one line per edge of a circle, each with an example.
pub(super) fn edges_of(circle: &str, imports: &BTreeSet<Import>) -> Vec<String> {
    let (parent, members) = circle.split_once(": ").unwrap();
    let members: BTreeSet<&str> = members.split(' ').collect();
    let parent: Vec<&str> = parent.split("::").filter(|name| *name != "crate").collect();
    let mut lines = BTreeMap::new();
    for import in imports {
        if let ([from_parent @ .., from], [to_parent @ .., to]) = (
            &import.from[..import.from.len().min(parent.len() + 1)],
            &import.to[..import.to.len().min(parent.len() + 1)],
        ) {
            let within = from_parent == parent && to_parent == parent && from != to;
            if within && members.contains(from.as_str()) && members.contains(to.as_str()) {
                lines.entry((from, to)).or_insert(&import.example);
            }
        }
    }
    lines.into_iter().map(|((from, to), example)| format!("  {from} -> {to}   (src/{example})")).collect()
}

fn reachable<'a>(start: &str, edges: &BTreeMap<&'a str, BTreeMap<&'a str, &str>>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = edges.get(start).into_iter().flat_map(|to| to.keys().copied()).collect();
    while let Some(next) = open.pop() {
        if found.insert(next) {
            open.extend(edges.get(next).into_iter().flat_map(|to| to.keys().copied()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(texts: &[(&str, &str)]) -> Vec<String> {
        let imports = of(&Tree::of_texts(texts));
        imports.iter().map(|import| format!("{} -> {}", import.from.join("::"), import.to.join("::"))).collect()
    }

    #[test]
    fn every_form_of_a_path_is_resolved_to_the_declaring_file() {
        let root = ("", "mod a; mod b;");
        let b = ("b", "mod c; pub use c::Two; pub struct One; macro_rules! m { () => {} }");
        let c = ("b::c", "pub struct Two; pub fn f() {}");
        for (text, expected) in [
            ("use crate::b::One;", "a -> b"),
            ("use super::b::{self, One};", "a -> b"),
            ("use crate::b::Two;", "a -> b::c"),
            ("use crate::b::c;", "a -> b::c"),
            ("fn f() { crate::b::c::f() }", "a -> b::c"),
            ("use crate::b; fn f(two: b::Two) {}", "a -> b, a -> b::c"),
            ("use crate::b::*; fn f(two: Two) {}", "a -> b, a -> b::c"),
            ("fn f() { use crate::b::One as Other; }", "a -> b"),
            ("fn f() { assert!(crate::b::c::f() == 1); }", "a -> b::c"),
            ("fn f() { a!(x.b.c, [crate::b::One { one: 1 }]); }", "a -> b"),
            ("#[serde(with = \"crate::b::One\")] struct S;", "a -> b"),
            ("#[arg(value_parser = crate::b::c::f)] struct S;", "a -> b::c"),
            ("pub(in crate::b) fn f() {}", ""),
            ("#[cfg(test)] mod tests { use crate::b::One; }", ""),
            ("mod inline { fn f() { super::super::b::c::f() } }", "a -> b::c"),
            ("use std::b::One; fn f(b: c::Two) {}", ""),
        ] {
            let found = edges(&[root, ("a", text), b, c]);
            let found: Vec<_> = found.into_iter().filter(|edge| edge.starts_with("a ")).collect();
            assert_eq!(found.join(", "), expected, "{text}");
        }
    }

    #[test]
    fn circles_are_found_among_siblings_only() {
        let found = |texts: &[(&str, &str)]| circles(&of(&Tree::of_texts(texts)));
        let root = ("", "mod a; mod b; pub struct Root;");
        // A child may use what its parent declares, and a parent may use its children.
        assert_eq!(
            found(&[("", "mod a; use a::A; pub struct Root;"), ("a", "pub struct A; use super::Root;")]),
            [""; 0]
        );
        let of_a = ("a", "pub struct A; use crate::b::B;");
        assert_eq!(found(&[root, of_a, ("b", "pub struct B;")]), [""; 0]);
        assert_eq!(found(&[root, of_a, ("b", "pub struct B; use crate::a::A;")]), ["crate: a b"]);
        // The file below `b` belongs to the folder `b`.
        let folder = [root, of_a, ("b", "mod c; pub struct B;"), ("b::c", "use crate::a::A;")];
        assert_eq!(found(&folder), ["crate: a b"]);
        let imports = of(&Tree::of_texts(&folder));
        assert_eq!(
            edges_of("crate: a b", &imports),
            ["  a -> b   (src/a: crate::b::B)", "  b -> a   (src/b/c: crate::a::A)"]
        );
        // A circle within a folder.
        let within = [("", "mod a;"), ("a", "mod b; mod c;"), ("a::b", "use super::c::C; pub struct B;")];
        assert_eq!(found(&[&within[..], &[("a::c", "use super::b::B; pub struct C;")]].concat()), ["a: b c"]);
    }
}
