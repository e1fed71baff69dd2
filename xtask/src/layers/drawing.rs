//! Returns the rooms of a crate (the folders and files directly under `src/`) as text. A room is on a line above the
//! rooms that it uses, except in a cycle.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    cycles::{cycles, reached},
    rooms::Rooms,
    source::Graph,
};

/// Maximum length of a line, in characters.
const WIDTH: usize = 110;

/// Returns the rooms of a crate (the folders and files directly under `src/`) as text. Each room is followed by the
/// rooms that it uses. These are on the lines below it, except in a cycle.
pub(crate) fn drawing(krate: &str, graph: &Graph) -> String {
    let rooms = Rooms::of(graph, "");
    let arrows = rooms.arrows.keys().copied().collect();
    let levels = levels(rooms.rooms.keys().copied(), &arrows);
    let mut order: Vec<&str> = rooms.rooms.keys().copied().collect();
    order.sort_by_key(|room| (std::cmp::Reverse(levels[room]), *room));
    let name = |room: &str| if rooms.rooms[room] { format!("{room}/") } else { room.to_owned() };
    let column = order.iter().map(|room| name(room).chars().count()).max().unwrap_or_default();
    let mut text = format!("{krate}\n");
    for room in order {
        let mut line = format!("  {:<column$}", name(room));
        let mut used = arrows.iter().filter(|(from, _)| *from == room).map(|(_, to)| *to).peekable();
        let mut before = " → ";
        while let Some(used_room) = used.next() {
            let comma = if used.peek().is_some() { "," } else { "" };
            if line.chars().count() + before.chars().count() + used_room.len() + comma.len() > WIDTH {
                text += &format!("{line}\n");
                line = " ".repeat(column + 5);
                before = "";
            }
            line += &format!("{before}{used_room}{comma}");
            before = " ";
        }
        text += &format!("{}\n", line.trim_end());
    }
    text
}

/// Returns the level of each room: the number of steps on the longest path from this room to the rooms that it uses.
/// All rooms of a cycle have the same level.
fn levels<'a>(rooms: impl Iterator<Item = &'a str>, arrows: &BTreeSet<(&'a str, &'a str)>) -> BTreeMap<&'a str, usize> {
    let cycles = cycles(arrows);
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in arrows {
        next.entry(from).or_default().insert(to);
    }
    let mut levels: BTreeMap<&str, usize> = rooms.map(|room| (room, 0)).collect();
    // The rooms that lead to the fewest other rooms are handled first. A room leads to more rooms than each room below
    // it, so the lower rooms already have their level.
    let mut order: Vec<(usize, &str)> = levels.keys().map(|room| (reached(room, &next).len(), *room)).collect();
    order.sort_unstable();
    for (_, room) in order {
        let alone = BTreeSet::from([room]);
        let here = cycles.iter().find(|cycle| cycle.contains(room)).unwrap_or(&alone);
        let below = arrows.iter().filter(|(from, to)| here.contains(from) && !here.contains(to));
        let level = below.map(|(_, to)| levels[to] + 1).max().unwrap_or_default();
        levels.insert(room, level);
    }
    levels
}
