//! Prints the callbacks that `kie listen` received.

use kie_suno::{
    records::{Item, Outcome, Report},
    types::text::one_line,
};

use crate::{
    args::OutputFormat,
    output::{minutes, out, print_json_line},
};

use super::{documents::ReceivedCallback, post::ReceiverUrl};

/// Prints a callback: as one line of JSON, or as some lines for people.
pub(super) fn tell(callback: &ReceivedCallback, forward: Option<&ReceiverUrl>, format: OutputFormat) {
    if format == OutputFormat::Json {
        return print_json_line(callback);
    }
    let time = callback.time.get(11..19).unwrap_or_default();
    if let Some(refusal) = callback.refused {
        return out!("{time} UTC  refused with HTTP {}: {refusal}", callback.status);
    }
    let task = one_line(callback.task_id.as_deref().unwrap_or_default());
    let kind = callback.kind.as_deref().unwrap_or("of an unknown kind");
    let state = callback.report.as_ref().map(state).unwrap_or_default();
    let verified = if callback.verified { "verified" } else { "not verified" };
    let redelivery = if callback.redelivery { ", redelivery" } else { "" };
    out!("{time} UTC  {kind}{state}, task {task}: {verified}{redelivery}");
    for item in callback.report.iter().flat_map(|report| &report.items) {
        out!("  {}", line(item));
    }
    if let Some(report) = callback.report.as_ref().filter(|report| report.outcome == Outcome::Failed) {
        let code = report.code.map(|code| format!("code {code}: ")).unwrap_or_default();
        out!("  {code}{}", one_line(report.message.as_deref().unwrap_or("no message")));
    }
    if let (Some(answer), Some(receiver)) = (&callback.forward, forward) {
        out!("  forwarded to {receiver}: {}", one_line(&answer.to_string()));
    }
}

/// Returns the state of the task, after a space.
fn state(report: &Report) -> String {
    match (report.outcome, report.stage) {
        (Outcome::Failed, _) => " failed".to_owned(),
        (_, Some(stage)) => format!(" {stage}"),
        (outcome, None) => format!(" {outcome}"),
    }
}

/// Returns the title of a result, and its length or the error of this single result.
fn line(item: &Item) -> String {
    let title = one_line(item.title.as_deref().or(item.id.as_deref()).unwrap_or("untitled"));
    match (&item.error, item.duration_s) {
        (Some(error), _) => format!("{title}  {}", one_line(error)),
        (None, Some(seconds)) => format!("{title}  {}", minutes(seconds)),
        (None, None) => title.to_string(),
    }
}
