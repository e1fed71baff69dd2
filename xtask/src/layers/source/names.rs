//! Finds the file in which the item of a path is defined.

use std::collections::BTreeSet;

use super::tree::{Meaning, Tree};

/// The target of a path. The number is the index of the module or of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Resolved {
    /// A module. The path does not name an item yet.
    Module(usize),
    /// An item. The number is the index of the file that defines the item.
    Item(usize),
    /// A macro. The number is the index of the file that defines the macro.
    Macro(usize),
    /// An item of another crate.
    Outside,
}

/// Names that are being resolved now, each with its module. They stop an endless loop if an import leads back to
/// itself.
type Seen = BTreeSet<(usize, String)>;

impl Tree {
    /// Returns every target of a path in a module, because an item, a module and a macro may have the same name.
    /// Returns no target if the path does not belong to this crate.
    pub(super) fn resolve(&self, module: usize, path: &[String]) -> Vec<Resolved> {
        self.follow(module, path, &mut Seen::new())
    }

    /// Returns the targets of a path whose first name is imported by a glob such as `a::*`.
    pub(super) fn resolve_in_glob(&self, module: usize, glob: &[String], path: &[String]) -> Vec<Resolved> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        let mut targets = Vec::new();
        for target in self.resolve(module, glob) {
            if let Resolved::Module(inner) = target {
                let found = self.named(inner, first, &mut Seen::new());
                targets.extend(self.onwards(found, rest, &mut Seen::new()));
            }
        }
        targets
    }

    /// Returns the index of the file that defines a macro. The macro is used without a path, so it is defined in this
    /// module or in a module around it.
    pub(super) fn macro_in_scope(&self, module: usize, name: &str) -> Option<usize> {
        let known = self.named(module, name, &mut Seen::new());
        let found = known.into_iter().find_map(|target| match target {
            Resolved::Macro(file) => Some(file),
            _ => None,
        });
        found.or_else(|| self.macro_in_scope(self.modules[module].parent?, name))
    }

    fn follow(&self, from: usize, path: &[String], seen: &mut Seen) -> Vec<Resolved> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        match first.as_str() {
            "crate" => self.walk(0, rest, seen),
            "self" => self.walk(from, rest, seen),
            "super" => {
                let mut module = self.modules[from].parent;
                let mut rest = rest;
                while let Some(("super", more)) = rest.split_first().map(|(next, more)| (next.as_str(), more)) {
                    module = module.and_then(|module| self.modules[module].parent);
                    rest = more;
                }
                module.map_or_else(Vec::new, |module| self.walk(module, rest, seen))
            }
            name => {
                let found = self.named(from, name, seen);
                self.onwards(found, rest, seen)
            }
        }
    }

    /// Follows a path from a module inwards.
    fn walk(&self, module: usize, path: &[String], seen: &mut Seen) -> Vec<Resolved> {
        let Some((name, rest)) = path.split_first() else { return vec![Resolved::Module(module)] };
        let found = self.named(module, name, seen);
        if found.is_empty() {
            // The source text does not contain the item, so a macro call in this module must define the item.
            return vec![Resolved::Item(self.modules[module].file)];
        }
        self.onwards(found, rest, seen)
    }

    fn onwards(&self, found: Vec<Resolved>, rest: &[String], seen: &mut Seen) -> Vec<Resolved> {
        if rest.is_empty() {
            return found;
        }
        let modules: Vec<_> = found.iter().filter(|target| matches!(target, Resolved::Module(_))).collect();
        if modules.is_empty() {
            // The remaining segments name a variant or an associated item, which is defined in the same file as its
            // type.
            return found.into_iter().filter(|target| !matches!(target, Resolved::Macro(_))).collect();
        }
        let mut targets = Vec::new();
        for target in modules {
            if let Resolved::Module(module) = target {
                targets.extend(self.walk(*module, rest, seen));
            }
        }
        targets
    }

    /// Returns the targets of a single name in a module. Follows imports and globs.
    fn named(&self, module: usize, name: &str, seen: &mut Seen) -> Vec<Resolved> {
        let here = &self.modules[module];
        // An import may lead to the same name in the same module, for example if a module and a function of this module
        // have the same name.
        let is_again = !seen.insert((module, name.to_owned()));
        let mut targets = Vec::new();
        for meaning in here.names.get(name).into_iter().flatten() {
            match meaning {
                Meaning::Module(module) => targets.push(Resolved::Module(*module)),
                Meaning::Item => targets.push(Resolved::Item(here.file)),
                Meaning::Macro(file) => targets.push(Resolved::Macro(*file)),
                Meaning::Import(_) if is_again => {}
                // `use name;` re-exports a macro of this module, or names another crate. Neither leads to another file.
                Meaning::Import(path) if path.as_slice() == [name] => {}
                Meaning::Import(path) => {
                    let found = self.follow(module, path, seen);
                    targets.extend(if found.is_empty() { vec![Resolved::Outside] } else { found });
                }
            }
        }
        if is_again {
            return targets;
        }
        if targets.is_empty() && here.names.contains_key(name) {
            targets.push(Resolved::Outside);
        }
        if targets.is_empty() {
            for glob in &here.globs {
                for target in self.follow(module, glob, seen) {
                    if let Resolved::Module(inner) = target {
                        targets.extend(self.named(inner, name, seen));
                    }
                }
            }
        }
        seen.remove(&(module, name.to_owned()));
        targets.sort();
        targets.dedup();
        targets
    }
}
