//! Prints the table of the measured numbers.

use std::collections::BTreeMap;

use anyhow::Context as _;

use crate::counts::Finding;

/// Goal for a measured number. The first value is the limit for the number, called `reach` in the table. The second
/// value, called `aim`, is a better number that is hoped for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    AtMost(f64, f64),
    AtLeast(f64, f64),
    PrintOnly,
}

/// Prints each line of the table immediately, and collects the exact numbers that are beyond their limit.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Numbers to compare with `counts.toml`.
    pub(crate) found: Finding,
    out_of_reach: Vec<String>,
    rows: BTreeMap<String, Row>,
}

/// Measured values in a row of the table.
#[derive(Debug)]
pub(crate) struct Row {
    /// Text in the column `measured`.
    pub(crate) measured: String,
    /// Number in the column `ratio`.
    pub(crate) number: f64,
}

impl Table {
    pub(crate) fn new() -> Self {
        line("what", "measured", "ratio", "reach", "aim", "verdict");
        println!("{}", "-".repeat(120));
        Self::default()
    }

    /// Adds a number that is the same on every run.
    pub(crate) fn exact(&mut self, what: &str, measured: &str, number: f64, goal: Goal) {
        self.watched(what, measured, number, goal);
        let is_far = match goal {
            Goal::AtMost(reach, _) => number > reach * SCATTER,
            Goal::AtLeast(reach, _) => number < reach / SCATTER,
            Goal::PrintOnly => false,
        };
        if is_far {
            self.out_of_reach.push(what.to_owned());
        }
    }

    /// Adds a number that depends on the machine. It is printed, but a missed limit is no failure.
    pub(crate) fn watched(&mut self, what: &str, measured: &str, number: f64, goal: Goal) {
        row(what, measured, number, goal);
        self.rows.insert(what.to_owned(), Row { measured: measured.to_owned(), number });
    }

    /// Returns the row with this text in the first column.
    pub(crate) fn row(&self, what: &str) -> anyhow::Result<&Row> {
        self.rows.get(what).with_context(|| format!("the table has no row {what:?}"))
    }

    /// Prints a remark about a number that the table leaves out.
    pub(crate) fn note(&mut self, text: &str) {
        println!("-- {text}");
    }

    /// Fails if any exact number is beyond its limit by more than the factor [`SCATTER`].
    pub(crate) fn verdict(self) -> anyhow::Result<()> {
        anyhow::ensure!(self.out_of_reach.is_empty(), "out of reach: {}", self.out_of_reach.join("; "));
        Ok(())
    }
}

/// Factor by which the number of instructions can differ between two machines, because of their C libraries and
/// processors.
const SCATTER: f64 = 1.02;

fn row(what: &str, measured: &str, number: f64, goal: Goal) {
    let (reach, aim, verdict) = match goal {
        Goal::AtMost(reach, aim) => {
            (format!("<= {}", short(reach)), format!("<= {}", short(aim)), verdict(number <= reach, number <= aim))
        }
        Goal::AtLeast(reach, aim) => {
            (format!(">= {}", short(reach)), format!(">= {}", short(aim)), verdict(number >= reach, number >= aim))
        }
        Goal::PrintOnly => (String::new(), String::new(), ""),
    };
    line(what, measured, &short(number), &reach, &aim, verdict);
}

fn verdict(is_reached: bool, is_aim: bool) -> &'static str {
    match (is_reached, is_aim) {
        (_, true) => "aim",
        (true, false) => "reached",
        (false, false) => "OUT OF REACH",
    }
}

fn line(what: &str, measured: &str, number: &str, reach: &str, aim: &str, verdict: &str) {
    println!("{what:<58} {measured:>20} {number:>8} {reach:>9} {aim:>9} {verdict:>12}");
}

/// Returns a number as a short text. Whole numbers, and all numbers from 100, have no digits after the point. Other
/// numbers have two. Numbers from 1,000 have commas.
pub(crate) fn short(number: f64) -> String {
    if number.abs() >= 1000.0 {
        let digits = format!("{number:.0}");
        let mut out = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out
    } else if number.fract() == 0.0 || number.abs() >= 100.0 {
        format!("{number:.0}")
    } else {
        format!("{number:.2}")
    }
}
