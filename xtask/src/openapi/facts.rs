//! Facts about an operation for programs, as extensions: words that begin with `x-`.

use kie_types::{
    Effect, Endpoint, Host, LONGEST_TASK, Lifetime, NEW_TASKS, NEW_TASKS_SPAN, Price, catalog::Operation, schema,
};
use serde_json::{Map, Value, json};

/// Returns the extensions of an operation.
pub(super) fn of<E: Endpoint>(operation: &Operation) -> Map<String, Value> {
    let mut facts = Map::new();
    facts.insert("x-effect".into(), E::EFFECT.as_str().into());
    facts.extend(price(operation).map(|price| ("x-credits".to_owned(), price)));
    let lifetime = match (operation.host, operation.job) {
        (Host::Upload, _) => Some(Lifetime::UPLOADED),
        (Host::Api, Some(_)) => Some(Lifetime::GENERATED),
        _ if E::NAME == "download-url" => Some(Lifetime::DIRECT),
        _ => None,
    };
    facts.extend(lifetime.map(|lifetime| ("x-retention".to_owned(), schema::retention(lifetime))));
    if operation.job.is_some() {
        facts.insert("x-rate-limit".into(), rate_limit());
    }
    if E::EFFECT == Effect::Reads && E::MARKET.is_some() {
        facts.insert("x-polling".into(), polling());
    }
    facts
}

/// Returns the price of a call in credits, with the day on which it was read. Returns `None` if it is not known.
pub(super) fn price(operation: &Operation) -> Option<Value> {
    let listed = |price: Price| json!({ "credits": price.credits, "most": price.most, "asOf": price.date });
    match operation.can_cost() {
        true => operation.price.map(listed),
        false => Some(json!({ "credits": 0, "most": 0 })),
    }
}

/// Returns the documented maximum number of tasks that an account may start in a time.
pub(super) fn rate_limit() -> Value {
    json!({ "calls": NEW_TASKS, "seconds": NEW_TASKS_SPAN.as_secs() })
}

/// Returns advice on looking up a task: the documentation says to begin after 2 to 3 seconds, and to wait longer each
/// time. A task that is not finished after the last number of seconds is probably lost.
pub(super) fn polling() -> Value {
    json!({ "firstAfterSeconds": 2, "longestPauseSeconds": 15, "giveUpAfterSeconds": LONGEST_TASK.as_secs() })
}
