//! The end of a task, as it is printed on standard output.

use kie_suno::{
    Credits,
    files::SavedFile,
    records::{Outcome, Report},
};
use serde::Serialize;

use crate::{
    args::OutputFormat,
    output::{line, minutes, moment, note, out, print_json, size},
};

/// The end of a task, as one document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document {
    pub(crate) operation: &'static str,
    #[serde(flatten)]
    pub(crate) report: Report,
    /// The files that were saved.
    pub(crate) files: Vec<SavedFile>,
    /// The difference of the balance before and after, which other tasks of the account may share in.
    pub(crate) credits_spent: Option<Credits>,
    pub(crate) credits_left: Option<Credits>,
}

impl Document {
    pub(crate) fn print(&self, format: OutputFormat) -> anyhow::Result<()> {
        if format == OutputFormat::Json {
            return print_json(self);
        }
        if self.report.outcome != Outcome::Success {
            self.tell_how_it_stands();
        }
        for (index, file) in self.files.iter().enumerate() {
            // What lies beside a song has its id, and no length.
            let is_first = !self.files[..index].iter().any(|before| before.id == file.id);
            let item = self.report.items.iter().find(|item| is_first && item.id == file.id);
            let length = item.and_then(|item| item.duration_s).map(minutes).unwrap_or_default();
            out!("{}  {length:>5}  {}", file.path.display(), size(file.bytes));
        }
        if self.files.is_empty() {
            for item in &self.report.items {
                let title = line(item.title.as_deref().unwrap_or("untitled"));
                let length = item.duration_s.map(minutes).unwrap_or_default();
                match (&item.url, &item.inline, &item.text) {
                    (Some(url), ..) => out!("{title}  {length}  {url}"),
                    // The words are what was made, and a title goes before them.
                    (None, Some(_), Some(text)) => out!("{title}\n{text}\n"),
                    _ => out!("{title}  {length}  not finished"),
                }
            }
            if let Some(until) = &self.report.kept_until {
                note!("kept until {} at least", moment(until));
            }
        }
        match (self.credits_spent, self.credits_left) {
            (Some(spent), Some(left)) => out!("cost about {spent} credits, {left} left"),
            (None, Some(left)) => out!("{left} credits left"),
            _ => {}
        }
        Ok(())
    }

    fn tell_how_it_stands(&self) {
        let Report { outcome, stage, code, message, .. } = &self.report;
        let word = match outcome {
            Outcome::Running => "running",
            Outcome::Failed => "failed",
            Outcome::NotFound => "not known to the service",
            _ => "finished",
        };
        let stage = stage.map(|stage| format!(", {stage} is done")).unwrap_or_default();
        let code = code.map(|code| format!(" (code {code})")).unwrap_or_default();
        let message = message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        out!("task {} is {word}{stage}{code}{message}", self.report.task_id.as_deref().unwrap_or_default());
    }
}
