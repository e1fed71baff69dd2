//! The rooms of a crate: the folders and files directly in a folder, each with all below it.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Graph;

/// The rooms in one folder.
#[derive(Debug, Default)]
pub(crate) struct Rooms<'a> {
    /// Each room, and whether it is a folder.
    pub(crate) rooms: BTreeMap<&'a str, bool>,
    /// The arrows between files of two rooms, by the rooms.
    pub(crate) arrows: BTreeMap<(&'a str, &'a str), Vec<&'a (String, String)>>,
}

impl<'a> Rooms<'a> {
    /// The rooms of a folder whose path is empty or ends in `/`. The root file is in no room.
    pub(crate) fn of(graph: &'a Graph, folder: &str) -> Self {
        let mut rooms = Self::default();
        let inside = |path: &'a str| path.strip_prefix(folder).filter(|_| path != graph.root);
        for path in graph.files.iter().filter_map(|path| inside(path)) {
            let (room, is_folder) = room(path);
            *rooms.rooms.entry(room).or_default() |= is_folder;
        }
        for arrow in graph.arrows.keys() {
            let (Some(from), Some(to)) = (inside(&arrow.0), inside(&arrow.1)) else { continue };
            let (from, to) = (room(from).0, room(to).0);
            if from != to {
                rooms.arrows.entry((from, to)).or_default().push(arrow);
            }
        }
        rooms
    }
}

/// The room of a path, and whether the room is a folder. `job.rs` and `job/mod.rs` are in one room.
fn room(path: &str) -> (&str, bool) {
    path.split_once('/').map_or((path.strip_suffix(".rs").unwrap_or(path), false), |(folder, _)| (folder, true))
}

/// All folders that hold a file, from the outermost on, with `/` at the end of each but the first, which is empty.
pub(crate) fn folders(graph: &Graph) -> BTreeSet<&str> {
    let mut folders = BTreeSet::from([""]);
    for path in &graph.files {
        folders.extend(path.match_indices('/').map(|(end, _)| &path[..=end]));
    }
    folders
}
