//! The list of the questions, and the report of a run.

use std::fmt::Write as _;

use crate::{
    arguments::today,
    unknowns::{Settled, Step, Unknown},
};

/// What a run found about a question.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) id: String,
    pub(crate) state: State,
    /// The answer, or the reason why there is none.
    pub(crate) text: String,
    /// Credits that the call cost in this run, by the price list.
    pub(crate) spent: f64,
    /// Name of the file with the recorded exchanges.
    pub(crate) capture: Option<String>,
}

/// State of a question after a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Settled,
    /// The answer is not the one that the crates assume.
    Contradicts,
    /// The service answered, and the answer is none of the expected ones.
    Unexpected,
    Open,
}

impl State {
    const ALL: [Self; 4] = [Self::Contradicts, Self::Settled, Self::Unexpected, Self::Open];

    const fn title(self) -> &'static str {
        match self {
            Self::Settled => "Settled",
            Self::Contradicts => "Contradicts what the crates assume",
            Self::Unexpected => "Answered in an unexpected way",
            Self::Open => "Still open",
        }
    }
}

/// Returns the questions with their prices, one in two lines.
pub(crate) fn list(unknowns: &[Unknown]) -> String {
    let mut text = String::new();
    for unknown in unknowns {
        let how = match unknown.step() {
            Ok(Step::Lookup(_)) => "lookup, free".to_owned(),
            Ok(Step::Post(_)) => format!("call, {} credits", unknown.price()),
            Ok(Step::Callback(of)) => format!("callback of {of}, free"),
            _ => "by hand".to_owned(),
        };
        let how = match &unknown.settled {
            Some(Settled { date, answer, capture }) => format!("settled on {date} by {capture}: {answer}"),
            None => how,
        };
        let _ = writeln!(text, "{} ({how})\n  {}", unknown.id, unknown.question);
    }
    let open = unknowns.iter().filter(|unknown| unknown.settled.is_none());
    let all: f64 = open.map(|unknown| unknown.credits).sum();
    let _ = writeln!(text, "all open questions together: {} credits", kie_suno::Credits::new(all));
    text
}

/// Returns the number of questions in each state, and the credits.
pub(crate) fn summary(found: &[Found]) -> String {
    let counts = State::ALL.map(|state| {
        let count = found.iter().filter(|found| found.state == state).count();
        format!("{}: {count}", state.title())
    });
    format!("{}\nspent: {} credits\n", counts.join("\n"), spent(found))
}

fn spent(found: &[Found]) -> kie_suno::Credits {
    kie_suno::Credits::new(found.iter().map(|found| found.spent).sum())
}

/// Returns the report as Markdown.
pub(crate) fn markdown(unknowns: &[Unknown], found: &[Found]) -> String {
    let mut text = format!("# Report of {}\n\nSpent: {} credits, by the price list.\n", today(), spent(found));
    for state in State::ALL {
        let of_state: Vec<_> = found.iter().filter(|found| found.state == state).collect();
        if of_state.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n## {}\n", state.title());
        for found in of_state {
            let Some(unknown) = unknowns.iter().find(|unknown| unknown.id == found.id) else { continue };
            let _ = writeln!(text, "### {}\n\n{}\n\n{}\n", unknown.id, unknown.question, found.text);
            let _ = writeln!(text, "* Why it matters: {}\n* Source: <{}>", unknown.why, unknown.source);
            if let Some(capture) = &found.capture {
                let _ = writeln!(text, "* Exchanges: [{capture}]({capture})");
            }
            text.push('\n');
        }
    }
    text
}
