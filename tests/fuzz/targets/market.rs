//! Responses and records of the market route.

use kie_types::{
    Endpoint, Job, MarketAnswer, MarketRecord, Output, Record, Report, TaskEndpoint,
    catalog::{self, Visitor},
};

use super::{
    first_line,
    printed::{is_a_message, is_a_state, is_bounded, stays_the_same},
};

/// Reads a response and a record. The first line of the input is the name of the operation that starts the task, and
/// the HTTP status, such as `generate-music 200`. The rest is the body.
///
/// Checks that a value that is read, written and read again stays the same, and that printed responses, records and
/// errors are bounded.
pub fn market(data: &[u8]) {
    let Some((line, body)) = first_line(data) else { return };
    let Some((name, status)) = line.split_once(' ') else { return };
    let Ok(http_status) = status.parse() else { return };
    catalog::visit(name, Body { http_status, body });
    match MarketRecord::read(http_status, body) {
        Ok(Some(record)) => {
            is_bounded(&record, body.len());
            is_bounded(&record.result(), 0);
            stays_the_same(&record);
        }
        Ok(None) => {}
        Err(error) => is_a_message(&error),
    }
}

struct Body<'a> {
    http_status: u16,
    body: &'a [u8],
}

impl Visitor for Body<'_> {
    type Output = ();

    fn call<E: Endpoint>(self) {
        match E::read_market(self.http_status, self.body) {
            Ok(MarketAnswer::Result(response)) => {
                is_bounded(&response, self.body.len());
                stays_the_same(&response);
            }
            Ok(_) => {}
            Err(error) => is_a_message(&error),
        }
        if let Ok(Some(record)) = MarketRecord::read(self.http_status, self.body)
            && let Some(response) = E::of_market(&record)
        {
            stays_the_same(&response);
        }
    }

    fn start<E: TaskEndpoint>(self) {
        if let Ok(MarketAnswer::Result(Some(record))) =
            <E::Job as Job>::Lookup::read_market(self.http_status, self.body)
        {
            is_bounded(&record, self.body.len());
            stays_the_same(&record);
            is_a_state(&record.state());
            if let Some(output) = record.output() {
                assert_eq!(output.items().len(), output.pieces().len());
            }
            stays_the_same(&Report::of_record::<E::Job>(Some(&record)));
        }
        self.call::<E>();
    }
}
