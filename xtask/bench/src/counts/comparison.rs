//! Compares the measured numbers with the numbers in `counts.toml`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::ensure;

use super::file::{Count, Counts};

/// A number counts as changed if it differs by more than this fraction from the number in the file.
const TOLERANCE: f64 = 0.02;

/// Measured numbers of one run of the bench.
#[derive(Debug, Clone, Default)]
pub(crate) struct Finding {
    /// Measured numbers, by unit and then by name of the measurement.
    pub(crate) counts: BTreeMap<String, BTreeMap<String, f64>>,
    /// Names of all crates that are compiled for each crate of the SDK. A crate with two versions appears twice.
    pub(crate) crates: BTreeMap<String, Vec<String>>,
    /// Unit that cannot be measured on this machine, such as instructions without valgrind.
    pub(crate) left_out: Option<&'static str>,
}

impl Finding {
    pub(crate) fn count(&mut self, unit: &str, name: &str, number: f64) {
        // Numbers from 1,000 are rounded to whole numbers, and smaller numbers to two digits after the point. Further
        // digits differ from run to run.
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
        return "committed: 0".to_owned();
    }
    format!("{:+.1} % against {written}", (found / written - 1.0) * 100.0)
}

/// Returns a message for each number that differs from the number in the file by more than the tolerance, and for each
/// crate that was added to or removed from the crates in the file.
pub(crate) fn compare(written: &Counts, found: &Finding) -> Vec<String> {
    let mut wrong = Vec::new();
    for (unit, counts) in &found.counts {
        for (name, number) in counts {
            let Some(count) = written.counts.get(unit).and_then(|counts| counts.get(name)) else {
                wrong.push(format!("{name}: {number} {unit}, not committed yet"));
                continue;
            };
            let beside = beside(count.number, *number);
            match change(count.number, *number) {
                Change::None => {}
                Change::Worse => wrong.push(format!("{name}: {number} {unit}, {beside}")),
                Change::Better => {
                    wrong.push(format!("{name}: {number} {unit}, {beside}: better, commit it with --update"))
                }
            }
        }
    }
    for (unit, name) in missing(written, found) {
        wrong.push(format!("{name}: its {unit} are committed but not counted any more"));
    }
    for (name, crates) in &found.crates {
        let Some(written) = written.crates.get(name) else {
            wrong.push(format!("{name}: the crates that it is built from are not committed yet"));
            continue;
        };
        if crates.len() > written.most {
            wrong.push(format!("{name} is built from {} crates, at most {}", crates.len(), written.most));
        }
        let known = |name: &String| written.names.contains(name) || written.new.contains_key(name);
        let came = crates.iter().filter(|name| !known(name));
        wrong.extend(came.map(|it| format!("{name} is built from {it} now, which needs a reason: --update --why")));
        let left = written.names.iter().chain(written.new.keys()).filter(|name| !crates.contains(name));
        wrong.extend(left.map(|it| format!("{name} is not built from {it} any more, commit it with --update")));
    }
    wrong
}

/// Returns the new content of the file. Fails if a number rose or a crate was added, and `why` gives no reason.
pub(crate) fn updated(written: &Counts, found: &Finding, why: Option<&str>) -> anyhow::Result<Counts> {
    let mut updated = written.clone();
    let mut unexplained = Vec::new();
    for (unit, name) in missing(written, found) {
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
    ensure!(
        unexplained.is_empty(),
        "give a reason with `--why` for what rose or was added: {}",
        unexplained.join("; ")
    );
    updated.counts.retain(|_, counts| !counts.is_empty());
    Ok(updated)
}

/// Returns the unit and the name of each number that is in the file but missing from this run. Skips the unit that
/// cannot be measured on this machine.
fn missing(written: &Counts, found: &Finding) -> Vec<(String, String)> {
    let is_counted = |unit: &String| found.left_out != Some(unit.as_str());
    let is_found = |unit: &String, name| found.counts.get(unit).is_some_and(|counts| counts.contains_key(name));
    let units = written.counts.iter().filter(|(unit, _)| is_counted(unit));
    let rows = units.flat_map(|(unit, counts)| counts.keys().map(move |name| (unit, name)));
    rows.filter(|(unit, name)| !is_found(unit, *name)).map(|(unit, name)| (unit.clone(), name.clone())).collect()
}
