//! The form in which progress is shown.

use std::sync::OnceLock;

use clap::ValueEnum;
use serde_json::{Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressMode {
    /// A display that moves on a terminal, plain lines elsewhere
    Auto,
    /// Plain lines
    Plain,
    /// No progress. Warnings and errors are still printed
    None,
    /// JSON: each line of standard error is one document. The README of kie-cli lists the events
    Json,
}

static MODE: OnceLock<ProgressMode> = OnceLock::new();

/// Sets the form for the whole command.
pub(crate) fn set_progress(mode: ProgressMode) {
    MODE.get_or_init(|| mode);
}

/// Returns the form that was set.
pub(super) fn progress_mode() -> ProgressMode {
    *MODE.get().unwrap_or(&ProgressMode::Auto)
}

/// Returns the line for an event with these fields. Returns `None` if progress is not shown as JSON.
pub(super) fn event_line(event: &str, fields: &Value) -> Option<String> {
    let mut line = json!({ "event": event });
    if let (Some(line), Some(fields)) = (line.as_object_mut(), fields.as_object()) {
        line.extend(fields.clone());
    }
    (progress_mode() == ProgressMode::Json).then(|| line.to_string())
}
