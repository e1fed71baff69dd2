//! Callbacks, which the service sends to the address in a request.

use kie_types::{
    AnyCallback,
    catalog::{OPERATIONS, Operation},
    signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER},
};
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::examples;

/// Returns the callback about the tasks that an operation starts, for a `callbacks` object.
pub(super) fn of_operation(operation: &Operation, field: &str, body: &Value) -> anyhow::Result<Value> {
    let about = format!("Callback about a task of `{}`", operation.name);
    let item = item(&format!("{}-callback", operation.name), &about, body, examples::callbacks(operation)?);
    Ok(json!({ operation.job.unwrap_or_default(): { format!("{{$request.body#/{field}}}"): item } }))
}

/// Returns the webhook with all callbacks about one kind of task. Its examples are those of the first operation that
/// starts such tasks.
pub(super) fn of_job(job: &str, body: &Value) -> anyhow::Result<Value> {
    let first = OPERATIONS.iter().find(|operation| operation.job == Some(job));
    let examples = first.map(examples::callbacks).transpose()?.unwrap_or_default();
    Ok(item(&format!("{job}-callback"), &format!("Callback about a task of the kind {job}"), body, examples))
}

/// Returns the webhook for an address that receives the callbacks about tasks of all kinds.
pub(super) fn of_any(generator: &mut SchemaGenerator, examples: Map<String, Value>) -> Value {
    let body = generator.subschema_for::<AnyCallback>().to_value();
    item("any-callback", "Callback about a task of any kind", &body, examples)
}

/// Returns a webhook. `id` is its name in generated programs.
pub(super) fn item(id: &str, summary: &str, body: &Value, examples: Map<String, Value>) -> Value {
    let header =
        |name, about| json!({ "name": name, "in": "header", "description": about, "schema": { "type": "string" } });
    let mut content = json!({ "schema": body });
    if !examples.is_empty() {
        content["examples"] = examples.into();
    }
    json!({ "post": {
        "operationId": id,
        "summary": summary,
        "description": "May arrive twice, late, in another order, or not at all. The signature covers the task id and \
                        the time, and not the body: look the task up before you act on the body.",
        "security": [],
        "parameters": [
            header(TIMESTAMP_HEADER, "Time of the signature, in seconds since 1970."),
            header(SIGNATURE_HEADER, "HMAC-SHA256 in Base64 over the task id, a dot and the time. It does not cover the body."),
        ],
        "requestBody": { "required": true, "content": { "application/json": content } },
        "responses": {
            "200": { "description": "Accepted." },
            "4XX": { "description": "Not accepted. The service may send the callback again." },
        },
    } })
}
