//! Finds the cycles in a graph.

use std::collections::{BTreeMap, BTreeSet};

/// Returns the cycles of a graph: the largest sets of nodes in which each node leads to each other node. Each set has
/// at least two nodes.
pub(crate) fn cycles<'a>(arrows: &BTreeSet<(&'a str, &'a str)>) -> Vec<BTreeSet<&'a str>> {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in arrows {
        next.entry(from).or_default().insert(to);
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> = next.keys().map(|from| (*from, reached(from, &next))).collect();
    let mut cycles = BTreeSet::new();
    for (from, targets) in &reached {
        let returns = |to: &&&str| reached.get(**to).is_some_and(|targets| targets.contains(from));
        let cycle: BTreeSet<&str> = targets.iter().filter(returns).copied().chain([*from]).collect();
        if cycle.len() > 1 {
            cycles.insert(cycle);
        }
    }
    cycles.into_iter().collect()
}

/// Returns all nodes to which `from` leads, directly or through other nodes. `next` holds the direct targets of each
/// node.
pub(crate) fn reached<'a>(from: &str, next: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<&str> = next.get(from).into_iter().flatten().copied().collect();
    while let Some(node) = waiting.pop() {
        if reached.insert(node) {
            waiting.extend(next.get(node).into_iter().flatten());
        }
    }
    reached
}
