//! Prints the start message of `kie listen`, and the callbacks that it received.

use std::net::SocketAddr;

use kie_suno::{
    callbacks::Callback,
    files::Link,
    records::{Item, Music, Outcome, Report},
    types::text::one_line,
};

use crate::{
    args::OutputFormat,
    output::{long_line, minutes, out, print_json_line},
};

use super::{
    client::ReceiverUrl,
    documents::{ListenStarted, ReceivedCallback},
};

/// Prints the address of the receiver, and what is done with callbacks.
pub(super) fn tell_start(started: &ListenStarted, address: SocketAddr, format: OutputFormat) {
    if format == OutputFormat::Json {
        return print_json_line(started);
    }
    out!("receives callbacks at {}", started.url);
    match (started.verifies, started.allows_unsigned) {
        (false, _) => out!("  not verified: there is no webhook key, so every callback is accepted"),
        (true, true) => out!("  signatures are verified; callbacks without a signature are accepted too"),
        (true, false) => out!("  only callbacks that are signed with the webhook key are accepted"),
    }
    if let Some(forward) = &started.forward {
        out!("  accepted callbacks are forwarded to {forward}");
    }
    if !address.ip().is_loopback() {
        out!("  every machine that can reach this address can send callbacks");
    }
    out!("  kie trigger and kie sandbox on this machine reach this address; KIE needs a");
    out!("  public address, such as that of a tunnel of your own to port {}", address.port());
    out!("press Ctrl-C to stop");
}

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
    for line in callback.report.iter().flat_map(|report| &report.items).filter_map(line) {
        out!("  {line}");
    }
    if let Some((code, message)) = failure(callback) {
        let code = code.map(|code| format!("code {code}: ")).unwrap_or_default();
        out!("  {code}{}", one_line(message.as_deref().unwrap_or("no message")));
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

/// Returns the code and the message of a failed task. If the kind of the task is not known, every code except 200 is a
/// failure.
fn failure(callback: &ReceivedCallback) -> Option<(Option<i64>, Option<String>)> {
    match &callback.report {
        Some(report) if report.outcome == Outcome::Failed => Some((report.code, report.message.clone())),
        Some(_) => None,
        // Callbacks of all kinds have the code and the message in the same places.
        None => {
            let read = Callback::<Music>::parse(callback.body.as_ref()?.as_bytes()).ok()?;
            (read.code != 200).then_some((Some(read.code), Some(read.msg)))
        }
    }
}

/// Returns the title of a result, with its length or the error of this single result. A result without a title is told
/// by its id, its link or its text. Returns `None` if it has none of these.
fn line(item: &Item) -> Option<String> {
    let Item { title, id, url, urls, text, .. } = item;
    let link = url.as_ref().map(Link::as_str).or_else(|| urls.values().next().map(Link::as_str));
    let title = title.as_deref().or(id.as_deref()).or(link).or(text.as_deref()).map(long_line)?;
    Some(match (&item.error, item.duration_s) {
        (Some(error), _) => format!("{title}  {}", one_line(error)),
        (None, Some(seconds)) => format!("{title}  {}", minutes(seconds)),
        (None, None) => title.to_string(),
    })
}
