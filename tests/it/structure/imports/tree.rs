//! The modules of the crate, with their items, `use` declarations, and paths.

use super::Module;
use super::paths::Paths;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use syn::visit::Visit;
use syn::{Item, UseTree};

/// Whether code that only tests use is read.
#[derive(Clone, Copy, PartialEq)]
pub(in super::super) enum Tests {
    With,
    Without,
}

/// One module: a file, or a block within a file.
#[derive(Default)]
pub(super) struct Contents {
    /// The file, relative to `src`.
    pub(super) name: String,
    /// Every path in the module, as it is written there.
    pub(super) paths: Vec<Vec<String>>,
    /// `true` if the module is a block within the file of its parent.
    inline: bool,
    declared: BTreeSet<String>,
    /// Names from `use` declarations, with their paths.
    used: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
}

/// The names that were looked up for one path, so that globs that import each other end.
type Seen = BTreeSet<(Module, String)>;

/// All modules of the crate.
pub(super) struct Tree {
    modules: BTreeMap<Module, Contents>,
}

impl Tree {
    /// Reads the crate in `src`, from `lib.rs` along its `mod` declarations.
    pub(super) fn read(tests: Tests) -> Self {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut reader = Reader { src: src.clone(), tests, modules: BTreeMap::new() };
        reader.file(&src.join("lib.rs"), &src, Vec::new());
        Self { modules: reader.modules }
    }

    /// Reads modules from texts, each with the path of the module.
    pub(super) fn of_texts(texts: &[(&str, &str)]) -> Self {
        let mut reader = Reader { src: PathBuf::new(), tests: Tests::Without, modules: BTreeMap::new() };
        for (module, text) in texts {
            let module: Module = module.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
            let contents = Contents { name: module.join("/"), ..Contents::default() };
            reader.items(&syn::parse_file(text).unwrap().items, contents, module, None);
        }
        Self { modules: reader.modules }
    }

    pub(super) fn modules(&self) -> impl Iterator<Item = (&Module, &Contents)> {
        self.modules.iter()
    }

    /// Returns the module of the file that contains a module.
    pub(super) fn file_of(&self, module: &[String]) -> Module {
        let mut module = module.to_vec();
        while self.modules[&module].inline {
            module.pop();
        }
        module
    }

    /// Returns the module that declares what a path in a module names. Returns `None` for items of other crates, local
    /// names, and items of the module itself that are named without a path.
    pub(super) fn declaring(&self, module: &[String], path: &[String]) -> Option<Module> {
        self.resolve(module, path, &mut Seen::new())
    }

    fn resolve(&self, at: &[String], path: &[String], seen: &mut Seen) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.walk(Vec::new(), rest, seen),
            "self" => self.walk(at.to_vec(), rest, seen),
            "super" => self.walk(at.split_last()?.1.to_vec(), rest, seen),
            _ => self.lookup(at, first, rest, seen),
        }
    }

    /// Follows a path from a module.
    fn walk(&self, at: Module, path: &[String], seen: &mut Seen) -> Option<Module> {
        match path.split_first() {
            None => Some(at),
            Some((first, rest)) if first == "super" => self.walk(at.split_last()?.1.to_vec(), rest, seen),
            Some((first, rest)) => self.lookup(&at, first, rest, seen),
        }
    }

    /// Looks up a name in a module: its child modules, its own items, its `use` declarations, and its glob imports.
    fn lookup(&self, at: &[String], name: &str, rest: &[String], seen: &mut Seen) -> Option<Module> {
        if !seen.insert((at.to_vec(), name.to_owned())) {
            return None;
        }
        let contents = self.modules.get(at)?;
        let child: Module = at.iter().cloned().chain([name.to_owned()]).collect();
        if self.modules.contains_key(&child) {
            return self.walk(child, rest, seen);
        }
        if contents.declared.contains(name) {
            return Some(at.to_vec());
        }
        if let Some(target) = contents.used.get(name) {
            let whole: Vec<String> = target.iter().chain(rest).cloned().collect();
            return self.resolve(at, &whole, seen);
        }
        contents.globs.iter().find_map(|glob| {
            let target = self.resolve(at, glob, seen)?;
            self.lookup(&target, name, rest, seen)
        })
    }
}

struct Reader {
    src: PathBuf,
    tests: Tests,
    modules: BTreeMap<Module, Contents>,
}

impl Reader {
    /// Reads a file. The files of its child modules are in `folder`.
    fn file(&mut self, file: &Path, folder: &Path, module: Module) {
        let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let items = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display())).items;
        let name = file.strip_prefix(&self.src).unwrap().display().to_string();
        self.items(&items, Contents { name, ..Contents::default() }, module, Some(folder));
    }

    fn items(&mut self, items: &[Item], mut contents: Contents, module: Module, folder: Option<&Path>) {
        let mut paths = Paths::default();
        for item in items {
            if self.tests == Tests::Without && attributes(item).iter().any(only_for_tests) {
                continue;
            }
            match item {
                Item::Mod(child) => self.child(child, &contents.name, &module, folder),
                Item::Use(item) => declare(&item.tree, &mut Vec::new(), &mut contents),
                _ => contents.declared.extend(name(item)),
            }
            paths.visit_item(item);
        }
        contents.paths.extend(paths.found);
        self.modules.insert(module, contents);
    }

    fn child(&mut self, child: &syn::ItemMod, file: &str, parent: &[String], folder: Option<&Path>) {
        let name = child.ident.to_string();
        let module: Module = parent.iter().cloned().chain([name.clone()]).collect();
        if let Some((_, items)) = &child.content {
            let contents = Contents { name: file.to_owned(), inline: true, ..Contents::default() };
            let folder = folder.map(|folder| folder.join(&name));
            return self.items(items, contents, module, folder.as_deref());
        }
        let Some(folder) = folder else { return };
        if let Some(path) = child.attrs.iter().find_map(path_attribute) {
            let place = self.src.join(file);
            return self.file(&place.parent().unwrap().join(path), &folder.join(&name), module);
        }
        let (alone, inside) = (folder.join(format!("{name}.rs")), folder.join(&name));
        let file = if alone.exists() { alone } else { inside.join("mod.rs") };
        self.file(&file, &inside, module);
    }
}

/// Adds the names of a `use` declaration.
fn declare(tree: &UseTree, prefix: &mut Vec<String>, contents: &mut Contents) {
    let whole = |prefix: &[String], name: &syn::Ident| -> Vec<String> {
        let name = (name != "self").then(|| name.to_string());
        prefix.iter().cloned().chain(name).collect()
    };
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            declare(&path.tree, prefix, contents);
            prefix.pop();
        }
        UseTree::Name(name) => {
            let path = whole(prefix, &name.ident);
            contents.used.insert(path.last().cloned().unwrap_or_default(), path);
        }
        UseTree::Rename(name) => drop(contents.used.insert(name.rename.to_string(), whole(prefix, &name.ident))),
        UseTree::Glob(_) => contents.globs.push(prefix.clone()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| declare(tree, prefix, contents)),
    }
}

fn name(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Returns `true` for `#[cfg(test)]` and `#[cfg(all(test, …))]`.
fn only_for_tests(attribute: &syn::Attribute) -> bool {
    let syn::Meta::List(list) = &attribute.meta else { return false };
    let condition = list.tokens.to_string().replace(' ', "");
    attribute.path().is_ident("cfg") && (condition == "test" || condition.starts_with("all(test,"))
}

fn path_attribute(attribute: &syn::Attribute) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else { return None };
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(path), .. }) = &pair.value else { return None };
    pair.path.is_ident("path").then(|| path.value())
}
