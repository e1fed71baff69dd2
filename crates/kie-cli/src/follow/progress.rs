//! Progress of a task: its stage, its results, and the time that it usually takes.

use kie_suno::{AnyEvent, AnyTask, Stage, records::Item, types::text::one_line};
use serde_json::json;

use crate::{
    follow::usual::Times,
    output::{ProgressLine, event, minutes, print_progress},
    session::Session,
};

/// The progress display of a task.
pub(super) struct TaskProgress {
    line: ProgressLine,
    /// Kind of the task in one word.
    kind: &'static str,
    stage: Option<Stage>,
    /// Number of finished results so far.
    finished: usize,
}

impl TaskProgress {
    /// Begins to show the progress of a task.
    pub(super) async fn begin(session: &Session, task: &AnyTask, operation: &str) -> Self {
        let line = ProgressLine::new("waiting");
        let times = Times::of(session, task.id()).await;
        let usual = times.usual.map(|usual| usual.to_string());
        let seconds = times.usual.map(|usual| [usual.from, usual.to].map(|time| time.as_secs()));
        event("waiting", &json!({ "taskId": task.id(), "operation": operation, "usualS": seconds }));
        match &usual {
            Some(usual) if !line.is_shown() => print_progress(&format!("waiting   {usual}")),
            _ => {}
        }
        line.since(times.since.unwrap_or_default(), usual.as_deref().unwrap_or_default());
        Self { line, kind: task.kind(), stage: None, finished: 0 }
    }

    /// Shows a change of the task.
    pub(super) fn show(&mut self, change: &AnyEvent) {
        if let Some(stage) = change.stage.filter(|stage| Some(*stage) > self.stage) {
            self.stage = Some(stage);
            event("stage", &json!({ "stage": stage }));
            if self.line.is_shown() {
                self.line.doing(doing(stage));
            } else {
                print_progress(&format!("{:<9} {}", stage.as_str(), meaning(stage)));
            }
        }
        for item in &change.items {
            self.finished += 1;
            event("result", &json!({ "id": item.id, "title": item.title, "durationS": item.duration_s }));
            if !self.line.is_shown() && item.title.is_some() {
                print_progress(format!("          {}", named(item, self.kind)).trim_end());
            }
        }
        for (number, item) in change.report.items.iter().enumerate() {
            let state = if item.is_available() { "finished" } else { "being made" };
            self.line.result(number, &format!("{}  {state}", named(item, self.kind)));
        }
    }

    /// Returns a callback that shows the bytes of the files that are being saved.
    pub(super) fn saving(&self) -> impl Fn(u64, Option<u64>) + Send + Sync + 'static {
        let files = if self.finished == 1 { "file" } else { "files" };
        self.line.doing(&format!("saving {} {files}", self.finished));
        self.line.bytes()
    }
}

/// Returns the title of a result, or the kind of its task, and its duration.
fn named(item: &Item, kind: &str) -> String {
    let title = one_line(item.title.as_deref().unwrap_or(kind));
    let length = item.duration_s.map(|seconds| format!(" {}", minutes(seconds))).unwrap_or_default();
    format!("{title}{length}")
}

/// Returns what the task does after a stage. The lines of the results say how far each is.
fn doing(stage: Stage) -> &'static str {
    match stage {
        Stage::Text => "making the music",
        Stage::First => "making the next track",
        _ => "finished",
    }
}

fn meaning(stage: Stage) -> &'static str {
    match stage {
        Stage::Text => "the text is written, and the music is being made",
        Stage::First => "the first track is finished, and the next is being made",
        Stage::Complete => "all results are finished",
        _ => "",
    }
}
