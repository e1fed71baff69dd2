//! Requests that keep or break each rule. Each row has a request, the rule that it breaks, and the reason why the schema
//! does not refuse it if the schema cannot.

use anyhow::Context as _;
use kie_types::{
    Bound, Endpoint, Limit, MarketForm, Mode, ModeValue, Route, TaskEndpoint,
    catalog::{self, OPERATIONS, Visitor},
};
use serde_json::{Value, json};

use super::{
    sides::{Sides, with},
    special,
};

const CALL_BACK_URL: &str = "https://hooks.example.net/kie";

/// Longest text that is written into a row. A longer text is written as its length.
const LONGEST: usize = 250;

/// Reasons why the schema accepts a request that breaks a rule.
pub(super) const DECIMAL_STEP: &str = "a multiple of a decimal fraction has rounding errors";
pub(super) const ARITHMETIC: &str = "JSON Schema cannot add numbers of two fields";

/// Returns the rows of all operations on all routes.
pub(crate) fn rows() -> anyhow::Result<Vec<Value>> {
    let mut rows = Vec::new();
    for operation in OPERATIONS {
        for route in Route::ALL.into_iter().filter(|route| operation.route_on(*route) == *route) {
            rows.extend(catalog::visit(operation.name, Rows(route)).context("every listed operation can be visited")??);
        }
    }
    rows.extend(special::rows()?);
    Ok(rows)
}

/// Visitor that returns the rows of an operation on a route.
struct Rows(Route);

impl Visitor for Rows {
    type Output = anyhow::Result<Vec<Value>>;

    fn call<E: Endpoint>(self) -> Self::Output {
        let route = self.0;
        let mut rows = Vec::new();
        for limit in E::limits_on(route).into_iter().filter(|limit| is_sent::<E>(limit, route)) {
            let sides =
                Sides::of::<E>(&limit, route).with_context(|| format!("{}: no request keeps to {limit:?}", E::NAME))?;
            let mut said = serde_json::to_value(&limit)?;
            said.as_object_mut().map(|said| said.remove("name"));
            rows.push(row::<E>(route, &sides.keeps, json!({ "keeps": said }))?);
            for request in &sides.breaks {
                let mut about = json!({ "breaks": said });
                if let Some(why) = unsaid(&limit) {
                    about["accepted"] = why.into();
                }
                rows.push(row::<E>(route, request, about)?);
            }
        }
        Ok(rows)
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        self.call::<E>()
    }
}

/// Returns the reason why the schema does not have a limit.
fn unsaid(limit: &Limit) -> Option<&'static str> {
    match limit.bound {
        _ if limit.from.is_some() => Some(ARITHMETIC),
        Bound::Step(step) if step.fract() != 0.0 => Some(DECIMAL_STEP),
        Bound::Known(_) if limit.field != "model" => Some(special::NEAR_MISS),
        _ => None,
    }
}

/// Returns `true` if the route carries the field, and the request can be in the modes of the limit.
fn is_sent<E: Endpoint>(limit: &Limit, route: Route) -> bool {
    let form = E::MARKET.filter(|_| route == Route::Market);
    let mut implied = form.into_iter().flat_map(MarketForm::implied_fields);
    implied.all(|(field, value)| {
        let is_possible = |mode: &Mode| mode.field != *field || mode.value == ModeValue::Flag(value.unwrap_or(true));
        limit.field != *field && limit.modes.iter().all(is_possible)
    })
}

/// Returns a row: what it is about, and the request, with the names of the classic route and as it is sent.
pub(super) fn row<E: Endpoint>(route: Route, request: &Value, mut row: Value) -> anyhow::Result<Value> {
    row["operation"] = E::NAME.into();
    row["route"] = json!(route);
    let mut request = request.clone();
    if let Some(field) = E::CALL_BACK_URL.filter(|field| request.get(*field).is_none()) {
        request = with(&request, field, CALL_BACK_URL.into());
    }
    let long = request.as_object().into_iter().flatten();
    let long = long.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.len())));
    for (name, length) in long.filter(|(_, length)| *length > LONGEST).collect::<Vec<_>>() {
        request = with(&request, &name, Value::Null);
        row["text"] = json!({ "field": name, "characters": length });
    }
    row["request"] = request;
    Ok(row)
}
