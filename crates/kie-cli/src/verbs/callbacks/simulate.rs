//! Bodies of callbacks. They are those of a task in a simulator inside the command.

use kie_sandbox::{Sandbox, Speed, TaskScript};
use kie_suno::{
    Client, Retry, Route,
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

/// Starts a task in a simulator. Returns the id of the task, and the body of its callback. `code` is the code of a
/// failure.
pub(super) async fn simulate(sample: &Sample, code: i64, route: Route) -> Result<(String, String), ExitError> {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    if sample.event == Event::Failed {
        sandbox.script_task(TaskScript::fails(code));
    }
    let account = sandbox.clone();
    let pipe = Pipe::new(move || account.connect());
    let client = Client::builder()
        .api_key(SANDBOX_KEY)
        .base_url(SIMULATOR)
        .http(pipe)
        .retry(Retry::never())
        .route(route)
        .build()?;
    let missing = || ExitError::Other(anyhow::anyhow!("the simulator has no task for {}", sample.name));
    let operation = catalog::find(sample.operation).map_err(anyhow::Error::from)?;
    let mut request =
        examples(operation.name).and_then(|all| all.into_iter().nth(sample.example)).ok_or_else(missing)?;
    if let Some(field) = operation.call_back_url {
        request[field] = json!(NOBODY);
    }
    let start = client.start_any(operation.name, request).ok_or_else(missing)?;
    let task = start.await?;
    let stage = match sample.event {
        Event::Reached(stage) => Some(stage),
        Event::Failed => None,
    };
    let callbacks = sandbox.callbacks_of(task.id());
    let callback = callbacks.into_iter().find(|callback| callback.stage == stage).ok_or_else(missing)?;
    Ok((callback.task_id, callback.body.to_string()))
}
