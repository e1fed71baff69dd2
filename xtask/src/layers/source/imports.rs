//! Finds the files that one file uses.

use std::collections::BTreeMap;

use syn::{
    Attribute, Block, Field, ImplItem, Item, ItemMod, ItemUse, Local, Macro, Meta, Stmt, TraitItem, Variant,
    Visibility,
    ext::IdentExt as _,
    visit::{self, Visit},
};

use super::{
    condition::{is_for_tests, of_impl_item, of_item, of_trait_item},
    leaves::{self, Leaf},
    names::Resolved,
    tokens::{self, Mention},
    tree::{Meaning, Tree},
};

/// The `use` declarations in one block of code.
#[derive(Default)]
struct Scope {
    names: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
}

impl FromIterator<Leaf> for Scope {
    fn from_iter<I: IntoIterator<Item = Leaf>>(leaves: I) -> Self {
        let mut scope = Self::default();
        for leaf in leaves {
            match leaf.name {
                // An import such as `use name;` does not change the path of the item, so this import is left out.
                Some(name) if leaf.path.first() == Some(&name) => {}
                Some(name) => drop(scope.names.insert(name, leaf.path)),
                None => scope.globs.push(leaf.path),
            }
        }
        scope
    }
}

/// Visitor of one file. It collects the items of other files that this file names.
pub(super) struct Imports<'a> {
    tree: &'a Tree,
    file: usize,
    module: usize,
    /// The imports of the blocks around the current position. The innermost block is the last one.
    blocks: Vec<Scope>,
    /// Index of each file that is used, with the name of the used item.
    pub(super) arrows: Vec<(usize, String)>,
}

impl<'a> Imports<'a> {
    /// Returns all uses of a file: the index of the other file, and the name of the used item.
    pub(super) fn of(tree: &'a Tree, file: usize) -> Vec<(usize, String)> {
        let module = tree.files[file].module;
        let mut imports = Self { tree, file, module, blocks: Vec::new(), arrows: Vec::new() };
        tree.files[file].items.iter().for_each(|item| imports.visit_item(item));
        imports.arrows
    }

    /// Resolves a path. Names that a block imports hide names of the module.
    fn resolve(&self, path: &[String]) -> Vec<Resolved> {
        let Some(first) = path.first() else { return Vec::new() };
        if let Some(import) = self.blocks.iter().rev().find_map(|block| block.names.get(first)) {
            let path: Vec<_> = import.iter().chain(&path[1..]).cloned().collect();
            return self.tree.resolve(self.module, &path);
        }
        let globs = self.blocks.iter().rev().flat_map(|block| &block.globs);
        let mut targets = globs.map(|glob| self.tree.resolve_in_glob(self.module, glob, path));
        targets.find(|targets| !targets.is_empty()).unwrap_or_else(|| self.tree.resolve(self.module, path))
    }

    fn note(&mut self, target: Resolved, name: &str) {
        if let Resolved::Item(file) | Resolved::Macro(file) = target
            && file != self.file
        {
            self.arrows.push((file, name.to_owned()));
        }
    }

    fn path(&mut self, path: &[String]) {
        let Some(name) = named(path) else { return };
        for target in self.resolve(path).into_iter().filter(|target| !matches!(target, Resolved::Macro(_))) {
            self.note(target, name);
        }
    }

    fn macro_named(&mut self, path: &[String]) {
        let Some(name) = path.last() else { return };
        let mut targets = self.resolve(path);
        targets.retain(|target| matches!(target, Resolved::Macro(_)));
        if targets.is_empty() && path.len() == 1 {
            targets.extend(self.tree.macro_in_scope(self.module, name).map(Resolved::Macro));
        }
        for target in targets {
            self.note(target, &format!("{name}!"));
        }
    }

    /// Adds an import. A re-export (`passes_on`) of an item in a module below this one is not a use.
    fn import(&mut self, leaf: &Leaf, passes_on: bool) {
        let Some(name) = named(&leaf.path) else { return };
        for target in self.resolve(&leaf.path) {
            let (file, name) = match target {
                Resolved::Item(file) => (file, name.to_owned()),
                Resolved::Macro(file) => (file, format!("{name}!")),
                Resolved::Module(_) | Resolved::Outside => continue,
            };
            if !(passes_on && self.tree.holds(self.module, self.tree.files[file].module)) {
                self.note(target, &name);
            }
        }
    }

    fn tokens(&mut self, found: Vec<Mention>) {
        let imports = found.iter().filter_map(|found| match found {
            Mention::Import(leaf) => Some(leaf.clone()),
            _ => None,
        });
        self.blocks.push(imports.collect());
        for found in found {
            match found {
                Mention::Import(leaf) => self.import(&leaf, false),
                Mention::Path(path) => self.path(&path),
                Mention::Macro(path) => self.macro_named(&path),
            }
        }
        self.blocks.pop();
    }
}

/// Returns the name of the item in a path. For `Type::function` this is the name of the type.
fn named(path: &[String]) -> Option<&str> {
    let is_type = |name: &&String| name.starts_with(char::is_uppercase);
    path.iter().find(is_type).or_else(|| path.last()).map(String::as_str)
}

impl<'ast> Visit<'ast> for Imports<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(of_item(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        if !is_for_tests(of_impl_item(item)) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        if !is_for_tests(of_trait_item(item)) {
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_field(&mut self, field: &'ast Field) {
        if !is_for_tests(&field.attrs) {
            visit::visit_field(self, field);
        }
    }

    fn visit_variant(&mut self, variant: &'ast Variant) {
        if !is_for_tests(&variant.attrs) {
            visit::visit_variant(self, variant);
        }
    }

    fn visit_local(&mut self, local: &'ast Local) {
        if !is_for_tests(&local.attrs) {
            visit::visit_local(self, local);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let Some((_, items)) = &item.content else { return };
        let name = item.ident.unraw().to_string();
        let inner = self.tree.modules[self.module].names.get(&name).into_iter().flatten();
        let mut inner = inner.filter_map(|meaning| match meaning {
            Meaning::Module(module) => Some(*module),
            _ => None,
        });
        // If a module inside a function has no entry of its own, its content counts as part of the module around the
        // function.
        let module = inner.next_back().unwrap_or(self.module);
        let outer = std::mem::replace(&mut self.module, module);
        items.iter().for_each(|item| self.visit_item(item));
        self.module = outer;
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if item.leading_colon.is_some() {
            return;
        }
        let passes_on = !matches!(item.vis, Visibility::Inherited);
        for leaf in leaves::of(&item.tree) {
            self.import(&leaf, passes_on);
        }
    }

    fn visit_block(&mut self, block: &'ast Block) {
        let imports = block.stmts.iter().filter_map(|statement| match statement {
            Stmt::Item(Item::Use(item)) if item.leading_colon.is_none() && !is_for_tests(&item.attrs) => Some(item),
            _ => None,
        });
        self.blocks.push(imports.flat_map(|item| leaves::of(&item.tree)).collect());
        visit::visit_block(self, block);
        self.blocks.pop();
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            self.path(&path.segments.iter().map(|segment| segment.ident.unraw().to_string()).collect::<Vec<_>>());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, used: &'ast Macro) {
        if used.path.leading_colon.is_none() {
            let path = used.path.segments.iter().map(|segment| segment.ident.unraw().to_string());
            self.macro_named(&path.collect::<Vec<_>>());
        }
        self.tokens(tokens::paths(used.tokens.clone()));
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let is_aside = ["doc", "cfg", "cfg_attr"].iter().any(|name| attribute.path().is_ident(name));
        match &attribute.meta {
            // The condition of `cfg_attr` names only features. The attribute that `cfg_attr` adds is read like any
            // other attribute.
            Meta::List(list) if !is_aside || attribute.path().is_ident("cfg_attr") => {
                let found = tokens::paths(list.tokens.clone());
                let is_said = |found: &Mention| matches!(found, Mention::Path(path) if path.len() > 1);
                self.tokens(found.into_iter().filter(is_said).collect());
            }
            _ => {}
        }
    }
}
