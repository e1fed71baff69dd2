//! From a path as it is written to the file that defines what it names.

use std::collections::BTreeSet;

use super::tree::{Meaning, Tree};

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Resolved {
    /// A module, which is only on the way to an item.
    Module(usize),
    /// An item that this file defines.
    Item(usize),
    /// A macro that this file defines.
    Macro(usize),
    /// Something of another crate.
    Outside,
}

/// The names that are being looked up, so that imports that lead to themselves end.
type Seen = BTreeSet<(usize, String)>;

impl Tree {
    /// All that a path means in a module: a name may stand for an item, a module and a macro at once. Empty if it is
    /// no path of this crate.
    pub(super) fn resolve(&self, module: usize, path: &[String]) -> Vec<Resolved> {
        self.follow(module, path, &mut Seen::new())
    }

    /// What a path means that begins with a name of a glob.
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

    /// The macro that is known by its name alone: one of this module, or of one around it.
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

    /// Follows a path from the inside of a module.
    fn walk(&self, module: usize, path: &[String], seen: &mut Seen) -> Vec<Resolved> {
        let Some((name, rest)) = path.split_first() else { return vec![Resolved::Module(module)] };
        let found = self.named(module, name, seen);
        if found.is_empty() {
            // A macro of this module has made it.
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
            // What follows is a variant or something of a type, and stands where that stands.
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

    /// What a name stands for in a module, through imports and globs.
    fn named(&self, module: usize, name: &str, seen: &mut Seen) -> Vec<Resolved> {
        let here = &self.modules[module];
        // An import of a name by the same name, as of a function from the module that is called like it.
        let is_again = !seen.insert((module, name.to_owned()));
        let mut targets = Vec::new();
        for meaning in here.names.get(name).into_iter().flatten() {
            match meaning {
                Meaning::Module(module) => targets.push(Resolved::Module(*module)),
                Meaning::Item => targets.push(Resolved::Item(here.file)),
                Meaning::Macro(file) => targets.push(Resolved::Macro(*file)),
                Meaning::Import(_) if is_again => {}
                // `use name;` makes a macro of this module known to others, or names another crate.
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
