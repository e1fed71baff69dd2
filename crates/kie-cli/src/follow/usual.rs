//! The time that a task usually takes, from the ledger.

use std::{fmt, time::Duration};

use kie_suno::{
    Route, Stage,
    receipts::{Receipt, ReceiptKey, ReceiptState},
};
use serde_json::Value;

use crate::{session::Session, sources::History};

/// Number of tasks that are needed for a statement.
const FEWEST: usize = 3;

/// Number of tasks that are used, the newest first.
const MOST: usize = 20;

/// Number of receipts that are read at most.
const READ: usize = 1_000;

/// Maximum time of a task that is used. The ledger knows when a command noticed the end of a task, and not when the task
/// ended. A longer time is probably that of a task for which no command waited.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Times of a task.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Times {
    /// Time since the call. `None` if the ledger does not have the task.
    pub(super) since: Option<Duration>,
    /// Time that most tasks of this kind took. `None` if the ledger has too few of them.
    pub(super) usual: Option<Usual>,
}

/// Time that most tasks of a kind took: the middle half of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usual {
    pub(super) from: Duration,
    pub(super) to: Duration,
}

impl Times {
    /// Reads the times of a task from the ledger. An error of the ledger is not reported, because the times are only
    /// shown.
    pub(super) async fn of(session: &Session, task_id: &str) -> Self {
        let Some(ledger) = &session.ledger else { return Self::default() };
        let Ok(Some(receipt)) = ledger.find(ReceiptKey::Task(task_id)).await else { return Self::default() };
        let since = ledger.now().duration_since(receipt.created).ok();
        let kind = Kind::of(&receipt);
        let (mut history, mut samples) = (History::of(session), Vec::new());
        for _ in 0..READ {
            let Ok(Some(earlier)) = history.next().await else { break };
            let took = time_taken(&earlier).filter(|_| Kind::of(&earlier) == kind);
            samples.extend(took);
            if samples.len() == MOST {
                break;
            }
        }
        Self { since, usual: Usual::of(samples) }
    }
}

/// Tasks of one kind take about the same time.
#[derive(Debug, PartialEq, Eq)]
struct Kind {
    operation: String,
    route: Route,
    model: Option<String>,
}

impl Kind {
    fn of(receipt: &Receipt) -> Self {
        let request: Value = serde_json::from_str(&receipt.request).unwrap_or_default();
        let model = request.get("model").and_then(Value::as_str).map(str::to_owned);
        Self { operation: receipt.operation.clone(), route: receipt.route, model }
    }
}

/// Returns the time until a command noticed that the task was complete, or saved its files.
fn time_taken(receipt: &Receipt) -> Option<Duration> {
    let is_done = matches!(receipt.state, ReceiptState::Complete | ReceiptState::Saved) && !receipt.forgotten;
    let is_complete = is_done && receipt.stage == Some(Stage::Complete);
    let took = receipt.changed.duration_since(receipt.created).ok();
    took.filter(|&took| is_complete && took <= LONGEST)
}

impl Usual {
    fn of(mut samples: Vec<Duration>) -> Option<Self> {
        if samples.len() < FEWEST {
            return None;
        }
        samples.sort_unstable();
        let last = samples.len() - 1;
        Some(Self { from: samples[last / 4], to: samples[last - last / 4] })
    }
}

/// Shows the time in rounded numbers, such as `usually 1 to 2 min`.
impl fmt::Display for Usual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [from, to] = [self.from, self.to].map(|time| time.as_secs());
        let (from, to, unit) = match to {
            0..90 => (from / 10 * 10, (to / 10 + 1) * 10, "s"),
            _ => (from / 60, to.div_ceil(60), "min"),
        };
        if from == 0 {
            return write!(f, "usually less than {to} {unit}");
        }
        if from == to {
            return write!(f, "usually about {to} {unit}");
        }
        write!(f, "usually {from} to {to} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual(seconds: &[u64]) -> Option<String> {
        Usual::of(seconds.iter().map(|&seconds| Duration::from_secs(seconds)).collect()).map(|usual| usual.to_string())
    }

    #[test]
    fn the_usual_time_is_that_of_the_middle_half() {
        assert_eq!(usual(&[60, 70]), None);
        assert_eq!(usual(&[80, 64, 110]).as_deref(), Some("usually 1 to 2 min"));
        assert_eq!(usual(&[42, 47, 44, 800, 45]).as_deref(), Some("usually 40 to 50 s"));
        assert_eq!(usual(&[1, 1, 2]).as_deref(), Some("usually less than 10 s"));
        assert_eq!(usual(&[120, 120, 120]).as_deref(), Some("usually about 2 min"));
        assert_eq!(usual(&[70, 90, 100]).as_deref(), Some("usually 1 to 2 min"));
    }
}
