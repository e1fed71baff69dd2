//! `kie tasks`: lists the unfinished receipts of the ledger.

use std::time::SystemTime;

use kie_suno::{
    Credits, Error, Route, Stage,
    receipts::{Receipt, ReceiptId},
    records::Timestamp,
    types::text::one_line,
};
use serde::Serialize;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    output::{Cell, Column, Keep, Table, Tone, note, out, print_json},
    session::ledger,
    settings::LedgerPlace,
    sources::ShortIds,
    verbs::ledger::{
        entry::{Entry, Titles},
        words::{State, kind, span},
    },
};

/// The unfinished receipts of a ledger, oldest first.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Tasks<'a> {
    /// Place of the ledger: a path, or the address of a database without its password.
    #[cfg_attr(test, schemars(with = "String"))]
    ledger: &'a LedgerPlace,
    /// Unfinished receipts.
    tasks: Vec<Unfinished>,
    /// Ids of receipts that a newer version of kie wrote.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    unreadable: Vec<ReceiptId>,
}

/// One unfinished receipt in the list.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct Unfinished {
    /// Id of the receipt.
    #[cfg_attr(test, schemars(with = "String"))]
    receipt: ReceiptId,
    /// Name of the call, as `--name` set it.
    name: Option<String>,
    /// Operation that was called, such as `generate-music`.
    operation: String,
    /// Route on which the call was made, and on which its task is read.
    route: Route,
    /// State of the call.
    state: State,
    /// Furthest stage that the task has reached.
    stage: Option<Stage>,
    /// Id of the task. `None` if it is not known.
    task_id: Option<String>,
    /// Creation time of the receipt, in milliseconds since 1970.
    created: Timestamp,
    /// Age of the receipt, in seconds.
    age_s: u64,
    /// Documented expiry of the files, in milliseconds since 1970. `None` if the task is not known.
    kept_until: Option<Timestamp>,
    /// Credits that the task cost. `None` if its record does not tell the cost.
    credits: Option<Credits>,
    #[serde(skip)]
    kept_s: Option<u64>,
    #[serde(skip)]
    tone: Tone,
    /// Title of the first result, or what was wanted.
    #[serde(skip)]
    label: String,
}

impl Unfinished {
    fn of(receipt: Receipt, now: SystemTime) -> Self {
        let between = |from: SystemTime, to: SystemTime| to.duration_since(from).unwrap_or_default();
        let kept_until = receipt.kept_until();
        let state = State::of(&receipt);
        let entry = Entry::of(&receipt, &ShortIds::default(), &Titles::new());
        Self {
            receipt: receipt.id,
            name: receipt.name,
            operation: receipt.operation,
            route: receipt.route,
            state,
            stage: receipt.stage,
            task_id: receipt.task_id,
            created: receipt.created.into(),
            age_s: between(receipt.created, now).as_secs(),
            kept_until: kept_until.map(Timestamp::from),
            credits: receipt.credits,
            kept_s: kept_until.map(|until| between(now, until).as_secs()),
            tone: state.tone(),
            label: entry.label(entry.items.first()),
        }
    }

    fn row(&self, ids: &ShortIds) -> [Cell; 6] {
        let files = match self.kept_s {
            Some(0) => "expired?".to_owned(),
            Some(left) => format!("{} left", span(left)),
            None => String::new(),
        };
        let name = self.name.as_ref().map(|name| format!("{:?}", one_line(name).to_string()));
        let route = (self.route != Route::default()).then(|| format!("{} route", self.route));
        let stage = self.stage.filter(|stage| *stage != Stage::Complete).map(|stage| format!("stage {stage} reached"));
        let label = Some(self.label.clone()).filter(|label| !label.is_empty());
        let about: Vec<String> = [stage, name, route, label].into_iter().flatten().collect();
        [
            Cell::new(self.state.word(), self.tone),
            one_line(kind(&self.operation)).to_string().into(),
            ids.short(self.task_id.as_deref().unwrap_or(&self.receipt.to_string())).into(),
            span(self.age_s).into(),
            files.into(),
            about.join(", ").into(),
        ]
    }
}

pub(crate) async fn run(global: &GlobalArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let ledger = ledger::required(global, interrupt).await?;
    let now = ledger.now();
    let mut unfinished = Vec::new();
    ledger.each_unfinished(|receipt| unfinished.push(Unfinished::of(receipt, now))).await?;
    let unreadable = ledger.unreadable().await.map_err(Error::Ledger)?;
    if global.format == OutputFormat::Json {
        let document = Tasks { ledger: ledger.place(), tasks: unfinished, unreadable };
        return Ok(print_json(&document)?);
    }
    if unfinished.is_empty() && unreadable.is_empty() {
        out!("there are no unfinished tasks");
        return Ok(());
    }
    let ids = ShortIds::of(Some(&ledger)).await?;
    let mut table = Table::new([
        Column::whole("STATE"),
        Column::whole("WHAT"),
        Column::whole("ID"),
        Column::whole("AGE"),
        Column::whole("FILES"),
        Column::cut("ABOUT", 12, Keep::Beginning),
    ]);
    unfinished.iter().for_each(|task| table.push(task.row(&ids)));
    if !table.is_empty() {
        table.print();
    }
    for id in &unreadable {
        let id = ids.short(&id.to_string());
        out!("newer     {id}  was written by a newer version of kie: update kie to see it");
    }
    if unfinished.iter().any(|task| task.task_id.is_some()) {
        note!("to save the complete ones, run: kie{} save DIR", global.flags());
        note!("FILES: KIE documents that it keeps them for so long; some were gone after hours");
    }
    if unfinished.iter().any(|task| task.state == State::Unknown) {
        explain_unknown();
    }
    Ok(())
}

fn explain_unknown() {
    note!("unknown: the response was lost. The call may have been accepted and charged, and");
    note!("is not sent again. To find out, check the account's log page and balance.");
    note!("If a program on this machine receives its callback: kie resume ID");
    note!("If none does, and nothing was charged: kie forget ID");
}
