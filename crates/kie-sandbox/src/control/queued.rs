//! The faults that wait for their requests, tasks and callbacks.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    account::Account,
    script::{CallbackFault, Fault, TaskScript},
};

/// The faults and scripts that wait for later requests, tasks and callbacks. [`Sandbox::queued_faults`] returns them.
///
/// `Serialize` writes an object whose keys have the names of a file with faults, such as `randomRequests`. A fault is
/// shown as its name, and `null` stands for a request, task or callback without a fault.
///
/// [`Sandbox::queued_faults`]: crate::Sandbox::queued_faults
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct QueuedFaults {
    /// [Names](Fault::name) of the faults of later requests, for each operation that has such faults.
    pub requests: BTreeMap<String, Vec<Option<&'static str>>>,
    /// [Names](TaskScript::name) of the scripts of later tasks.
    pub tasks: Vec<Option<&'static str>>,
    /// [Names](CallbackFault::name) of the faults of later callbacks.
    pub callbacks: Vec<Option<&'static str>>,
    /// `true` if requests without a queued fault may have a random fault.
    pub random_requests: bool,
    /// `true` if callbacks without a queued fault may have a random fault.
    pub random_callbacks: bool,
}

impl QueuedFaults {
    pub(crate) fn of(account: &Account) -> Self {
        let queues = account.faults.iter().filter(|(_, queue)| !queue.is_empty());
        let names = queues.map(|(operation, queue)| {
            (operation.clone(), queue.iter().map(|fault| fault.as_ref().map(Fault::name)).collect())
        });
        Self {
            requests: names.collect(),
            tasks: account.task_scripts.iter().map(|script| script.as_ref().map(TaskScript::name)).collect(),
            callbacks: account.callback_faults.iter().map(|fault| fault.as_ref().map(CallbackFault::name)).collect(),
            random_requests: account.other_faults.is_some(),
            random_callbacks: account.other_callback_faults.is_some(),
        }
    }
}
