//! Splits a `use` declaration into single names.

use syn::{UseTree, ext::IdentExt as _};

/// One name that a `use` declaration imports.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Leaf {
    /// Path of the imported item, with all its segments.
    pub(super) path: Vec<String>,
    /// Name under which the item is imported. `None` for a glob such as `a::*`, which imports all names in `path`.
    pub(super) name: Option<String>,
}

/// Returns all names of a `use` declaration, in the order of the text.
pub(super) fn of(tree: &UseTree) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    collect(tree, &mut Vec::new(), &mut leaves);
    leaves
}

fn collect(tree: &UseTree, path: &mut Vec<String>, leaves: &mut Vec<Leaf>) {
    match tree {
        UseTree::Path(tree) => {
            path.push(tree.ident.unraw().to_string());
            collect(&tree.tree, path, leaves);
            path.pop();
        }
        UseTree::Name(tree) => leaves.push(leaf(path, &tree.ident.unraw().to_string(), None)),
        UseTree::Rename(tree) => {
            leaves.push(leaf(path, &tree.ident.unraw().to_string(), Some(tree.rename.unraw().to_string())));
        }
        UseTree::Glob(_) => leaves.push(Leaf { path: path.clone(), name: None }),
        UseTree::Group(tree) => tree.items.iter().for_each(|tree| collect(tree, path, leaves)),
    }
}

/// Returns one imported name. `self` inside braces means the module before the braces.
pub(super) fn leaf(before: &[String], ident: &str, rename: Option<String>) -> Leaf {
    let mut path = before.to_vec();
    if ident != "self" || path.is_empty() {
        path.push(ident.to_owned());
    }
    let name = rename.or_else(|| path.last().cloned());
    Leaf { path, name }
}
