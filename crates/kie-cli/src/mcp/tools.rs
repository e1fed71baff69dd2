//! The list of tools.

use std::sync::Arc;

use kie_suno::{
    Route,
    requests::catalog::{OPERATIONS, Operation},
};
use rmcp::model::{Tool, ToolAnnotations};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::mcp::{
    account::{Balance, Calls, Uploaded},
    arguments::{
        AskArguments, ListArguments, NoArguments, SaveArguments, StartArguments, TaskArguments, UploadArguments,
    },
    made::Made,
    schema,
};

/// Work of a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    /// Starts a task of this operation.
    Start(&'static Operation),
    /// Calls this operation, which responds with its result.
    Ask(&'static Operation),
    Task,
    Save,
    List,
    Credits,
    Upload,
}

/// Returns what the tool with this name does.
pub(super) fn named(name: &str) -> Option<Does> {
    match name {
        "task" => Some(Does::Task),
        "save" => Some(Does::Save),
        "list" => Some(Does::List),
        "credits" => Some(Does::Credits),
        "upload" => Some(Does::Upload),
        _ => makers().find(|operation| name_of(operation) == name).map(of),
    }
}

/// Returns all tools, with the schemas of this route.
pub(super) fn all(route: Route) -> Vec<Tool> {
    let reads = [
        read::<TaskArguments, Made>("task", "Tells what became of a call, and waits for its task. Costs nothing."),
        read::<ListArguments, Calls>("list", "Lists the newest calls of the ledger. Sends nothing. Costs nothing."),
        read::<NoArguments, Balance>("credits", "Reads the balance, and the budgets. Costs nothing."),
    ];
    let save =
        "Saves the files of a finished task below the root folder. Costs nothing. Files that are saved already stay.";
    let upload = "Uploads a file from below the root folder, and returns its link for the request of another tool. Costs \
                  nothing. The service keeps the file for about a day.";
    let writes = [
        tool::<SaveArguments, Made>("save", save, [false, true]),
        tool::<UploadArguments, Uploaded>("upload", upload, [false, false]),
    ];
    makers().map(|operation| maker(operation, route)).chain(reads).chain(writes).collect()
}

/// Returns the operations that make something.
fn makers() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(|operation| operation.can_cost())
}

fn of(operation: &'static Operation) -> Does {
    if operation.job.is_some() { Does::Start(operation) } else { Does::Ask(operation) }
}

/// Returns the name of the tool for an operation, such as `generate_music`.
fn name_of(operation: &Operation) -> String {
    operation.name.replace('-', "_")
}

/// Returns the tool for an operation.
fn maker(operation: &'static Operation, route: Route) -> Tool {
    let (about, request) = schema::request(operation, route);
    let price = match operation.price {
        Some(price) => format!("Spends money: {price} for each call, as listed on {}.", price.date),
        None => "May spend money: the price is not listed.".to_owned(),
    };
    let about = format!(
        "{about}\n\n{price} After an error or a timeout, call it again with the same name and the same request: it is paid \
         once."
    );
    let mut tool = match of(operation) {
        Does::Ask(_) => tool::<AskArguments, Made>(name_of(operation), about, [false, true]),
        _ => tool::<StartArguments, Made>(name_of(operation), about, [false, true]),
    };
    let mut input = Arc::unwrap_or_clone(tool.input_schema);
    if let Some(Value::Object(field)) = input.get_mut("properties").and_then(|fields| fields.get_mut("request")) {
        field.remove("additionalProperties");
        field.extend(request);
    }
    tool.input_schema = Arc::new(input);
    tool
}

fn read<A: JsonSchema, R: Serialize + JsonSchema>(name: &'static str, about: &str) -> Tool {
    tool::<A, R>(name, about, [true, true])
}

/// Returns a tool. Nothing that a tool does removes or changes anything.
fn tool<A: JsonSchema, R: Serialize + JsonSchema>(
    name: impl Into<String>,
    about: impl Into<String>,
    [only_reads, is_idempotent]: [bool; 2],
) -> Tool {
    let annotations =
        ToolAnnotations::new().read_only(only_reads).destructive(false).idempotent(is_idempotent).open_world(true);
    Tool::new(name.into(), about.into(), schema::input::<A>())
        .with_raw_output_schema(Arc::new(schema::output::<R>()))
        .with_annotations(annotations)
}
