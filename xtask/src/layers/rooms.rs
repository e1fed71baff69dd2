//! The rooms of a crate: the folders and files directly under `src/`. The type [`Rooms`] can also hold the folders and
//! files inside a room.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Graph;

/// The folders and files directly in one folder. Each of them counts as a room, together with everything below it.
#[derive(Debug, Default)]
pub(crate) struct Rooms<'a> {
    /// Name of each room. The value is `true` for a folder and `false` for a file.
    pub(crate) rooms: BTreeMap<&'a str, bool>,
    /// For each pair of rooms, the pairs of files in which a file of the first room uses a file of the second room.
    pub(crate) arrows: BTreeMap<(&'a str, &'a str), Vec<&'a (String, String)>>,
}

impl<'a> Rooms<'a> {
    /// Returns the rooms in a folder. The path of the folder is empty or ends in `/`. The root file of the crate
    /// belongs to no room.
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

/// Returns the name of the room of a file, and `true` if the path goes into a folder. `job.rs` and `job/mod.rs` are in
/// the same room.
fn room(path: &str) -> (&str, bool) {
    path.split_once('/').map_or((path.strip_suffix(".rs").unwrap_or(path), false), |(folder, _)| (folder, true))
}

/// Returns all folders that contain a file, the outermost first. The outermost path is empty, and all other paths end
/// in `/`.
pub(crate) fn folders(graph: &Graph) -> BTreeSet<&str> {
    let mut folders = BTreeSet::from([""]);
    for path in &graph.files {
        folders.extend(path.match_indices('/').map(|(end, _)| &path[..=end]));
    }
    folders
}
