//! The rules for the rooms of a crate (the folders and files directly under `src/`) and for its files. Finds the places
//! that break a rule.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    cycles::cycles,
    rooms::{Rooms, folders},
    source::Graph,
};

/// Maximum number of files that use each other in a cycle.
const LARGEST_CYCLE: usize = 5;
/// Maximum number of files in a folder.
const LARGEST_FOLDER: usize = 14;
/// Maximum number of imports that a message about a cycle lists for each direction.
const NAMED: usize = 4;

/// A rule for the rooms and files of a crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LayerRule {
    /// No two rooms of a crate use each other, directly or through others. The same holds for the folders inside a
    /// folder.
    Rooms,
    /// No more than five files use each other, directly or through others.
    Files,
    /// No folder contains more than fourteen files.
    Folder,
}

/// A place where a crate breaks a rule.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) rule: LayerRule,
    /// If rooms or files use each other in a cycle, their paths. If a folder has too many files, its path.
    pub(crate) names: BTreeSet<String>,
    pub(crate) message: String,
}

/// Returns every place where a crate breaks a rule. `folder_sizes` is the number of files in each folder.
pub(crate) fn broken(graph: &Graph, folder_sizes: &BTreeMap<String, usize>) -> Vec<Broken> {
    let mut broken = Vec::new();
    for folder in folders(graph) {
        broken.extend(rooms_in_cycles(graph, folder));
    }
    broken.extend(files_in_cycles(graph));
    broken.extend(folder_sizes.iter().filter(|(_, files)| **files > LARGEST_FOLDER).map(|(folder, files)| Broken {
        rule: LayerRule::Folder,
        names: BTreeSet::from([folder.clone()]),
        message: format!("{folder} has {files} files, at most {LARGEST_FOLDER}"),
    }));
    broken
}

fn rooms_in_cycles(graph: &Graph, folder: &str) -> Vec<Broken> {
    let rooms = Rooms::of(graph, folder);
    let arrows = rooms.arrows.keys().copied().collect();
    let is_wrong = |cycle: &BTreeSet<&str>| {
        // Two files in the same room may use each other.
        let is_room = |name: &&&str| folder.is_empty() || rooms.rooms.get(**name) == Some(&true);
        cycle.iter().filter(is_room).count() > 1
    };
    let cycles = cycles(&arrows).into_iter().filter(is_wrong);
    let told = cycles.map(|cycle| {
        let names: BTreeSet<String> = cycle.iter().map(|name| format!("{folder}{name}")).collect();
        let mut message = format!("these rooms reach each other: {}", joined(&names));
        for ((from, to), arrows) in &rooms.arrows {
            if cycle.contains(from) && cycle.contains(to) {
                message += &format!("\n    {folder}{from} → {folder}{to}: {}", imports(graph, arrows));
            }
        }
        Broken { rule: LayerRule::Rooms, names, message }
    });
    told.collect()
}

fn files_in_cycles(graph: &Graph) -> Vec<Broken> {
    let is_inside = |(from, to): &&(String, String)| *from != graph.root && *to != graph.root;
    let arrows = graph.arrows.keys().filter(is_inside).map(|(from, to)| (from.as_str(), to.as_str())).collect();
    let cycles = cycles(&arrows).into_iter().filter(|cycle| cycle.len() > LARGEST_CYCLE);
    let told = cycles.map(|cycle| {
        let names: BTreeSet<String> = cycle.iter().map(|name| (*name).to_owned()).collect();
        let (count, listed) = (names.len(), joined(&names));
        let message = format!("{count} files reach each other, at most {LARGEST_CYCLE}: {listed}");
        Broken { rule: LayerRule::Files, names, message }
    });
    told.collect()
}

/// Returns the first imports between two rooms as text, and the number of further ones.
fn imports(graph: &Graph, arrows: &[&(String, String)]) -> String {
    let told = arrows.iter().take(NAMED).map(|arrow| {
        let names = graph.arrows.get(*arrow).map(joined).unwrap_or_default();
        format!("{} uses {names} of {}", arrow.0, arrow.1)
    });
    let told = told.collect::<Vec<_>>().join("; ");
    match arrows.len().checked_sub(NAMED) {
        None | Some(0) => told,
        Some(more) => format!("{told}; and {more} more"),
    }
}

fn joined(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
