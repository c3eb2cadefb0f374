//! The paths that occur in a piece of code.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// Collects the paths of items, types, expressions, attributes, macros, and `use` declarations.
#[derive(Default)]
pub(super) struct Paths {
    pub(super) found: Vec<Vec<String>>,
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            self.found.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone());
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.imported(&item.tree, &mut Vec::new());
    }

    /// `pub(crate)` and `pub(in crate::a)` import nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_item_mod(&mut self, _: &'ast syn::ItemMod) {}
}

impl Paths {
    fn imported(&mut self, tree: &syn::UseTree, prefix: &mut Vec<String>) {
        let name = match tree {
            syn::UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.imported(&path.tree, prefix);
                prefix.pop();
                return;
            }
            syn::UseTree::Group(group) => return group.items.iter().for_each(|tree| self.imported(tree, prefix)),
            syn::UseTree::Name(name) if name.ident != "self" => Some(name.ident.to_string()),
            syn::UseTree::Rename(name) if name.ident != "self" => Some(name.ident.to_string()),
            _ => None,
        };
        self.found.push(prefix.iter().cloned().chain(name).collect());
    }

    /// Collects `a::b::c` from tokens that are not parsed, also from texts as in `#[serde(with = "a::b")]`.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut colons, mut member) = (0, false);
        for token in tokens {
            match token {
                TokenTree::Ident(name) if colons == 2 && !path.is_empty() => path.push(name.to_string()),
                TokenTree::Ident(name) => {
                    self.end(&mut path);
                    if !member {
                        path.push(name.to_string());
                    }
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Punct(mark) => {
                    self.end(&mut path);
                    (colons, member) = (0, mark.as_char() == '.');
                    continue;
                }
                TokenTree::Group(group) => {
                    self.end(&mut path);
                    self.tokens(group.stream());
                }
                TokenTree::Literal(literal) => {
                    self.end(&mut path);
                    let text = literal.to_string();
                    if let Ok(path) = syn::parse_str::<syn::Path>(text.trim_matches('"'))
                        && path.segments.len() > 1
                    {
                        self.visit_path(&path);
                    }
                }
            }
            (colons, member) = (0, false);
        }
        self.end(&mut path);
    }

    fn end(&mut self, path: &mut Vec<String>) {
        if !path.is_empty() {
            self.found.push(std::mem::take(path));
        }
    }
}
