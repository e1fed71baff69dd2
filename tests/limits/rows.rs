//! Tests that compare the entries of `Endpoint::limits` (called rows) with the rules of the requests. The rules must
//! enforce every row, and there must be a row for every rule that is enforced.

use kie_types::{
    Bound, Endpoint, Limit, Mode, ModeValue, Route, Rule, TaskEndpoint, Violation,
    catalog::{self, OPERATIONS, Visitor},
    check_on,
};
use serde_json::{Map, Value, json};

const A: &str = "https://cdn.example.net/a.mp3";

/// Returns the example requests of an operation that the route can carry, as JSON.
fn examples<E: Endpoint>(route: Route) -> Vec<Value> {
    let mut examples = catalog::examples(E::NAME).unwrap();
    if route == Route::Market {
        examples.retain(|example| broken::<E>(example, route).is_empty());
        examples.extend(catalog::market_examples(E::NAME).unwrap());
    }
    examples
}

/// Returns requests of an operation in different modes and with different fields.
fn requests<E: Endpoint>(route: Route) -> Vec<Value> {
    let mut requests = examples::<E>(route);
    // Some fields are valid only if another field is missing. So each request is returned again without one of its
    // fields, once for each field.
    for request in requests.clone() {
        for field in request.as_object().unwrap().keys() {
            let mut less = request.clone();
            less.as_object_mut().unwrap().remove(field);
            requests.push(less);
        }
    }
    requests
}

/// Returns the request after a change that puts it into this mode.
fn in_mode(mut request: Value, mode: Mode) -> Value {
    let fields = request.as_object_mut().unwrap();
    match mode.value {
        ModeValue::Flag(flag) => drop(fields.insert(mode.field.into(), flag.into())),
        ModeValue::Word(word) => drop(fields.insert(mode.field.into(), word.into())),
        ModeValue::Given => drop(fields.entry(mode.field).or_insert(A.into())),
        ModeValue::LeftOut | ModeValue::Empty => drop(fields.remove(mode.field)),
        _ => panic!("the test cannot set {mode:?}"),
    }
    assert!(mode.is_of(&request), "{mode:?}: {request}");
    request
}

/// Returns two lists of values for a limit: values within the limit, and values just beyond it. Null means that the
/// field is left out.
fn sides<E: Endpoint>(limit: &Limit, request: &Value, route: Route) -> (Vec<Value>, Vec<Value>) {
    let text = |length: usize| json!("x".repeat(length));
    let whole = E::limits_on(route).iter().any(|other| other.field == limit.field && other.bound == Bound::Step(1.0));
    let step = if whole { 1.0 } else { 0.01 };
    let floor = limit.from.map_or(0.0, |from| request[from].as_f64().unwrap_or_default());
    let number = |number: f64| match (floor + number) * 100.0 {
        hundredths if whole => json!((hundredths / 100.0).round() as i64),
        hundredths => json!(hundredths.round() / 100.0),
    };
    match &limit.bound {
        Bound::Characters(most) => (vec![text(most - 1), text(*most)], vec![text(most + 1)]),
        Bound::Count(count) => {
            (vec![json!(vec![A; *count])], vec![json!(vec![A; count - 1]), json!(vec![A; count + 1])])
        }
        Bound::CountAtLeast(least) => {
            (vec![json!(vec![A; *least]), json!(vec![A; least + 1])], vec![json!(vec![A; least - 1])])
        }
        Bound::CountAtMost(most) => {
            (vec![json!(vec![A; *most]), json!(vec![A; most - 1])], vec![json!(vec![A; most + 1])])
        }
        Bound::AtLeast(least) => (vec![number(*least), number(least + step)], vec![number(least - step)]),
        Bound::AtMost(most) => (vec![number(*most), number(most - step)], vec![number(most + step)]),
        Bound::Above(bound) => (vec![number(bound + step)], vec![number(*bound), number(bound - step)]),
        // The invalid value is the value in the request plus half a step.
        Bound::Step(of) => {
            let said = request[limit.field].as_f64().unwrap_or(*of);
            (vec![request[limit.field].clone()], vec![json!(said + of / 2.0)])
        }
        Bound::OneOf(words) => (words.iter().map(|word| json!(word)).collect(), vec![json!("strange"), json!(" ")]),
        // The rule refuses a word that the SDK knows but that is not in this list. It accepts a word that the SDK does
        // not know, unless the word is a near miss of a known one.
        Bound::Known(words) => {
            let known = words.iter().chain(&["STRANGE_7"]).map(|word| json!(word)).collect();
            (known, if limit.field == "model" { vec![json!("V3_5")] } else { Vec::new() })
        }
        Bound::Address => {
            let wrong = ["strange", "ftp://a", "https://", "https://a b/c", "https://a/ ", "https://a/\n"];
            let entry = |url: &str| match &request[limit.field] {
                Value::Array(entries) => json!([&[json!(url)][..], entries.get(1..).unwrap_or_default()].concat()),
                _ => json!(url),
            };
            ([A, "http://a", "https://a?b= c"].map(entry).to_vec(), wrong.map(entry).to_vec())
        }
        Bound::Folder => (vec![json!("a"), json!("a/b")], vec![json!("/a"), json!("a/")]),
        Bound::Required => {
            let empty = match &request[limit.field] {
                Value::String(_) => Some(json!(" ")),
                Value::Array(_) => Some(json!([])),
                _ => None,
            };
            (vec![request[limit.field].clone()], empty.into_iter().chain([Value::Null]).collect())
        }
        Bound::LeftOut => {
            let others = requests::<E>(route).into_iter().map(|mut other| other[limit.field].take());
            let said = others.into_iter().find(|value| !value.is_null());
            (vec![Value::Null], vec![said.unwrap_or_else(|| json!("V5"))])
        }
        other => panic!("the test cannot check {other:?}"),
    }
}

fn with(request: &Value, field: &str, value: Value) -> Value {
    let mut request = request.clone();
    let fields = request.as_object_mut().unwrap();
    if value.is_null() {
        fields.remove(field);
    } else {
        fields.insert(field.into(), value);
    }
    request
}

/// Returns the names of the fields in which a request breaks a rule of the route.
fn broken<E: Endpoint>(request: &Value, route: Route) -> Vec<String> {
    let invalid = check_on::<E>(request, route).result.err();
    let violations = invalid.iter().flat_map(kie_types::Invalid::violations);
    violations.map(|violation| field_of(violation).to_owned()).collect()
}

/// Returns the name of the field of a violation. The path of an entry of a list begins with the name.
fn field_of(violation: &Violation) -> &str {
    violation.field.split('[').next().unwrap_or_default()
}

/// Checks every entry (row) of the operation's limits with values within and beyond the limit. Returns the number of
/// rows.
fn both_sides<E: Endpoint>(route: Route) -> usize {
    let limits = E::limits_on(route);
    for limit in &limits {
        // Holds one flag for each value within the limit. The flag is `true` if any request so far has accepted the
        // value.
        let mut taken: Vec<bool> = Vec::new();
        for request in requests::<E>(route) {
            let mut request = limit.modes.iter().fold(request, |request, mode| in_mode(request, *mode));
            if let Some(model) = &limit.model {
                request["model"] = json!(model);
            }
            if limit.field == "model" {
                // Some fields are allowed only with some models. Another model would break two rules at once.
                let is_bound = |it: &&Limit| it.model.is_some() && !matches!(it.bound, Bound::Characters(_));
                for it in limits.iter().filter(is_bound) {
                    request.as_object_mut().unwrap().remove(it.field);
                }
            }
            let (inside, outside) = sides::<E>(limit, &request, route);
            taken.resize(inside.len(), false);
            // A value within the limit can still break a different rule in this request. Then at least one of the other
            // requests must accept the value.
            let takes = |value: &Value| broken::<E>(&with(&request, limit.field, value.clone()), route).is_empty();
            let taken_now: Vec<_> = inside.iter().map(takes).collect();
            if !taken_now.contains(&true) {
                continue;
            }
            for value in outside {
                let fields = broken::<E>(&with(&request, limit.field, value), route);
                let counted =
                    |field| limits.iter().any(|other| other.field == field && other.from == Some(limit.field));
                let only = fields.iter().all(|field| field == limit.field || counted(field));
                let is_refused = fields.iter().any(|field| field == limit.field);
                assert!(only && is_refused, "{}: {limit:?} refuses {fields:?}", E::NAME);
            }
            taken.iter_mut().zip(taken_now).for_each(|(before, now)| *before |= now);
            if !taken.contains(&false) {
                break;
            }
        }
        assert!(!taken.is_empty() && !taken.contains(&false), "{}: no request keeps to {limit:?}", E::NAME);
    }
    limits.len()
}

/// Returns values for this field that most fields of this type refuse.
fn excesses(field: &str, value: &Value) -> Vec<Value> {
    match value {
        Value::Number(_) => [-1e9, -1.0, -0.01, 0.0, 0.005, 0.5, 1.01, 1e9].map(|number| json!(number)).to_vec(),
        Value::String(_) => {
            vec![json!("strange"), json!("x".repeat(if field == "base64Data" { 15 << 20 } else { 20_000 }))]
        }
        Value::Array(items) => vec![json!([]), json!([items.clone(), items.clone()].concat())],
        _ => Vec::new(),
    }
}

/// Returns `true` if the entry `limit` describes the rule that was broken.
fn is_said(limit: &Limit, rule: &Rule) -> bool {
    match rule {
        Rule::TooLong { limit: most, .. } => limit.bound == Bound::Characters(*most),
        Rule::WrongCount { count, .. } => limit.bound == Bound::Count(*count),
        Rule::TooFew { min, .. } => limit.bound == Bound::CountAtLeast(*min),
        Rule::TooMany { max, .. } => limit.bound == Bound::CountAtMost(*max),
        Rule::OutOfRange { .. } => matches!(limit.bound, Bound::AtLeast(_) | Bound::AtMost(_)),
        Rule::TooSmall { .. } | Rule::NotMoreThan { .. } => matches!(limit.bound, Bound::AtLeast(_)),
        Rule::NotAboveZero { .. } => limit.bound == Bound::Above(0.0),
        Rule::OffStep { step, .. } => limit.bound == Bound::Step(*step),
        Rule::NotAccepted { accepted, .. } => match &limit.bound {
            Bound::OneOf(words) | Bound::Known(words) => words == accepted,
            _ => false,
        },
        Rule::NearMiss { meant, .. } => limit.bound.words().contains(&meant.as_str()),
        Rule::Forbidden { .. } => limit.bound == Bound::LeftOut,
        // A blank address is a missing one, and so is a blank model.
        Rule::Required { .. } => matches!(limit.bound, Bound::Required | Bound::Address | Bound::Known(_)),
        Rule::NotAnAddress => limit.bound == Bound::Address,
        Rule::SlashAtAnEnd => limit.bound == Bound::Folder,
        _ => true,
    }
}

/// Checks that `Endpoint::limits` has an entry for each rule that is broken. To find the rules, leaves out each field of
/// each example, and puts two kinds of values into it: values outside the usual ranges, and values of other examples.
/// Returns the number of violations that these values caused.
fn all_listed<E: Endpoint>(route: Route) -> usize {
    let limits = E::limits_on(route);
    let requests = requests::<E>(route);
    let every: Map<String, Value> = requests.iter().flat_map(|request| request.as_object().unwrap().clone()).collect();
    let mut count = 0;
    for request in &examples::<E>(route) {
        for (field, value) in &every {
            let others = if value.is_boolean() { vec![json!(true), json!(false)] } else { vec![value.clone()] };
            let less = [Value::Null, json!(" ")].into_iter().filter(|less| less.is_null() || value.is_string());
            for value in excesses(field, value).into_iter().chain(others).chain(less) {
                let request = with(request, field, value);
                let Err(invalid) = check_on::<E>(&request, route).result else { continue };
                for violation in invalid.violations() {
                    let here = |limit: &&Limit| limit.field == field_of(violation) && limit.applies_to(&request);
                    let said = limits.iter().filter(here).any(|limit| is_said(limit, &violation.rule));
                    let is_row = !matches!(violation.rule, Rule::WrongType { .. })
                        && !matches!(violation.rule, Rule::Fixed { .. } | Rule::NotCarried { .. })
                        && E::CALL_BACK_URL != Some(&*violation.field);
                    assert!(said || !is_row, "{}: no row says that {violation}: {request:.300}", E::NAME);
                    count += usize::from(is_row);
                }
            }
        }
    }
    count
}

/// Calls a function for every operation that has a form on the route. Returns the sum of the results.
macro_rules! on_every_operation {
    ($property:ident, $route:expr) => {{
        struct Each(Route);
        impl Visitor for Each {
            type Output = usize;
            fn call<E: Endpoint>(self) -> usize {
                if self.0 == Route::Market && E::MARKET.is_none() { 0 } else { $property::<E>(self.0) }
            }
            fn start<E: TaskEndpoint>(self) -> usize {
                self.call::<E>()
            }
        }
        OPERATIONS.iter().map(|operation| catalog::visit(operation.name, Each($route)).unwrap()).sum::<usize>()
    }};
}

#[test]
fn the_rules_enforce_every_row() {
    for route in Route::ALL {
        let rows = on_every_operation!(both_sides, route);
        assert!(rows > 250, "{route}: {rows} rows");
    }
}

#[test]
fn every_rule_that_is_enforced_is_a_row() {
    for route in Route::ALL {
        let count = on_every_operation!(all_listed, route);
        assert!(count > 1_000, "{route}: {count} rules were broken");
    }
}

#[test]
fn the_rows_of_a_prompt_are_told_apart_by_their_mode() {
    let limits = kie_types::GenerateMusic::limits();
    let of_v4 = limits.iter().filter(|limit| limit.model.as_ref().is_none_or(|model| *model == "V4"));
    let prompts = of_v4.filter(|limit| limit.field == "prompt" && limit.bound != Bound::Required);
    let said: Vec<_> = prompts.map(|limit| (limit.modes[0].name, limit.bound.clone())).collect();
    let simple = ("simple", Bound::Characters(3_000));
    assert_eq!(said, [simple.clone(), ("custom", Bound::Characters(3_000))]);
    assert_eq!(
        serde_json::to_value(&limits[0]).unwrap(),
        json!({
            "field": "prompt",
            "modes": [{ "name": "simple", "field": "customMode", "value": { "flag": false } }],
            "name": "IDEA",
            "bound": { "characters": 3_000 },
        })
    );
}
