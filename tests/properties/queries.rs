//! Tests of the query of every `GET`: the sandbox must read the same fields that the client has written.

use kie_suno::{Client, requests::Host, transport::Pipe};
use kie_types::{
    Endpoint, Method, TaskEndpoint,
    catalog::{self, OPERATIONS, Visitor},
};
use proptest::{collection, prelude::*};
use serde_json::{Map, Value};
use tokio::runtime::Runtime;

use super::holds;

/// Returns a runtime with paused time, a sandbox, and a client of this sandbox. Because time is paused, no test has to
/// wait.
fn stack() -> (Runtime, kie_sandbox::Sandbox, Client) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let inside = runtime.enter();
    let sandbox = kie_sandbox::Sandbox::default();
    let other_end = sandbox.clone();
    let http = Pipe::new(move || other_end.connect());
    let client = Client::builder().api_key("key").base_url("http://localhost").http(http).build().unwrap();
    drop(inside);
    (runtime, sandbox, client)
}

/// Returns the fields as they are in a query: all values are texts, and fields with null are left out.
fn shown(fields: &Map<String, Value>) -> Value {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let shown: Map<_, _> = fields
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), text(value).into()))
        .collect();
    if shown.is_empty() { Value::Null } else { shown.into() }
}

fn read_as_it_was_written<E: Endpoint>() {
    let (runtime, sandbox, client) = stack();
    let example = catalog::examples(E::NAME).unwrap().pop().unwrap();
    let names: Vec<String> = example.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    holds(&collection::vec(any::<String>(), names.len()), |texts| {
        let fields: Map<_, _> = names.iter().cloned().zip(texts.into_iter().map(Value::from)).collect();
        let request: E = serde_json::from_value(fields.clone().into()).unwrap();
        // The response is ignored, because most of these tasks do not exist.
        let _ = runtime.block_on(client.call(request).unchecked().into_future());
        let received = sandbox.requests(E::NAME).pop().unwrap();
        prop_assert_eq!(received.body, shown(&fields), "{} {}", E::NAME, received.path);
        Ok(())
    });
}

#[test]
fn every_lookup_is_read_as_it_was_written() {
    struct Lookup;
    impl Visitor for Lookup {
        type Output = bool;
        fn call<E: Endpoint>(self) -> bool {
            if E::METHOD == Method::Get {
                read_as_it_was_written::<E>();
            }
            E::METHOD == Method::Get
        }
        fn start<E: TaskEndpoint>(self) -> bool {
            assert_eq!(E::METHOD, Method::Post, "{}", E::NAME);
            false
        }
    }
    let read = OPERATIONS.iter().filter(|operation| catalog::visit(operation.name, Lookup).unwrap()).count();
    assert!(read >= 10, "{read} lookups were read");
}

#[test]
fn any_fields_of_a_raw_lookup_are_read_as_they_were_written() {
    let (runtime, sandbox, client) = stack();
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e12..1e12).prop_map(|float: f64| Value::from(float)),
        any::<String>().prop_map(Value::from),
        collection::vec(any::<String>(), 0..3).prop_map(Value::from),
        collection::hash_map(any::<String>(), any::<i32>(), 0..3).prop_map(|map| serde_json::to_value(map).unwrap()),
    ];
    let fields = collection::btree_map(any::<String>(), value, 0..5);
    holds(&fields, |fields| {
        let fields: Map<_, _> = fields.into_iter().collect();
        let request = Value::Object(fields.clone());
        let answer = runtime
            .block_on(client.raw(Method::Get, Host::Api, "/api/v1/generate/record-info", &request).into_future());
        drop(answer);
        let received = sandbox.requests("get-music-details").pop().unwrap();
        prop_assert_eq!(received.body, shown(&fields), "{}", received.path);
        Ok(())
    });
}
