//! Responses of every operation, and the records of tasks.

use kie_types::{
    Endpoint, GetRecoveryAudioDetails, Job, Output, Record, Report, TaskEndpoint,
    catalog::{self, OPERATIONS, Visitor},
};
use serde_json::json;

use super::{
    first_line,
    printed::{is_a_message, is_a_state, is_bounded, stays_the_same},
};

/// Reads a response. The first line of the input is the name of the operation and the HTTP status, such as
/// `get-music-details 200`. The rest is the body.
///
/// A response that is read, written and read again is the same. Printed responses and errors are bounded.
pub fn records(data: &[u8]) {
    let Some((line, body)) = first_line(data) else { return };
    let Some((name, status)) = line.split_once(' ') else { return };
    let Ok(http_status) = status.parse() else { return };
    if catalog::visit(name, Response { http_status, body }).is_some() {
        let reader = TaskRecord { lookup: name, http_status, body };
        OPERATIONS
            .iter()
            .filter(|operation| operation.job.is_some())
            .find(|operation| catalog::visit(operation.name, reader).unwrap_or_default());
    }
}

/// Reads the response of an operation.
struct Response<'a> {
    http_status: u16,
    body: &'a [u8],
}

impl Visitor for Response<'_> {
    type Output = ();

    fn call<E: Endpoint>(self) {
        match E::read(self.http_status, self.body) {
            Ok(response) => {
                is_bounded(&response, self.body.len());
                let printed = stays_the_same(&response);
                // The record of a recovery is the whole response.
                let is_whole = E::NAME == GetRecoveryAudioDetails::NAME && !printed.is_null();
                let body = if is_whole { printed.clone() } else { json!({ "code": 200, "data": printed }) }.to_string();
                let again = E::read(200, body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"));
                assert_eq!(serde_json::to_value(again).unwrap(), printed);
            }
            Err(error) => is_a_message(&error),
        }
    }

    fn start<E: TaskEndpoint>(self) {
        self.call::<E>();
    }
}

/// Reads the state and the results of a record, if `lookup` looks up the tasks that the visited operation starts.
/// Returns `true` for such an operation.
#[derive(Clone, Copy)]
struct TaskRecord<'a> {
    lookup: &'a str,
    http_status: u16,
    body: &'a [u8],
}

impl Visitor for TaskRecord<'_> {
    type Output = bool;

    fn call<E: Endpoint>(self) -> bool {
        false
    }

    fn start<E: TaskEndpoint>(self) -> bool {
        if <E::Job as Job>::Lookup::NAME != self.lookup {
            return false;
        }
        if let Ok(Some(record)) = <E::Job as Job>::Lookup::read(self.http_status, self.body) {
            is_a_state(&record.state());
            if let Some(output) = record.output() {
                assert_eq!(output.items().len(), output.pieces().len());
            }
            let report = Report::new::<E::Job>(&"4be1c0d2".into(), Some(&record));
            stays_the_same(&report);
        }
        true
    }
}
