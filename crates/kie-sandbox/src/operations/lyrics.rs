//! The operations of the documentation's section "Lyrics Generation".

use kie_types::{Endpoint, GenerateLyrics, GetLyricsDetails, Stage};
use serde_json::{Value, json};

use crate::account::{State, Task, View, Work};

use super::{incoming_call::IncomingCall, operation_result::OperationResult};

/// A task that writes lyrics.
pub(super) struct Lyrics {
    param: String,
    /// Variants of the lyrics. Each pair has the title and the text of a variant.
    variants: Vec<(String, String)>,
}

/// Handles `generate-lyrics`.
pub(crate) fn generate(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: GenerateLyrics = call.request()?;
    let lyrics = Lyrics::about(request.prompt.trim(), call.param());
    call.start(request, &[(Stage::Complete, call.speed.pick(20_000, 500, 0))], None, lyrics)
}

impl Lyrics {
    /// Writes two variants about a theme.
    pub(super) fn about(theme: &str, param: String) -> Self {
        let sheet = |title: &str, refrain: &str| {
            let text = format!("[Verse]\n{theme},\nthe same as every year\n\n[Chorus]\n{refrain},\n{refrain}");
            (title.to_owned(), text)
        };
        let variants = vec![sheet("One, Two, Three", "One, two, three and turn"), sheet("Lamps", "Leave a light on")];
        Self { param, variants }
    }
}

impl Work for Lyrics {
    fn lookup(&self) -> &'static str {
        GetLyricsDetails::NAME
    }

    fn failed(&self) -> &'static str {
        "GENERATE_LYRICS_FAILED"
    }

    fn record(&self, task: &Task, view: &View<'_>) -> Value {
        let row = |(title, text): &(String, String)| json!({ "text": text, "title": title, "status": "complete", "errorMessage": "" });
        let rows: Option<Vec<_>> = view.state.shown().map(|_| self.variants.iter().map(row).collect());
        let (code, message) = view.state.failure();
        json!({
            "taskId": task.id,
            "param": self.param,
            "response": rows.map(|rows| json!({ "taskId": task.id, "data": rows })),
            "status": view.state.word(),
            "type": "LYRICS",
            "errorCode": code,
            "errorMessage": message,
        })
    }

    fn market_result(&self, _: &Task, _: &View<'_>) -> Value {
        let row = |(title, text): &(String, String)| json!({ "text": text, "title": title });
        json!({ "resultObject": { "lyricsData": self.variants.iter().map(row).collect::<Vec<_>>() } })
    }

    /// Returns the body of the callback. The field `callbackType` is always `complete`, even if the task has failed.
    fn callback(&self, task: &Task, view: &View<'_>) -> Value {
        let row = |(title, text): &(String, String)| json!({ "text": text, "title": title, "status": "complete", "error_message": "" });
        let (code, msg, rows) = match view.state {
            State::Failed { code, message, .. } => (code, message, None),
            _ => (200, "All generated successfully.", Some(self.variants.iter().map(row).collect::<Vec<_>>())),
        };
        json!({ "code": code, "msg": msg, "data": { "callbackType": "complete", "task_id": task.id, "data": rows } })
    }
}
