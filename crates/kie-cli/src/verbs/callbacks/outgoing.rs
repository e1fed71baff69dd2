//! Callbacks for a receiver that is tested. They are sent, and the answers are printed.

use std::collections::BTreeMap;

use anyhow::anyhow;
use kie_suno::{transport::bytes::Bytes, types::text::one_line};

use crate::{
    args::{OutputFormat, WEBHOOK_KEY},
    exit::{ExitError, Interrupt},
    output::{note, out, print_json},
};

use super::{
    client::{CallbackClient, ReceiverUrl},
    documents::{SentCallback, SentCallbacks},
};

/// A callback that is ready to be sent.
#[derive(Debug)]
pub(super) struct Outgoing {
    /// Name of the callback, such as `music.complete`. `None` for a stored callback.
    pub(super) name: Option<&'static str>,
    pub(super) task_id: String,
    pub(super) query: Option<String>,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

impl Outgoing {
    pub(super) fn document(self) -> SentCallback {
        let Self { name, task_id, headers, body, .. } = self;
        SentCallback { name, task_id, headers, body, answers: Vec::new() }
    }
}

/// Tells that callbacks are sent without a signature.
pub(super) fn tell_unsigned() {
    note!("hint: sent without a signature, because there is no webhook key: --webhook-key or {WEBHOOK_KEY} sets it");
}

/// Sends each callback this number of times, one after the other. Fails if an answer has no status from 200 to 299.
pub(super) async fn send(
    outgoing: Vec<Outgoing>,
    to: &ReceiverUrl,
    times: u32,
    format: OutputFormat,
    interrupt: &Interrupt,
) -> Result<(), ExitError> {
    let client = CallbackClient::new();
    let mut sent = SentCallbacks { to: Some(to.to_string()), callbacks: Vec::new() };
    for callback in outgoing {
        let query = callback.query.clone();
        let mut document = callback.document();
        let what = document.name.unwrap_or("callback");
        for _ in 0..times {
            let body = Bytes::from(document.body.clone());
            let posting = client.post(to, query.as_deref(), &document.headers, body);
            let answer = interrupt.during("sending a callback", posting).await?;
            if format == OutputFormat::Text {
                out!("{what} of task {}: {}", one_line(&document.task_id), one_line(&answer.to_string()));
            }
            document.answers.push(answer);
        }
        sent.callbacks.push(document);
    }
    let answers = sent.callbacks.iter().flat_map(|callback| &callback.answers);
    let failed = answers.filter(|answer| !answer.is_success()).count();
    if format == OutputFormat::Json {
        print_json(&sent)?;
    }
    match failed {
        0 => Ok(()),
        _ => {
            let what = ExitError::Other(anyhow!("{to} did not accept {failed} of the callbacks"));
            Err(what.after_document())
        }
    }
}
