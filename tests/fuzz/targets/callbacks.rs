//! Bodies of callbacks.

use kie_types::{
    AnyCallback, Callback, Job, Output, TaskEndpoint,
    catalog::{self, OPERATIONS, Visitor},
    signature::UnverifiedCallback,
};
use serde_json::Value;

use super::printed::{is_a_message, is_a_state, is_bounded, stays_the_same};

/// Reads the body of a callback.
///
/// All readers of the crate accept the same bodies, and find the same id of the task. A callback that is read, written
/// and read again is the same. Printed callbacks and errors are bounded.
pub fn callbacks(data: &[u8]) {
    let label = UnverifiedCallback::read(data);
    let callback = match AnyCallback::parse(data) {
        Ok(callback) => callback,
        Err(error) => {
            is_a_message(&error);
            return is_a_message(&label.unwrap_err());
        }
    };
    let label = label.unwrap();
    is_bounded(&callback, data.len());
    is_bounded(&label, data.len());
    // If a key occurs twice, the readers may use different values. A parsed document has each key once.
    if let Ok(document) = serde_json::from_slice::<Value>(data) {
        let body = document.to_string();
        let (callback, label) =
            (AnyCallback::parse(body.as_bytes()).unwrap(), UnverifiedCallback::read(body.as_bytes()).unwrap());
        let id = callback.task_id();
        assert_eq!(id.is_some(), label.task_ids().next().is_some(), "{callback:?} {label:?}");
        assert!(label.task_ids().any(|it| Some(it) == id) || id.is_none(), "{id:?} is not in {label:?}");
    }
    assert_eq!(callback.job().is_some(), callback.report().is_some());
    if let Some(report) = callback.report() {
        stays_the_same(&report);
    }
    if let Some(job) = callback.job() {
        let starts = OPERATIONS.iter().find(|operation| operation.job == Some(job)).unwrap();
        catalog::visit(starts.name, Kind(data));
    }
}

/// Reads the callback as the kind of task that the visited operation starts.
struct Kind<'a>(&'a [u8]);

impl Visitor for Kind<'_> {
    type Output = ();

    fn call<E: kie_types::Endpoint>(self) {}

    fn start<E: TaskEndpoint>(self) {
        let callback = Callback::<E::Job>::parse(self.0).unwrap();
        is_a_state(&callback.state());
        if let Some(output) = callback.output() {
            assert_eq!(output.items().len(), output.pieces().len(), "{}", <E::Job as Job>::NAME);
        }
        let printed = stays_the_same(&callback);
        let again = Callback::<E::Job>::parse(printed.to_string().as_bytes()).unwrap();
        assert_eq!((again.state(), &again.task_id), (callback.state(), &callback.task_id));
    }
}
