//! Starts an operation on the market route.

use kie_types::Stage;
use serde_json::{Value, json};

use crate::operations::{IncomingCall, MarketRequest, OperationResult, Refused, ServedOperation};

use super::{deferred::Deferred, record, translate::classic_fields};

/// Handles a request to start the operation `served`, which is `None` if no operation has the slug of the request. The
/// fields of the operation get their classic names. Then the request is handled like a request on the classic route.
pub(crate) fn submit(call: &mut IncomingCall<'_>, served: Option<&ServedOperation>) -> OperationResult {
    let refused = |msg: &str| Err(Refused::new(422, msg));
    if call.lacks("model") {
        return refused("model is required");
    }
    let Some(served) = served else { return refused("The model is not supported") };
    let input = match call.fields.get("input") {
        Some(Value::Object(input)) => input,
        None | Some(Value::Null) => return refused("input is required"),
        Some(_) => return refused("input must be a JSON object"),
    };
    let call_back_url = match call.fields.get("callBackUrl") {
        Some(Value::String(url)) => Some(url.clone()),
        None => None,
        Some(_) => return refused("callBackUrl must be a text"),
    };
    let name = served.operation.name;
    let fields = classic_fields(name, input, call_back_url.as_deref());
    // It is not documented if an operation without a task on the classic route starts one on the market route.
    let starts_task = served.operation.job.is_none() && !call.settings.inline;
    call.market = Some(MarketRequest { echo: record::echo(&call.fields), call_back_url, starts_task });
    call.fields = fields;
    let result = (served.serve)(call)?;
    if starts_task {
        let url = call.market.as_ref().and_then(|market| market.call_back_url.clone()).unwrap_or_default();
        let stages = [(Stage::Complete, call.speed.pick(8_000, 400, 0))];
        return call.start_task(url, &stages, None, Deferred(result));
    }
    Ok(call.started.as_ref().map_or(result, |task| json!({ "taskId": task.id })))
}
