//! What an exchange shows about a question, as one JSON document.

use kie_sandbox::cassette::{Cassette, Exchange, Outcome, RecordedBody};
use serde_json::{Value, json};

use crate::callbacks::Seen;

/// Path of the balance, which the budget reads.
const CREDITS: &str = "/api/v1/chat/credit";

/// Returns the evidence of a lookup: `status` and `body` of its response.
pub(crate) fn of_lookup(cassette: &Cassette) -> Value {
    let (status, body) = cassette.exchanges.last().map(response).unwrap_or_default();
    json!({ "status": status, "body": body })
}

/// Returns the evidence of a call that creates something: `outcome`, `code` and `message`, the response to the call as
/// `submit`, and the response to the last lookup as `record`.
pub(crate) fn of_post(cassette: &Cassette, outcome: &str, code: Option<i64>, message: &str) -> Value {
    let last = |method: &str| {
        let is_it =
            |exchange: &&Exchange| exchange.request.method == method && !exchange.request.path.starts_with(CREDITS);
        cassette.exchanges.iter().rfind(is_it).map(response).unwrap_or_default()
    };
    let ((status, submit), (_, record)) = (last("POST"), last("GET"));
    json!({
        "outcome": outcome, "code": code, "message": message, "status": status, "submit": submit, "record": record,
    })
}

/// Returns the evidence of callbacks: their number as `count`, their `stages`, and `query`, `signed` and `body` of the
/// last one.
pub(crate) fn of_callbacks(seen: &[Seen]) -> Value {
    let stage = |seen: &Seen| seen.body.pointer("/data/callbackType").cloned().unwrap_or_default();
    let last = seen.last();
    json!({
        "count": seen.len(),
        "stages": seen.iter().map(stage).collect::<Vec<_>>(),
        "query": last.map(|seen| seen.query.clone()).filter(|query| !query.is_empty()),
        "signed": last.map(|seen| seen.is_signed),
        "body": last.map(|seen| seen.body.clone()),
    })
}

/// Returns the exchanges without the balance of the account, which is nobody else's business.
pub(crate) fn without_balance(cassette: &Cassette) -> Cassette {
    let mut cassette = cassette.clone();
    cassette.exchanges.retain(|exchange| !reads_balance(exchange));
    cassette
}

fn reads_balance(exchange: &Exchange) -> bool {
    let is_refused = matches!(&exchange.outcome, Outcome::Response(_)) && response(exchange).1["code"] != 200;
    exchange.request.path.starts_with(CREDITS) && !is_refused
}

fn response(exchange: &Exchange) -> (u16, Value) {
    let Outcome::Response(response) = &exchange.outcome else { return (0, Value::Null) };
    let body = match &response.body {
        Some(RecordedBody::Json(value)) => value.clone(),
        Some(RecordedBody::Text(text)) => text.clone().into(),
        _ => Value::Null,
    };
    (response.status, body)
}
