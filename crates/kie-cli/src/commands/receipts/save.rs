//! `kie save`: everything that is complete and not saved.

use kie_suno::{
    Error,
    files::{SaveOutcome, SaveReport, SavedFile},
    receipts::ReceiptId,
    records::Timestamp,
};
use serde::Serialize;
use serde_json::json;

use crate::{
    args::{self, OutputFormat},
    exit::ExitError,
    follow::try_folder,
    output::{ProgressLine, note, out, print_json, size, with_causes},
    session::Session,
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
    files: Vec<SavedFile>,
    kept_until: Option<Timestamp>,
}

impl From<SaveReport> for Looked {
    fn from(SaveReport { receipt, outcome, .. }: SaveReport) -> Self {
        let (outcome, message, files) = match outcome {
            SaveOutcome::Saved(files) => ("success", None, files),
            SaveOutcome::Running => ("running", None, Vec::new()),
            SaveOutcome::Failed(reason) => ("failed", Some(reason), Vec::new()),
            SaveOutcome::NotFound => ("notFound", Some("the service does not know it".to_owned()), Vec::new()),
            SaveOutcome::Held => ("held", Some("another process has it in hand".to_owned()), Vec::new()),
            SaveOutcome::Error(error) => {
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

pub(crate) async fn save(caller: &Session, args: &args::SaveArgs) -> Result<(), ExitError> {
    caller.ledger()?;
    try_folder(&args.folder)?;
    let progress = ProgressLine::new("saving");
    let save = caller.client.save_all(&args.folder);
    let collected = if args.extras { save.with_extras().await } else { save.await }?;
    // A call without a task can neither be looked at nor saved.
    let unnamed = caller.client.unfinished().await?.iter().filter(|receipt| receipt.task_id.is_none()).count();
    drop(progress);
    let polled: Vec<_> = collected.into_iter().map(Looked::from).collect();
    if caller.format == OutputFormat::Json {
        print_json(&json!({ "tasks": polled, "unnamed": unnamed }))?;
    } else if polled.is_empty() {
        out!("there is nothing to save");
    } else {
        polled.iter().for_each(Looked::tell);
    }
    if let Some(list) = caller.list().filter(|_| unnamed > 0) {
        note!("{unnamed} more without a task: {list}");
    }
    if polled.iter().any(Looked::went_wrong) { Err(ExitError::Told(1)) } else { Ok(()) }
}
