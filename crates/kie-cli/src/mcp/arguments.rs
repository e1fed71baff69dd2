//! Arguments of the tools.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::exit::ExitError;

/// Time that a tool waits for a task by default, in seconds. Many clients end a call after 60 seconds.
const WAIT_S: u16 = 45;

/// Longest time that a tool waits for a task, in seconds.
const LONGEST_WAIT_S: u16 = 900;

/// Maximum number of characters of the name of a call.
pub(super) const LONGEST_NAME: usize = 200;

/// Arguments of a tool that starts a task.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StartArguments {
    /// Your own name for this piece of work, such as `waltz-1`. Call the tool again with the same name and the same request
    /// after an error or a timeout: nothing is paid again, and the first task is returned. Use a new name for new work.
    #[schemars(length(min = 1, max = LONGEST_NAME))]
    pub(super) name: String,
    /// The request to the service.
    pub(super) request: Map<String, Value>,
    /// Save the files of the finished task. Links of the service expire.
    #[serde(default = "yes")]
    pub(super) save: bool,
    /// Folder for the files, below the root folder.
    #[serde(default)]
    pub(super) folder: String,
    /// Also save lyrics, cover images and the record of the task.
    #[serde(default)]
    pub(super) extras: bool,
    /// Maximum time to wait for the task, in seconds. If the task is not finished by then, it goes on at the service: call the
    /// tool `task` with the name.
    #[serde(default = "wait_s")]
    #[schemars(range(max = LONGEST_WAIT_S))]
    pub(super) wait_s: u16,
}

/// Arguments of a tool whose operation responds with its result.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskArguments {
    /// Your own name for this piece of work, such as `style-1`. Call the tool again with the same name and the same request
    /// after an error or a timeout: nothing is paid again, and the first result is returned. Use a new name for new work.
    #[schemars(length(min = 1, max = LONGEST_NAME))]
    pub(super) name: String,
    /// The request to the service.
    pub(super) request: Map<String, Value>,
}

/// Arguments of the tool `task`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TaskArguments {
    /// Name of the call, or the id of its task, of its receipt or of one of its results.
    pub(super) id: String,
    /// Maximum time to wait for the task, in seconds. 0 only reads its state.
    #[serde(default = "wait_s")]
    #[schemars(range(max = LONGEST_WAIT_S))]
    pub(super) wait_s: u16,
}

/// Arguments of the tool `save`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SaveArguments {
    /// Name of the call, or the id of its task, of its receipt or of one of its results.
    pub(super) id: String,
    /// Folder for the files, below the root folder.
    #[serde(default)]
    pub(super) folder: Option<String>,
    /// Also save lyrics, cover images and the record of the task.
    #[serde(default)]
    pub(super) extras: bool,
    /// Maximum time to wait for the task, in seconds.
    #[serde(default = "wait_s")]
    #[schemars(range(max = LONGEST_WAIT_S))]
    pub(super) wait_s: u16,
}

/// Arguments of the tool `list`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListArguments {
    /// Maximum number of calls, the newest first.
    #[serde(default = "most")]
    #[schemars(range(min = 1, max = 200))]
    pub(super) most: u8,
}

/// Arguments of the tool `upload`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UploadArguments {
    /// Path of the file, below the root folder.
    pub(super) file: String,
}

/// Arguments of a tool without arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoArguments {}

/// Reads the arguments of a tool.
pub(super) fn read<T: DeserializeOwned>(arguments: Value) -> Result<T, ExitError> {
    serde_json::from_value(arguments).map_err(|error| ExitError::Invalid(format!("wrong arguments: {error}")))
}

/// Returns a time to wait. A longer time than the longest one is cut.
pub(super) fn wait(seconds: u16) -> Duration {
    Duration::from_secs(seconds.min(LONGEST_WAIT_S).into())
}

fn yes() -> bool {
    true
}

fn wait_s() -> u16 {
    WAIT_S
}

fn most() -> u8 {
    20
}
