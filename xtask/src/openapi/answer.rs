//! Answers of the service: the envelope around the `data` of an operation, and refusals.

use std::collections::BTreeMap;

use kie_types::{Host, RefusalKind};
use serde_json::{Map, Value, json};

/// Returns the envelope of an operation. `data` is the schema of the `data` in a successful answer.
pub(super) fn envelope(data: &Value, host: Host, starts_task: bool) -> Value {
    let mut schema = json!({
        "type": "object",
        "description": "Answer of the operation. `data` is complete only if `code` is 200.",
        "properties": properties(host),
        "required": ["code"],
    });
    schema["properties"]["code"]["description"] = "200 is success. Any other code is a refusal.".into();
    schema["properties"]["data"] = or_null(data);
    if starts_task {
        // The live service was seen to put the id of a new task beside `data` too.
        for (name, about) in [("taskId", "Id of the task, in answers that have it beside `data`."), ("task_id", "")] {
            schema["properties"][name] = json!({ "type": ["string", "null"], "description": about });
        }
        schema["properties"]["taskId"]["x-aliases"] = json!(["task_id"]);
        schema["properties"]["task_id"]["description"] = "Another name of `taskId`.".into();
        schema["properties"]["task_id"]["x-alias-of"] = "taskId".into();
    }
    schema
}

/// Returns the answer with status 200. `examples` are examples of the body.
pub(super) fn accepted(schema: &Value, examples: Map<String, Value>) -> Value {
    let mut content = json!({ "schema": schema });
    if !examples.is_empty() {
        content["examples"] = examples.into();
    }
    json!({
        "description": "The `code` in the body decides: 200 is success, any other code is a refusal.",
        "content": { "application/json": content },
    })
}

/// Returns all answers of an operation by their status.
pub(super) fn responses(accepted: &Value) -> Value {
    let refused = json!({ "$ref": "#/components/responses/Refused" });
    json!({ "200": accepted, "4XX": refused, "5XX": refused })
}

/// Returns a schema that also allows null.
pub(super) fn or_null(schema: &Value) -> Value {
    let null = json!({ "type": "null" });
    let mut choices = match schema.get("anyOf").and_then(Value::as_array) {
        Some(choices) => choices.clone(),
        None => vec![schema.clone()],
    };
    if !choices.contains(&null) {
        choices.push(null);
    }
    json!({ "anyOf": choices })
}

pub(super) fn refusal(host: Host) -> Value {
    let mut schema = json!({
        "description": "The service refused the call.",
        "type": "object",
        "properties": properties(host),
        "required": ["code"],
    });
    schema["properties"]["code"] = json!({ "type": "integer", "not": { "const": 200 }, "description": refusals() });
    schema["properties"]["data"] = json!({ "description": "Usually null, but may hold the task id." });
    schema
}

/// Returns the fields that every answer of a host has, besides `data`.
fn properties(host: Host) -> Value {
    let mut properties = json!({
        "code": { "type": "integer" },
        "msg": { "type": ["string", "null"], "description": "Message of the service." },
    });
    if host == Host::Upload {
        properties["success"] = json!({ "type": ["boolean", "null"], "description": "`true` if `code` is 200." });
    }
    properties
}

/// Returns the codes of refusals as text. Codes of the same [`RefusalKind`] are on one line.
fn refusals() -> String {
    let mut codes: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for code in 400..600 {
        let kind = RefusalKind::of_code(code, "");
        let is_rest = kind == RefusalKind::Unknown || (kind == RefusalKind::Server && code != 500);
        if !is_rest {
            codes.entry(in_words(kind)).or_default().push(code);
        }
    }
    let mut lines: Vec<_> = codes.into_iter().map(|(kind, codes)| (codes, kind)).collect();
    lines.sort();
    let lines = lines.into_iter().map(|(codes, kind)| {
        let codes: Vec<_> = codes.iter().map(|code| format!("`{code}`")).collect();
        format!("- {}: {kind}", codes.join(", "))
    });
    let lines: Vec<_> = lines.collect();
    format!(
        "A refusal: a code that is not 200, usually with HTTP status 200.\n\n{}\n\nThe text of 429 and 500 tells \
         whether the rate or the credits are exhausted.",
        lines.join("\n")
    )
}

/// Returns the name of a kind in small letters and separate words.
fn in_words(kind: RefusalKind) -> String {
    let name = format!("{kind:?}");
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}
