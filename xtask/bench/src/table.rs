//! The table.

use crate::counts::Finding;

/// What a number should be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    AtMost(f64, f64),
    AtLeast(f64, f64),
    Told,
}

/// Rows are printed as they are found, and those that are exact and out of reach are remembered.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// What is counted, as far as it is held to what is written.
    pub(crate) found: Finding,
    out_of_reach: Vec<String>,
}

impl Table {
    pub(crate) fn new() -> Self {
        line("what", "measured", "ratio", "reach", "aim", "verdict");
        println!("{}", "-".repeat(106));
        Self::default()
    }

    /// A number that is the same whenever it is measured.
    pub(crate) fn exact(&mut self, what: &str, measured: &str, number: f64, goal: Goal) {
        row(what, measured, number, goal);
        let is_far = match goal {
            Goal::AtMost(reach, _) => number > reach * SCATTER,
            Goal::AtLeast(reach, _) => number < reach / SCATTER,
            Goal::Told => false,
        };
        if is_far {
            self.out_of_reach.push(what.to_owned());
        }
    }

    /// A number that the machine has a part in: it is printed and watched.
    pub(crate) fn watched(&mut self, what: &str, measured: &str, number: f64, goal: Goal) {
        row(what, measured, number, goal);
    }

    /// Something that is missing from the table.
    pub(crate) fn note(&mut self, text: &str) {
        println!("-- {text}");
    }

    /// Fails if an exact number is out of reach by more than machines differ.
    pub(crate) fn verdict(self) -> anyhow::Result<()> {
        anyhow::ensure!(self.out_of_reach.is_empty(), "out of reach: {}", self.out_of_reach.join("; "));
        Ok(())
    }
}

/// The instructions of one source differ by so much between the C libraries and processors of two machines.
const SCATTER: f64 = 1.02;

fn row(what: &str, measured: &str, number: f64, goal: Goal) {
    let (reach, aim, verdict) = match goal {
        Goal::AtMost(reach, aim) => {
            (format!("<= {}", short(reach)), format!("<= {}", short(aim)), verdict(number <= reach, number <= aim))
        }
        Goal::AtLeast(reach, aim) => {
            (format!(">= {}", short(reach)), format!(">= {}", short(aim)), verdict(number >= reach, number >= aim))
        }
        Goal::Told => (String::new(), String::new(), ""),
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
    println!("{what:<44} {measured:>20} {number:>8} {reach:>9} {aim:>9} {verdict:>12}");
}

/// A number as short as it can be told: counts whole, ratios with two digits.
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
