//! Values on both sides of a limit.

use kie_types::{Bound, Endpoint, Limit, Mode, ModeValue, Route, catalog, check_on};
use serde_json::{Map, Value, json};

const A: &str = "https://cdn.example.net/a.mp3";

/// Requests of an operation: one that keeps to a limit, and others that break only this limit.
pub(super) struct Sides {
    pub(super) keeps: Value,
    pub(super) breaks: Vec<Value>,
}

impl Sides {
    /// Returns `None` if no request can keep to the limit.
    pub(super) fn of<E: Endpoint>(limit: &Limit, route: Route) -> Option<Self> {
        let limits = E::limits_on(route);
        let requests = requests::<E>(route).into_iter().filter(|request| has_base(limit, request));
        let mut sides = requests.filter_map(|request| {
            let request = prepared(request, limit, &limits);
            let (inside, outside) = values::<E>(limit, &request, route);
            let keeps = with(&request, limit.field, inside);
            check_on::<E>(&keeps, route).result.is_ok().then(|| {
                let breaks = outside.into_iter().map(|value| with(&request, limit.field, value)).collect();
                Self { keeps, breaks }
            })
        });
        sides.next()
    }
}

/// Returns `false` if a relative limit would be counted from 0, where it cannot be told from an absolute limit, or if there
/// is no number from which steps are counted.
fn has_base(limit: &Limit, request: &Value) -> bool {
    let is_counted = matches!(limit.bound, Bound::Step(_));
    (!is_counted || request.get(limit.field).is_some())
        && limit.from.is_none_or(|from| request[from].as_f64().is_some_and(|number| number > 0.0))
}

/// Returns example requests that the route carries, and each of them without one of its fields.
fn requests<E: Endpoint>(route: Route) -> Vec<Value> {
    let of_market = catalog::market_examples(E::NAME).filter(|_| route == Route::Market);
    let mut requests: Vec<Value> = catalog::examples(E::NAME).into_iter().chain(of_market).flatten().collect();
    requests.retain(|request| check_on::<E>(request, route).result.is_ok());
    for request in requests.clone() {
        let fields = request.as_object().into_iter().flat_map(Map::keys);
        requests.extend(fields.map(|field| with(&request, field, Value::Null)));
    }
    requests
}

/// Returns the request in the modes of the limit, and with its model.
fn prepared(mut request: Value, limit: &Limit, limits: &[Limit]) -> Value {
    for Mode { field, value, .. } in &limit.modes {
        let given = request.get(*field).cloned().unwrap_or_else(|| json!(A));
        let value = match value {
            ModeValue::Flag(flag) => json!(flag),
            ModeValue::Word(word) => json!(word),
            ModeValue::Given => given,
            _ => Value::Null,
        };
        request = with(&request, field, value);
    }
    if let Some(model) = &limit.model {
        request = with(&request, "model", json!(model));
    }
    if limit.field == "model" {
        // Some fields are allowed only with some models. Another model would break two rules at once.
        let is_bound = |it: &&Limit| it.model.is_some() && !matches!(it.bound, Bound::Characters(_));
        for it in limits.iter().filter(is_bound) {
            request = with(&request, it.field, Value::Null);
        }
    }
    request
}

/// Returns a value within a limit, and values just beyond it. Null means that the field is left out.
fn values<E: Endpoint>(limit: &Limit, request: &Value, route: Route) -> (Value, Vec<Value>) {
    let text = |length: usize| json!("x".repeat(length));
    let urls = |count: usize| json!(vec![A; count]);
    let whole = E::limits_on(route).iter().any(|other| other.field == limit.field && other.bound == Bound::Step(1.0));
    let step = if whole { 1.0 } else { 0.01 };
    let floor = limit.from.and_then(|from| request[from].as_f64()).unwrap_or_default();
    let number = |number: f64| match (floor + number) * 100.0 {
        hundredths if whole => json!((hundredths / 100.0).round() as i64),
        hundredths => json!(hundredths.round() / 100.0),
    };
    let given = request.get(limit.field).cloned().unwrap_or_default();
    match &limit.bound {
        Bound::Characters(most) => (text(*most), vec![text(most + 1)]),
        Bound::Count(count) => (urls(*count), vec![urls(count - 1), urls(count + 1)]),
        Bound::CountAtLeast(least) => (urls(*least), vec![urls(least - 1)]),
        Bound::CountAtMost(most) => (urls(*most), vec![urls(most + 1)]),
        Bound::AtLeast(least) => (number(*least), vec![number(least - step)]),
        Bound::AtMost(most) => (number(*most), vec![number(most + step)]),
        Bound::Above(bound) => (number(bound + step), vec![number(*bound), number(bound - step)]),
        Bound::Step(of) => {
            let off = given.as_f64().unwrap_or(*of) + of / 2.0;
            (given, vec![json!(off)])
        }
        Bound::OneOf(words) => (json!(words.first()), vec![json!("strange"), json!(" ")]),
        Bound::Known(words) => {
            let refused = json!(if limit.field == "model" { "V3_5" } else { "leadvocal" });
            (json!(words.last()), vec![refused])
        }
        Bound::Address => {
            let wrong = ["strange", "ftp://a", "https://", "https://a b/c", "https://a/ ", "https://a/\nb"];
            let entry = |url: &str| match given.as_array() {
                Some(entries) => json!([&[json!(url)][..], entries.get(1..).unwrap_or_default()].concat()),
                None => json!(url),
            };
            (entry("http://a?b= c"), wrong.map(entry).to_vec())
        }
        Bound::Folder => (json!("a/b"), vec![json!("/a"), json!("a/")]),
        Bound::Required => {
            let empty = match &given {
                // A request has the path of a file, and the service receives its content.
                _ if E::FILE == Some(limit.field) => None,
                Value::String(_) => Some(json!(" ")),
                Value::Array(_) => Some(json!([])),
                _ => None,
            };
            (given, empty.into_iter().chain([Value::Null]).collect())
        }
        Bound::LeftOut => {
            let other = requests::<E>(route)
                .into_iter()
                .find_map(|mut other| Some(other[limit.field].take()).filter(|it| !it.is_null() && *it != false));
            let given = match limit.field {
                "instrumental" => json!(true),
                _ => other.unwrap_or_else(|| json!("V5")),
            };
            (Value::Null, vec![given])
        }
        _ => (Value::Null, Vec::new()),
    }
}

/// Returns the request with this value in a field, or without the field if the value is null.
pub(super) fn with(request: &Value, field: &str, value: Value) -> Value {
    let mut request = request.clone();
    if let Some(fields) = request.as_object_mut() {
        if value.is_null() {
            fields.remove(field);
        } else {
            fields.insert(field.to_owned(), value);
        }
    }
    request
}
