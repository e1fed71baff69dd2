//! Tools that make something: the check of a request, the budgets, and the call. The client writes a receipt with the
//! name of the call before it sends the call, so the same call is never sent twice.

use kie_suno::{
    Route,
    receipts::Receipt,
    requests::catalog::{self, Operation},
    types::text::is_dangerous,
};
use serde_json::{Map, Value, json};
use tokio::sync::OwnedMutexGuard;

use crate::{
    exit::ExitError,
    follow::{Cost, find_song, try_folder},
    mcp::{
        arguments::{AskArguments, LONGEST_NAME, StartArguments, wait},
        day_budget::Reserved,
        made::{Made, MadeOutcome, Response},
        progress::Progress,
        server::Server,
        wait::{carry_out, follow},
    },
    sources::{check_ids, market::with_classic_names},
};

/// A call that may be sent.
struct Cleared<'a> {
    request: Value,
    route: Route,
    cost: Cost,
    /// `true` if an earlier call with this name has a task or a response, so that nothing is sent.
    joined: bool,
    /// Lock of the name and reserved credits, both held until the call has its response.
    reserved: (OwnedMutexGuard<()>, Option<Reserved<'a>>),
}

/// Starts a task, waits for it, and saves its files.
pub(super) async fn start(
    server: &Server,
    operation: &'static Operation,
    arguments: StartArguments,
    progress: &mut Progress,
) -> Result<Made, ExitError> {
    let StartArguments { name, request, save, folder, extras, wait_s } = arguments;
    let session = &server.session;
    let folder = server.root.folder(&folder)?;
    let Cleared { request, route, cost, joined, reserved } = clear(server, operation, &name, request).await?;
    if save {
        try_folder(&folder, &session.interrupt).await?;
    }
    let mut follow = follow(save.then_some(folder), extras);
    find_song(session, operation.name, route, &request, &mut follow).await?;
    progress.tell("sending the request").await;
    let call = session.client.start_any(operation.name, request);
    let call = call.ok_or_else(|| ExitError::unknown_operation(operation.name))?.named(&name).route(route);
    let task = session.submit(operation.name, route, None, call).await?;
    drop(reserved);
    progress.tell("the task has started").await;
    let (report, files) = carry_out(session, operation, &task, wait(wait_s), follow, progress).await?;
    let receipt = receipt_of(server, &name).await?;
    let mut made = Made::reported(&receipt, &server.root, &report, &files);
    // The service may not know a task yet that it has just started.
    if made.outcome == MadeOutcome::NotFound {
        made.outcome = MadeOutcome::Running;
    }
    let credits_left = session.balance().await;
    Ok(Made { joined, price: cost.price, credits_left, ..made }.with_next())
}

/// Calls an operation that responds with its result.
pub(super) async fn ask(
    server: &Server,
    operation: &'static Operation,
    arguments: AskArguments,
    progress: &mut Progress,
) -> Result<Made, ExitError> {
    let AskArguments { name, request } = arguments;
    let session = &server.session;
    let Cleared { request, route, cost, joined, reserved } = clear(server, operation, &name, request).await?;
    progress.tell("sending the request").await;
    let call = session.client.call_any(operation.name, request);
    let call = call.ok_or_else(|| ExitError::unknown_operation(operation.name))?.named(&name).route(route);
    let response = Response::of(session.submit(operation.name, route, None, call).await?);
    drop(reserved);
    let made = Made::of(&receipt_of(server, &name).await?, &server.root);
    let (outcome, credits_left) = (MadeOutcome::Success, session.balance().await);
    Ok(Made { joined, price: cost.price, credits_left, response: Some(response), outcome, ..made })
}

/// Checks a call, and reserves its price from the budget of the day. Sends nothing.
async fn clear<'a>(
    server: &'a Server,
    operation: &'static Operation,
    name: &str,
    request: Map<String, Value>,
) -> Result<Cleared<'a>, ExitError> {
    if name.trim().is_empty() || name.chars().count() > LONGEST_NAME || name.contains(is_dangerous) {
        return Err(ExitError::Invalid(format!("the name of a call has 1 to {LONGEST_NAME} visible characters")));
    }
    if operation.call_back_url.is_some_and(|field| request.contains_key(field)) {
        return Err(ExitError::Invalid("the request must not have a callback address: call the tool task".to_owned()));
    }
    let route = operation.route_on(server.session.route);
    let request = match (operation.market_form, route) {
        (Some(form), Route::Market) => with_classic_names(operation, form, &json!({ "input": request })),
        _ => request.into(),
    };
    let checked = catalog::check_named_on(operation.name, &request, route).map_err(anyhow::Error::from)?;
    checked.result.map_err(ExitError::invalid)?;
    if let Some(unknown) = checked.unknown.first() {
        return Err(ExitError::Invalid(format!("{} has no field {unknown:?}", operation.name)));
    }
    check_ids(&request)?;
    server.session.require_key()?;
    let alone = server.alone(name).await;
    let earlier = server.receipt(name).await?;
    let cost = Cost::of(operation.name, &request);
    let is_sent = earlier.as_ref().is_none_or(Receipt::is_sendable);
    let reserved = match is_sent {
        true => server.reserve(operation.name, name, cost.price.unwrap_or_default()).await?,
        false => None,
    };
    let joined = earlier.is_some_and(|earlier| earlier.task_id.is_some() || earlier.response.is_some());
    Ok(Cleared { request, route, cost, joined, reserved: (alone, reserved) })
}

/// Returns the receipt that a call has written.
async fn receipt_of(server: &Server, name: &str) -> Result<Receipt, ExitError> {
    let receipt = server.receipt(name).await?;
    receipt.ok_or_else(|| ExitError::Invalid(format!("the receipt of {name:?} was forgotten in the meantime")))
}
