//! The result of a task, as it is printed on standard output.

use kie_suno::{
    Credits, Route,
    files::SavedFile,
    records::{Item, Outcome, Report},
    requests::catalog,
    types::text::one_line,
};
use serde::Serialize;

use crate::{
    args::OutputFormat,
    follow::{cost::Cost, next::tell_next},
    output::{Column, Table, long_line, minutes, moment, note, out, print_json, size, tell_doubt},
    sources::ShortIds,
};

/// The result of a task.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Task"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document {
    /// Operation that started the task, such as `generate-music`.
    pub(crate) operation: &'static str,
    /// Route that made the task, and on which it is read.
    pub(crate) route: Route,
    #[serde(flatten)]
    pub(crate) report: Report,
    /// The saved files.
    pub(crate) files: Vec<SavedFile>,
    #[serde(flatten)]
    pub(crate) cost: Cost,
    /// Balance at the end of this command, in credits. `None` if it could not be read.
    pub(crate) credits_left: Option<Credits>,
    /// `kie` commands for the next step with the results.
    pub(crate) next: Vec<String>,
    /// Ids of the ledger, for the ids in the text.
    #[serde(skip)]
    pub(crate) ids: ShortIds,
}

impl Document {
    pub(crate) fn print(&self, format: OutputFormat) -> anyhow::Result<()> {
        self.files.iter().for_each(tell_doubt);
        if format == OutputFormat::Json {
            return print_json(self);
        }
        if self.report.outcome != Outcome::Success {
            self.print_state();
        }
        let mut table = Table::new([Column::whole(""), Column::number(""), Column::number(""), Column::whole("")]);
        for (index, file) in self.files.iter().enumerate() {
            // Extra files, such as lyrics, have the id of their song and come after it. The duration is printed only in
            // the line of the song, which is the first of the files with the same id.
            let is_first = !self.files[..index].iter().any(|before| before.id == file.id);
            let item = self.report.items.iter().find(|item| is_first && item.id == file.id);
            let length = item.and_then(|item| item.duration_s).map(minutes).unwrap_or_default();
            let via = item.and_then(|item| other_link(file, item)).unwrap_or_default();
            let id = self.short(file.id.as_deref().filter(|_| is_first));
            let path = format!("{}{via}", file.path.display());
            table.push([id.into(), length.into(), size(file.bytes).into(), path.into()]);
        }
        table.print();
        if self.files.is_empty() {
            let mut table = Table::new([Column::whole(""), Column::number(""), Column::whole(""), Column::whole("")]);
            for item in &self.report.items {
                let kind = catalog::find(self.operation).ok().and_then(|operation| operation.job);
                let title = one_line(item.title.as_deref().or(kind).unwrap_or_default());
                let length = item.duration_s.map(minutes).unwrap_or_default();
                // The next step needs the id of the result.
                let row = |end: String| {
                    [self.short(item.id.as_deref()).into(), length.into(), title.to_string().into(), end.into()]
                };
                match (&item.url, &item.inline, &item.text) {
                    (Some(url), ..) => table.push(row(long_line(url.as_str()).to_string())),
                    // The text is the result, so it is printed under its title.
                    (None, Some(_), Some(text)) if item.title.is_none() => out!("{text}\n"),
                    (None, Some(_), Some(text)) => out!("{title}\n{text}\n"),
                    // The id is the result.
                    (None, Some(_), None) if item.title.is_none() && item.id.is_some() => {
                        out!("{}", one_line(item.id.as_deref().unwrap_or_default()));
                    }
                    _ if self.report.outcome == Outcome::Success => table.push(row(String::new())),
                    _ => table.push(row("not finished".to_owned())),
                }
            }
            table.print();
            if let Some(until) = &self.report.kept_until {
                note!(
                    "KIE documents that it keeps them until {}; files were seen gone after hours, so save now",
                    moment(until)
                );
            }
        }
        // The record of a task that runs does not show yet what the task will cost.
        let is_finished = matches!(self.report.outcome, Outcome::Success | Outcome::Failed);
        self.cost.print(self.report.credits.filter(|_| is_finished), self.credits_left);
        tell_next(&self.next);
        Ok(())
    }

    fn short(&self, id: Option<&str>) -> String {
        id.map(|id| self.ids.short(id)).unwrap_or_default()
    }

    fn print_state(&self) {
        let Report { outcome, stage, code, message, .. } = &self.report;
        let word = match outcome {
            Outcome::Running => "running",
            Outcome::Failed => "failed",
            Outcome::NotFound => &format!("not known on the {} route", self.route),
            _ => "finished",
        };
        let stage = stage.map(|stage| format!(", stage {stage} reached")).unwrap_or_default();
        let code = code.map(|code| format!(" (code {code})")).unwrap_or_default();
        let message = message.as_ref().map(|message| format!(": {}", one_line(message))).unwrap_or_default();
        let task_id = one_line(self.report.task_id.as_deref().unwrap_or_default());
        out!("task {task_id}: {word}{stage}{code}{message}");
        if *outcome == Outcome::NotFound {
            let other = self.route.other();
            note!(
                "if the {other} route made the task, add --route {other}: it is not documented that one route knows the tasks \
                 of the other"
            );
        }
    }
}

/// Returns the name of the link that served the file, as the end of a line. Returns `None` if it is the first link of
/// the item.
fn other_link(file: &SavedFile, item: &Item) -> Option<String> {
    let first = item.file_links().first()?.name;
    let link = file.link.as_deref().filter(|link| *link != first)?;
    Some(format!("  from {}", one_line(link)))
}
