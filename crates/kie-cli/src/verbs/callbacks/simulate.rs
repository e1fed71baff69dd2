//! Bodies of callbacks. They are those of a task in a simulator inside the command.

use std::time::Duration;

use kie_sandbox::{Sandbox, Speed, TaskScript};
use kie_suno::{
    Client, Polling, Retry, Route, Stage,
    requests::catalog::{self, examples},
    transport::Pipe,
};
use serde_json::json;

use crate::{exit::ExitError, session::SANDBOX_KEY};

use super::samples::{Event, Sample};

/// Address of the simulator in the links of callbacks: the default address of `kie sandbox`. The links lead to no file.
const SIMULATOR: &str = "http://127.0.0.1:8787";

/// Callback address of the task. The simulator sends nothing to it, because it is not on this machine.
const NOBODY: &str = "https://callbacks.invalid/kie";

/// Time within which a task of the simulator ends.
const END: Duration = Duration::from_secs(5);

/// Starts a task in a simulator. Returns the id of the task, and the body of its callback. `code` is the code of a
/// failure.
pub(super) async fn simulate(sample: &Sample, code: i64, route: Route) -> Result<(String, String), ExitError> {
    let sandbox = Sandbox::builder().speed(Speed::Instant).market_inline(false).build();
    if let Event::Failed(after) = sample.event {
        sandbox.script_task(match after {
            Some(stage) => TaskScript::fails_after(stage, code),
            None => TaskScript::fails(code),
        });
    }
    let account = sandbox.clone();
    let pipe = Pipe::new(move || account.connect());
    let moment = Duration::from_millis(1);
    let polling = Polling::default().first_poll(moment).max_pause(moment).timeout(END);
    let client = Client::builder().api_key(SANDBOX_KEY).base_url(SIMULATOR).http(pipe).polling(polling);
    let client = client.retry(Retry::never()).route(route).build()?;
    let missing = || ExitError::Other(anyhow::anyhow!("the simulator has no task for {}", sample.name));
    let operation = catalog::find(sample.operation).map_err(anyhow::Error::from)?;
    let mut request =
        examples(operation.name).and_then(|all| all.into_iter().nth(sample.example)).ok_or_else(missing)?;
    if let Some(field) = operation.call_back_url {
        request[field] = json!(NOBODY);
    }
    let call = client.call_any(operation.name, request).ok_or_else(missing)?;
    let called = call.await;
    let task = match sandbox.tasks().pop() {
        Some(task) => task,
        // A call that starts a task and waits for it fails with its task.
        None => return Err(called.err().map_or_else(missing, ExitError::from)),
    };
    let callbacks = sandbox.callbacks_of(&task.id);
    let callback = match sample.event {
        Event::Reached(stage @ (Stage::Text | Stage::First)) => {
            callbacks.into_iter().find(|callback| callback.stage == Some(stage))
        }
        _ => callbacks.into_iter().next_back(),
    };
    let callback = callback.ok_or_else(missing)?;
    Ok((task.id, callback.body.to_string()))
}
