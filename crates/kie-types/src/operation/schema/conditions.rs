//! Limits that apply only in some modes or for some models, as `if` and `then`.

use serde_json::{Map, Value, json};

use super::{
    fields::Fields,
    keywords::{NOT_BLANK, is_a, keywords},
    wire::Wire,
};
use crate::{
    market::Route,
    request::{Bound, Limit, Mode, ModeValue},
    value::Model,
};

/// Limits that apply in the same cases: in all of these modes, and for each of these models. No model stands for all
/// models.
struct Case {
    modes: Vec<Mode>,
    models: Vec<Model>,
    limits: Vec<Limit>,
}

/// Adds the fields that only the other route has, and one `if` for each case. On the market route, the fields of the classic
/// route have no name that could be refused.
pub(super) fn add(rules: &mut Map<String, Value>, wire: &Wire, fields: &Fields) {
    if wire.route == Route::Classic {
        rules.extend(none_of(wire.absent.iter().map(|field| given(field))));
    }
    let cases = cases(wire).into_iter().filter_map(|case| {
        let then = then(&case.limits, wire, fields);
        (!then.is_empty()).then(|| json!({ "if": when(&case, wire, fields), "then": then }))
    });
    let cases: Vec<_> = cases.collect();
    if !cases.is_empty() {
        rules.insert("allOf".into(), cases.into());
    }
}

/// Returns the limits with conditions, sorted into cases.
fn cases(wire: &Wire) -> Vec<Case> {
    let mut of_models: Vec<(Limit, Vec<Model>)> = Vec::new();
    for mut limit in wire.limits().flat_map(|limit| [limit.clone()].into_iter().chain(without_base(&limit))) {
        // Beside the choice between known words and any text, these rules would hide the choice from code generators.
        if matches!(limit.bound, Bound::Known(_)) && limit.modes.is_empty() {
            let given = Mode::given("", limit.field);
            limit = limit.in_mode(given);
        }
        if limit.from.is_some() || (limit.modes.is_empty() && limit.model.is_none()) {
            continue;
        }
        let model = limit.model.take();
        match of_models.iter_mut().find(|(known, models)| *known == limit && models.is_empty() == model.is_none()) {
            Some((_, models)) => models.extend(model),
            None => of_models.push((limit, model.into_iter().collect())),
        }
    }
    let mut cases: Vec<Case> = Vec::new();
    for (limit, models) in of_models {
        match cases.iter_mut().find(|case| case.modes == limit.modes && case.models == models) {
            Some(case) => case.limits.push(limit),
            None => cases.push(Case { modes: limit.modes.clone(), models, limits: vec![limit] }),
        }
    }
    cases
}

/// Returns the limit that a relative maximum is without its other field, whose number then counts as 0.
fn without_base(limit: &Limit) -> Option<Limit> {
    let base = limit.from.filter(|_| matches!(limit.bound, Bound::AtMost(_)))?;
    Some(Limit { from: None, ..limit.clone() }.in_mode(Mode::left_out("", base)))
}

/// Returns the schema of the requests to which a case applies.
fn when(case: &Case, wire: &Wire, fields: &Fields) -> Value {
    let (mut properties, mut required, mut not) = (Map::new(), Vec::new(), Vec::new());
    for mode in &case.modes {
        let name = wire.name(mode.field);
        match mode.value {
            // A missing flag is `false`.
            ModeValue::Flag(false) => drop(properties.insert(name, json!({ "const": false }))),
            ModeValue::Flag(true) => {
                properties.insert(name.clone(), json!({ "const": true }));
                required.push(name);
            }
            ModeValue::Word(word) => {
                properties.insert(name.clone(), json!({ "const": word }));
                required.push(name);
            }
            ModeValue::Given => required.push(name),
            ModeValue::LeftOut => not.push(given(&name)),
            ModeValue::Empty => {
                let is_list = fields.get(mode.field).is_some_and(|property| is_a(property, "array"));
                let full = if is_list { json!({ "minItems": 1 }) } else { json!({ "pattern": NOT_BLANK }) };
                not.push(json!({ "properties": { &name: full }, "required": [name] }));
            }
        }
    }
    match case.models.as_slice() {
        [] => {}
        [only] => drop(properties.insert("model".into(), json!({ "const": only }))),
        models => drop(properties.insert("model".into(), json!({ "enum": models }))),
    }
    required.extend((!case.models.is_empty()).then(|| "model".to_owned()));
    object(properties, required, not).into()
}

/// Returns the schema of the requests that keep to these limits.
fn then(limits: &[Limit], wire: &Wire, fields: &Fields) -> Map<String, Value> {
    let (mut properties, mut required, mut not) = (Map::new(), Vec::new(), Vec::new());
    for limit in limits {
        let Some(property) = fields.get(limit.field) else { continue };
        let name = wire.name(limit.field);
        match limit.bound {
            Bound::LeftOut if is_a(property, "boolean") => drop(properties.insert(name, json!({ "const": false }))),
            Bound::LeftOut => not.push(given(&name)),
            ref bound => {
                required.extend((*bound == Bound::Required).then(|| name.clone()));
                let keywords = keywords(bound, property);
                if let (false, Value::Object(known)) =
                    (keywords.is_empty(), properties.entry(name).or_insert(json!({})))
                {
                    known.extend(keywords);
                }
            }
        }
    }
    properties.retain(|_, property| *property != json!({}));
    object(properties, required, not)
}

/// Returns the schema of an object with these properties and required fields, that fits none of the schemas in `not`.
fn object(properties: Map<String, Value>, required: Vec<String>, not: Vec<Value>) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.extend((!properties.is_empty()).then(|| ("properties".to_owned(), properties.into())));
    schema.extend((!required.is_empty()).then(|| ("required".to_owned(), required.into())));
    schema.extend(none_of(not.into_iter()));
    schema
}

/// Returns the schema of an object that has this field.
fn given(name: &str) -> Value {
    json!({ "required": [name] })
}

/// Returns the keyword that refuses an object that fits one of the schemas. Returns no keyword if there is no schema.
fn none_of(schemas: impl Iterator<Item = Value>) -> Option<(String, Value)> {
    let schemas: Vec<_> = schemas.collect();
    let refused = match schemas.as_slice() {
        [] => return None,
        [only] => only.clone(),
        _ => json!({ "anyOf": schemas }),
    };
    Some(("not".to_owned(), refused))
}
