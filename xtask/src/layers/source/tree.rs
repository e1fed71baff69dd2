//! The modules of a crate, and the names in each module.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use syn::{Attribute, Expr, Item, ItemMod, Lit, Meta, ext::IdentExt as _};

use super::{
    condition::{is_for_tests, of_item},
    leaves,
};

/// Function that reads a file. Tests pass a function that reads from memory.
pub(crate) type Load<'a> = &'a dyn Fn(&Path) -> io::Result<String>;

/// All modules of a crate in a build without tests. The first module is the root.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) files: Vec<File>,
    pub(super) modules: Vec<Module>,
}

pub(super) struct File {
    /// Path of the file relative to the folder of the root file, with `/` as separator.
    pub(super) path: String,
    /// Index of the module whose content this file is.
    pub(super) module: usize,
    pub(super) items: Vec<Item>,
}

#[derive(Debug)]
pub(super) struct Module {
    pub(super) parent: Option<usize>,
    pub(super) file: usize,
    /// The meanings of each name. A module, a function and a macro may have the same name.
    pub(super) names: BTreeMap<String, Vec<Meaning>>,
    /// The paths of the glob imports, without `*`.
    pub(super) globs: Vec<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    Module(usize),
    Item,
    /// A macro. The number is the index of the file that defines the macro.
    Macro(usize),
    Import(Vec<String>),
}

impl Tree {
    /// Reads a crate, beginning with its root file.
    pub(super) fn read(root: &Path, load: Load<'_>) -> anyhow::Result<Self> {
        let mut tree = Self::default();
        let base = root.parent().context("a root file has a folder")?;
        tree.add_file(base, root, base, None, load)?;
        Ok(tree)
    }

    /// Returns `true` if `outer` is `inner` or a module around `inner`.
    pub(super) fn holds(&self, outer: usize, inner: usize) -> bool {
        let mut at = Some(inner);
        while let Some(module) = at {
            if module == outer {
                return true;
            }
            at = self.modules[module].parent;
        }
        false
    }

    /// Adds a file and the files of all its modules. `folder` is the folder in which the files of its
    /// modules are searched. For `src/a.rs` it is `src/a`.
    fn add_file(
        &mut self,
        base: &Path,
        path: &Path,
        folder: &Path,
        parent: Option<usize>,
        load: Load<'_>,
    ) -> anyhow::Result<usize> {
        let text = load(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let items = syn::parse_file(&text).with_context(|| format!("{} is not Rust", path.display()))?.items;
        let name = path.strip_prefix(base).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let (file, module) = (self.files.len(), self.modules.len());
        self.files.push(File { path: name, module, items: Vec::new() });
        self.add_module(parent, file);
        self.add_items(base, path, folder, module, &items, load)?;
        self.files[file].items = items;
        Ok(module)
    }

    fn add_module(&mut self, parent: Option<usize>, file: usize) -> usize {
        self.modules.push(Module { parent, file, names: BTreeMap::new(), globs: Vec::new() });
        self.modules.len() - 1
    }

    fn add_items(
        &mut self,
        base: &Path,
        path: &Path,
        folder: &Path,
        module: usize,
        items: &[Item],
        load: Load<'_>,
    ) -> anyhow::Result<()> {
        for item in items.iter().filter(|item| !is_for_tests(of_item(item))) {
            match item {
                Item::Mod(item) => {
                    let name = item.ident.unraw().to_string();
                    let inner = match &item.content {
                        Some((_, items)) => {
                            let inner = self.add_module(Some(module), self.modules[module].file);
                            self.add_items(base, path, &folder.join(&name), inner, items, load)?;
                            inner
                        }
                        None => {
                            let (path, folder) = found(item, path, folder, load)?;
                            self.add_file(base, &path, &folder, Some(module), load)?
                        }
                    };
                    self.name(module, name, Meaning::Module(inner));
                    if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_use")) {
                        self.lift_macros(inner, module);
                    }
                }
                Item::Use(item) if item.leading_colon.is_none() => {
                    for leaf in leaves::of(&item.tree) {
                        match leaf.name {
                            Some(name) => self.name(module, name, Meaning::Import(leaf.path)),
                            None => self.modules[module].globs.push(leaf.path),
                        }
                    }
                }
                Item::Macro(item) => {
                    let Some(ident) = &item.ident else { continue };
                    let here = Meaning::Macro(self.modules[module].file);
                    if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) {
                        self.name(0, ident.to_string(), here.clone());
                    }
                    self.name(module, ident.to_string(), here);
                }
                item => {
                    if let Some(name) = name_of(item) {
                        self.name(module, name, Meaning::Item);
                    }
                }
            }
        }
        Ok(())
    }

    fn name(&mut self, module: usize, name: String, meaning: Meaning) {
        self.modules[module].names.entry(name).or_default().push(meaning);
    }

    /// Adds the macros of a module with `#[macro_use]` to the module around it.
    fn lift_macros(&mut self, inner: usize, outer: usize) {
        for (name, meanings) in self.modules[inner].names.clone() {
            for meaning in meanings.into_iter().filter(|meaning| matches!(meaning, Meaning::Macro(_))) {
                self.name(outer, name.clone(), meaning);
            }
        }
    }
}

/// Finds the file of a module that is declared as `mod name;`. Returns the path of the file, and the folder for the
/// files of the modules in it.
fn found(item: &ItemMod, from: &Path, folder: &Path, load: Load<'_>) -> anyhow::Result<(PathBuf, PathBuf)> {
    let name = item.ident.unraw().to_string();
    if let Some(path) = item.attrs.iter().find_map(given_path) {
        let path = from.parent().unwrap_or(folder).join(path);
        let below = path.parent().unwrap_or(folder).to_owned();
        return Ok((path, below));
    }
    for path in [folder.join(format!("{name}.rs")), folder.join(&name).join("mod.rs")] {
        if load(&path).is_ok() {
            return Ok((path, folder.join(&name)));
        }
    }
    bail!("{} declares the module {name}, which has no file", from.display());
}

/// Returns the path in an attribute `#[path = "…"]`.
fn given_path(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("path") => match &meta.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(path) => Some(path.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Returns the name of an item, if the item has a name in its module.
fn name_of(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(ident.unraw().to_string())
}
