//! `kie tasks`: lists the unfinished receipts of the ledger.

use std::time::SystemTime;

use kie_suno::{
    Credits, Error, Route, Stage,
    receipts::{Ledger as _, Receipt, ReceiptId, ReceiptState},
    records::Timestamp,
    types::text::one_line,
};
use serde::Serialize;
use serde_json::json;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    output::{note, out, print_json},
    session::ledger,
};

const DAY: u64 = 24 * 60 * 60;

/// Number of receipts that are read from the ledger at a time.
const PAGE: usize = 256;

/// One unfinished receipt in the list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Unfinished {
    receipt: ReceiptId,
    name: Option<String>,
    operation: String,
    /// Route on which the call was made, and on which its task is read.
    route: Route,
    state: &'static str,
    stage: Option<Stage>,
    task_id: Option<String>,
    /// Creation time of the receipt, in milliseconds since 1970.
    created: Timestamp,
    age_s: u64,
    /// Earliest expiry of the files, in milliseconds since 1970. Missing if the task is not known.
    kept_until: Option<Timestamp>,
    /// Credits that the task cost. `None` if its record does not tell the cost.
    credits: Option<Credits>,
    #[serde(skip)]
    kept_s: Option<u64>,
}

impl Unfinished {
    fn of(receipt: Receipt, now: SystemTime) -> Self {
        let between = |from: SystemTime, to: SystemTime| to.duration_since(from).unwrap_or_default();
        let kept_until = receipt.kept_until();
        Self {
            receipt: receipt.id,
            name: receipt.name,
            operation: receipt.operation,
            route: receipt.route,
            state: match receipt.state {
                ReceiptState::Prepared => "unsent",
                ReceiptState::Sent => "unknown",
                ReceiptState::Running => "running",
                _ => "complete",
            },
            stage: receipt.stage,
            task_id: receipt.task_id,
            created: receipt.created.into(),
            age_s: between(receipt.created, now).as_secs(),
            kept_until: kept_until.map(Timestamp::from),
            credits: receipt.credits,
            kept_s: kept_until.map(|until| between(now, until).as_secs()),
        }
    }

    fn tell(&self) {
        let Self { state, operation, .. } = self;
        let what = match &self.task_id {
            Some(id) => format!("task {}", one_line(id)),
            None => format!("receipt {}", self.receipt),
        };
        let mut more = span(self.age_s) + " ago";
        if self.route != Route::default() {
            more += &format!(", {} route", self.route);
        }
        if let Some(stage) = self.stage.filter(|stage| *stage != Stage::Complete) {
            more += &format!(", stage {stage} reached");
        }
        more += &match self.kept_s {
            Some(0) => ", files probably expired".to_owned(),
            Some(left) => format!(", files documented to be kept for {}", span(left)),
            None => String::new(),
        };
        let name = self.name.as_ref().map(|name| format!("  {name:?}")).unwrap_or_default();
        // `kie resume` and `kie forget` take the id of the receipt.
        let receipt = self.task_id.as_ref().map(|_| format!("  receipt {}", self.receipt)).unwrap_or_default();
        out!("{state:<8}  {operation:<24}  {what:<40}  {more}{name}{receipt}");
    }
}

pub(crate) async fn run(global: &GlobalArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let ledger = ledger::open(global, interrupt).await?.ok_or_else(|| ledger::missing(global))?;
    let now = SystemTime::now();
    // A JSON document must be complete, so its entries are collected. Lines of text are printed page by page.
    let is_json = global.format == OutputFormat::Json;
    let (mut collected, mut has_tasks, mut has_unknown, mut is_empty) = (Vec::new(), false, false, true);
    let mut after = None;
    loop {
        let page = ledger.unfinished(after, PAGE).await.map_err(Error::Ledger)?;
        let is_last = page.len() < PAGE;
        after = page.last().map(|receipt| receipt.id);
        is_empty &= page.is_empty();
        for unfinished in page.into_iter().map(|receipt| Unfinished::of(receipt, now)) {
            has_tasks |= unfinished.task_id.is_some();
            has_unknown |= unfinished.state == "unknown";
            if is_json {
                collected.push(unfinished);
            } else {
                unfinished.tell();
            }
        }
        if is_last {
            break;
        }
    }
    let unreadable = ledger.unreadable().await.map_err(Error::Ledger)?;
    if is_json {
        let document = json!({ "ledger": ledger.path(), "tasks": collected, "unreadable": unreadable });
        return Ok(print_json(&document)?);
    }
    for id in &unreadable {
        out!("{:<8}  receipt {id} was written by a newer version of kie; update kie to see and save it", "newer");
    }
    if is_empty && unreadable.is_empty() {
        out!("there are no unfinished tasks");
    }
    if has_tasks {
        note!("to save the complete ones, run: kie{} save DIR", global.flags());
    }
    if has_unknown {
        explain_unknown();
    }
    Ok(())
}

fn explain_unknown() {
    note!("unknown: the response was lost; the call may have been accepted and charged, and is not sent again.");
    note!("To find out, check the account's log page and balance.");
    note!("If a program on this machine receives its callback: kie resume RECEIPT");
    note!("If none does, and nothing was charged: kie forget RECEIPT");
}

/// Formats a number of seconds in the largest unit that fits, such as `2 h`.
fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..DAY => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / DAY),
    }
}
