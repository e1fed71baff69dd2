//! The rules of a good house, and where a crate breaks them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    circles::circles,
    rooms::{Rooms, folders},
    source::Graph,
};

/// How many files may reach each other.
const LARGEST_CIRCLE: usize = 5;
/// How many files may stand beside each other in a folder.
const LARGEST_FOLDER: usize = 14;
/// How many imports are named for each direction of a circle.
const NAMED: usize = 4;

/// One of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LayerRule {
    /// No two rooms of a crate reach each other, nor two folders of a folder.
    Rooms,
    /// No more than five files reach each other.
    Files,
    /// No more than fourteen files stand beside each other.
    Folder,
}

/// A place where a crate breaks a rule.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) rule: LayerRule,
    /// The paths of the rooms or files that are in a circle, or of the folder.
    pub(crate) names: BTreeSet<String>,
    pub(crate) message: String,
}

/// Every place where a crate breaks a rule. `beside` says how many files a folder holds.
pub(crate) fn broken(graph: &Graph, beside: &BTreeMap<String, usize>) -> Vec<Broken> {
    let mut broken = Vec::new();
    for folder in folders(graph) {
        broken.extend(rooms_in_circles(graph, folder));
    }
    broken.extend(files_in_circles(graph));
    broken.extend(beside.iter().filter(|(_, files)| **files > LARGEST_FOLDER).map(|(folder, files)| Broken {
        rule: LayerRule::Folder,
        names: BTreeSet::from([folder.clone()]),
        message: format!("{files} files beside each other in {folder}, at most {LARGEST_FOLDER}"),
    }));
    broken
}

fn rooms_in_circles(graph: &Graph, folder: &str) -> Vec<Broken> {
    let rooms = Rooms::of(graph, folder);
    let arrows = rooms.arrows.keys().copied().collect();
    let is_wrong = |circle: &BTreeSet<&str>| {
        // Files that are neighbours inside a room may reach each other.
        let is_room = |name: &&&str| folder.is_empty() || rooms.rooms.get(**name) == Some(&true);
        circle.iter().filter(is_room).count() > 1
    };
    let circles = circles(&arrows).into_iter().filter(is_wrong);
    let told = circles.map(|circle| {
        let names: BTreeSet<String> = circle.iter().map(|name| format!("{folder}{name}")).collect();
        let mut message = format!("these rooms reach each other: {}", joined(&names));
        for ((from, to), arrows) in &rooms.arrows {
            if circle.contains(from) && circle.contains(to) {
                message += &format!("\n    {folder}{from} → {folder}{to}: {}", imports(graph, arrows));
            }
        }
        Broken { rule: LayerRule::Rooms, names, message }
    });
    told.collect()
}

fn files_in_circles(graph: &Graph) -> Vec<Broken> {
    let is_inside = |(from, to): &&(String, String)| *from != graph.root && *to != graph.root;
    let arrows = graph.arrows.keys().filter(is_inside).map(|(from, to)| (from.as_str(), to.as_str())).collect();
    let circles = circles(&arrows).into_iter().filter(|circle| circle.len() > LARGEST_CIRCLE);
    let told = circles.map(|circle| {
        let names: BTreeSet<String> = circle.iter().map(|name| (*name).to_owned()).collect();
        let (count, listed) = (names.len(), joined(&names));
        let message = format!("{count} files reach each other, at most {LARGEST_CIRCLE}: {listed}");
        Broken { rule: LayerRule::Files, names, message }
    });
    told.collect()
}

/// The first imports that make an arrow.
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
