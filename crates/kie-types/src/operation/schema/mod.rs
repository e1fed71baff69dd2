//! Schemas of requests, with the rules of each request.
//!
//! The fields and their types come from the derived schema of the request type. The rules come from the limits of the
//! operation: a limit that always applies is written beside the type of its field, and the other limits are written as
//! `if` and `then`.

mod conditions;
mod defaults;
mod fields;
mod keywords;
mod rules;
mod texts;
mod wire;

use std::{borrow::Cow, cell::Cell, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

use self::{
    fields::Fields,
    wire::{Wire, printed},
};
use super::endpoint::Endpoint;
use crate::{describe::describe_as, market::Route, request::Bound};

pub(crate) use wire::limits_as_sent;

thread_local! {
    /// Route of the schema that is made. A derived schema has no parameter for it.
    static ROUTE: Cell<Route> = const { Cell::new(Route::Classic) };
}

/// Request of an operation as a named schema: `<Struct>Request` on the classic route, and `<Struct>Input`, the `input`
/// of the body, on the market route.
pub(crate) struct Component<E, const MARKET: bool>(PhantomData<E>);

impl<E: Endpoint + JsonSchema, const MARKET: bool> JsonSchema for Component<E, MARKET> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}{}", E::schema_name(), if MARKET { "Input" } else { "Request" }).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        ROUTE.set(if MARKET { Route::Market } else { Route::Classic });
        let schema = E::json_schema(generator);
        ROUTE.set(Route::Classic);
        schema
    }
}

/// Completes the derived schema of a request: adds the rules of the route and a documentation text without Rust terms,
/// and gives the fields their names on the route.
pub(crate) fn request<E: Endpoint>(schema: &mut Schema) {
    let wire = Wire::of::<E>(ROUTE.get());
    // The schema of a request without fields has no properties.
    let derived = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let text = texts::plain_of(schema.get("description"), &wire, &derived);
    let fields = Fields::of(&derived, &wire);
    let mut rules = Map::new();
    conditions::add(&mut rules, &wire, &fields);
    describe_as(schema, &text);
    schema.remove("required");
    let is_required = |field: &&str| {
        wire.call_back.is_some_and(|call_back| call_back.is_required && call_back.name == *field)
            || wire.always().any(|limit| limit.field == *field && limit.bound == Bound::Required)
    };
    let required: Vec<_> = fields.names().filter(is_required).map(|field| Value::from(wire.name(field))).collect();
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    schema.insert("properties".into(), Value::Object(fields.properties(&wire)));
    rules.into_iter().for_each(|(keyword, rule)| drop(schema.insert(keyword, rule)));
    let limits = printed(&wire.limits, wire.route);
    if !limits.is_empty() {
        schema.insert("x-limits".into(), limits.into());
    }
    let rules = rules::beyond_schema(&wire);
    if !rules.is_empty() {
        schema.insert("x-rules".into(), rules.into());
    }
}
