//! Rules that JSON Schema cannot express, as data with a sentence.

use serde_json::Value;

use super::{
    keywords::is_in_schema,
    wire::{Wire, printed_limit},
};
use crate::request::{Bound, Limit};

/// Returns the limits that the schema does not have: steps that are a decimal fraction, and numbers that depend on the
/// number in another field.
pub(super) fn beyond_schema(wire: &Wire) -> Vec<Value> {
    let is_beyond = |limit: &&Limit| limit.from.is_some() || !is_in_schema(&limit.bound);
    let rules = wire.limits.iter().filter(is_beyond).map(|limit| {
        let mut rule = printed_limit(limit, wire.route);
        rule["rule"] = sentence(limit, wire).into();
        rule
    });
    rules.collect()
}

/// Returns a sentence about a limit.
fn sentence(limit: &Limit, wire: &Wire) -> String {
    let field = wire.name(limit.field);
    let than = limit.from.map(|from| format!("more than `{}`, where a missing field counts as 0", wire.name(from)));
    let than = than.unwrap_or_default();
    match limit.bound {
        Bound::Step(step) => format!("`{field}` is a multiple of {step}."),
        Bound::AtLeast(least) => format!("`{field}` is at least {least} {than}."),
        Bound::AtMost(most) => format!("`{field}` is at most {most} {than}."),
        _ => format!("`{field}` keeps to the bound {than}."),
    }
}
