//! What was found beside what is written.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::ensure;

use super::file::{Count, Counts};

/// A number that is further away than this part of it has changed.
const TOLERANCE: f64 = 0.02;

/// What a run has found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Finding {
    /// The numbers by their unit and by what is counted.
    pub(crate) counts: BTreeMap<String, BTreeMap<String, f64>>,
    /// The names of the crates that each crate is built from, once for each version.
    pub(crate) crates: BTreeMap<String, Vec<String>>,
    /// A unit that this machine cannot count.
    pub(crate) left_out: Option<&'static str>,
}

impl Finding {
    pub(crate) fn count(&mut self, unit: &str, name: &str, number: f64) {
        // More digits than these are not repeated.
        let digits = if number < 1000.0 { 100.0 } else { 1.0 };
        let number = (number * digits).round() / digits;
        self.counts.entry(unit.to_owned()).or_default().insert(name.to_owned(), number);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    None,
    Better,
    Worse,
}

fn change(written: f64, found: f64) -> Change {
    if found > written * (1.0 + TOLERANCE) {
        Change::Worse
    } else if found < written * (1.0 - TOLERANCE) {
        Change::Better
    } else {
        Change::None
    }
}

fn beside(written: f64, found: f64) -> String {
    if written == 0.0 {
        return "where none are written".to_owned();
    }
    format!("{:+.1} % beside {written}", (found / written - 1.0) * 100.0)
}

/// Everything that is not as it is written.
pub(crate) fn compare(written: &Counts, found: &Finding) -> Vec<String> {
    let mut wrong = Vec::new();
    for (unit, counts) in &found.counts {
        for (name, number) in counts {
            let Some(count) = written.counts.get(unit).and_then(|counts| counts.get(name)) else {
                wrong.push(format!("{name}: {number} {unit}, and nothing is written"));
                continue;
            };
            let beside = beside(count.number, *number);
            match change(count.number, *number) {
                Change::None => {}
                Change::Worse => wrong.push(format!("{name}: {number} {unit}, {beside}")),
                Change::Better => {
                    wrong.push(format!("{name}: {number} {unit}, {beside}: better, and to be written down"))
                }
            }
        }
    }
    for (unit, name) in gone(written, found) {
        wrong.push(format!("{name}: its {unit} are written and not counted any more"));
    }
    for (name, crates) in &found.crates {
        let Some(written) = written.crates.get(name) else {
            wrong.push(format!("{name}: nothing is written of the crates that it is built from"));
            continue;
        };
        if crates.len() > written.most {
            wrong.push(format!("{name} is built from {} crates, at most {}", crates.len(), written.most));
        }
        let known = |name: &String| written.names.contains(name) || written.new.contains_key(name);
        let came = crates.iter().filter(|name| !known(name));
        wrong.extend(came.map(|it| format!("{name} is built from {it} now, for no reason that is written")));
        let left = written.names.iter().chain(written.new.keys()).filter(|name| !crates.contains(name));
        wrong.extend(left.map(|it| format!("{name} is not built from {it} any more, which is to be written down")));
    }
    wrong
}

/// What should be written now. Fails if something is worse and no reason is given.
pub(crate) fn updated(written: &Counts, found: &Finding, why: Option<&str>) -> anyhow::Result<Counts> {
    let mut updated = written.clone();
    let mut unexplained = Vec::new();
    for (unit, name) in gone(written, found) {
        updated.counts.entry(unit.clone()).or_default().remove(&name);
    }
    for (unit, counts) in &found.counts {
        let rows = updated.counts.entry(unit.clone()).or_default();
        for (name, number) in counts {
            let Some(count) = rows.get_mut(name) else {
                rows.insert(name.clone(), Count { number: *number, why: None });
                continue;
            };
            match (change(count.number, *number), why) {
                (Change::None, _) => {}
                (Change::Better, _) => count.number = *number,
                (Change::Worse, Some(why)) => *count = Count { number: *number, why: Some(why.to_owned()) },
                (Change::Worse, None) => unexplained.push(format!("{name}: {unit}")),
            }
        }
    }
    for (name, crates) in &found.crates {
        let is_first = !updated.crates.contains_key(name);
        let list = updated.crates.entry(name.clone()).or_default();
        if is_first {
            list.most = crates.len();
        }
        let here: BTreeSet<_> = crates.iter().collect();
        list.names.retain(|name| here.contains(name));
        list.new.retain(|name, _| here.contains(name));
        for came in crates {
            if is_first {
                list.names.insert(came.clone());
            } else if !(list.names.contains(came) || list.new.contains_key(came)) {
                match why {
                    Some(why) => drop(list.new.insert(came.clone(), why.to_owned())),
                    None => unexplained.push(format!("{name}: {came}")),
                }
            }
        }
    }
    ensure!(unexplained.is_empty(), "say `--why` for what is more than it was: {}", unexplained.join("; "));
    updated.counts.retain(|_, counts| !counts.is_empty());
    Ok(updated)
}

/// What is written and was not found, although it could have been.
fn gone(written: &Counts, found: &Finding) -> Vec<(String, String)> {
    let is_counted = |unit: &String| found.left_out != Some(unit.as_str());
    let is_found = |unit: &String, name| found.counts.get(unit).is_some_and(|counts| counts.contains_key(name));
    let units = written.counts.iter().filter(|(unit, _)| is_counted(unit));
    let rows = units.flat_map(|(unit, counts)| counts.keys().map(move |name| (unit, name)));
    rows.filter(|(unit, name)| !is_found(unit, *name)).map(|(unit, name)| (unit.clone(), name.clone())).collect()
}
