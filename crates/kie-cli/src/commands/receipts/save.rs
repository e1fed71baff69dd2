//! `kie save`: everything that is complete and not saved.

use kie_suno::{
    Error,
    files::{Became, Collected, Download},
    receipts::ReceiptId,
    records::Timestamp,
};
use serde::Serialize;
use serde_json::json;

use crate::{
    args::{self, Format},
    exit::Stop,
    follow::try_folder,
    output::{Progress, note, out, print_json, size, with_causes},
    session::Caller,
};

/// What became of one receipt.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Looked {
    receipt: ReceiptId,
    name: Option<String>,
    operation: String,
    task_id: Option<String>,
    outcome: &'static str,
    message: Option<String>,
    files: Vec<Download>,
    kept_until: Option<Timestamp>,
}

impl From<Collected> for Looked {
    fn from(Collected { receipt, became, .. }: Collected) -> Self {
        let (outcome, message, files) = match became {
            Became::Saved(files) => ("success", None, files),
            Became::Running => ("running", None, Vec::new()),
            Became::Failed(reason) => ("failed", Some(reason), Vec::new()),
            Became::NotFound => ("notFound", Some("the service does not know it".to_owned()), Vec::new()),
            Became::Held => ("held", Some("another process has it in hand".to_owned()), Vec::new()),
            Became::Error(error) => {
                let saved = if let Error::Save(save) = &error { save.saved().to_vec() } else { Vec::new() };
                ("error", Some(with_causes(&error)), saved)
            }
            _ => ("error", None, Vec::new()),
        };
        let kept_until = receipt.kept_until().map(Timestamp::from);
        let (id, name, operation, task_id) = (receipt.id, receipt.name, receipt.operation, receipt.task_id);
        Self { receipt: id, name, operation, task_id, outcome, message, files, kept_until }
    }
}

impl Looked {
    fn went_wrong(&self) -> bool {
        !matches!(self.outcome, "success" | "running" | "held")
    }

    fn tell(&self) {
        let Self { outcome, operation, .. } = self;
        let task = self.task_id.as_deref().unwrap_or_default();
        let message = self.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        let outcome = match *outcome {
            "success" => "saved",
            "notFound" => "not found",
            outcome => outcome,
        };
        out!("{outcome:<9}  {operation} task {task}{message}");
        for file in &self.files {
            out!("           {}  {}", file.path.display(), size(file.bytes));
        }
    }
}

pub(crate) async fn save(caller: &Caller, args: &args::Save) -> Result<(), Stop> {
    caller.ledger()?;
    try_folder(&args.folder)?;
    let progress = Progress::new("saving");
    let save = caller.client.save_all(&args.folder);
    let collected = if args.extras { save.with_extras().await } else { save.await }?;
    // A call without a task can neither be looked at nor saved.
    let unnamed = caller.client.unfinished().await?.iter().filter(|receipt| receipt.task_id.is_none()).count();
    drop(progress);
    let looked: Vec<_> = collected.into_iter().map(Looked::from).collect();
    if caller.format == Format::Json {
        print_json(&json!({ "tasks": looked, "unnamed": unnamed }))?;
    } else if looked.is_empty() {
        out!("there is nothing to save");
    } else {
        looked.iter().for_each(Looked::tell);
    }
    if let Some(list) = caller.list().filter(|_| unnamed > 0) {
        note!("{unnamed} more without a task: {list}");
    }
    if looked.iter().any(Looked::went_wrong) { Err(Stop::Told(1)) } else { Ok(()) }
}
