//! Tests of properties of every operation in the catalog: of its examples, of variations of its examples, of any
//! request and of any response.

use kie_types::{
    Credits, Effect, EncodedBody, Endpoint, Invalid, Method, NO_CALLBACK, Rule, TaskEndpoint, Violation,
    catalog::{self, OPERATIONS, Visitor},
    check,
};
use proptest::{
    collection, option,
    prelude::*,
    sample::{Index, select},
    test_runner::TestCaseError,
};
use serde_json::{Map, Value, json};

use super::{
    holds,
    inputs::{json, numbers, object, text, words},
};

/// Runs this visitor, which checks a property, for every operation in the catalog.
fn on_every_operation<V: Visitor<Output = ()> + Copy>(visitor: V) {
    for operation in OPERATIONS {
        catalog::visit(operation.name, visitor).expect("a catalogued name can be visited");
    }
    assert!(catalog::visit("no-such-operation", visitor).is_none());
}

macro_rules! on_every_operation {
    ($name:ident, $property:ident) => {
        #[test]
        fn $name() {
            #[derive(Clone, Copy)]
            struct Each;
            impl Visitor for Each {
                type Output = ();
                fn call<E: Endpoint>(self) {
                    $property::<E>();
                }
                fn start<E: TaskEndpoint>(self) {
                    $property::<E>();
                }
            }
            on_every_operation(Each);
        }
    };
}

on_every_operation!(examples_are_valid_and_read_as_they_are_printed, examples);
on_every_operation!(variations_of_requests_read_as_they_are_printed, variations);
on_every_operation!(every_field_that_cannot_be_read_is_reported, bad_fields);
on_every_operation!(no_json_makes_a_request_panic, any_request);
on_every_operation!(no_body_makes_an_answer_panic, any_answer);

fn examples<E: Endpoint>() {
    let examples = catalog::examples(E::NAME).unwrap();
    assert!(!examples.is_empty(), "{} has no example", E::NAME);
    for printed in examples {
        let mut example: E = serde_json::from_value(printed.clone()).unwrap();
        assert_eq!(example.validate(), Ok(()), "{}: {example:?}", E::NAME);
        assert_eq!(serde_json::to_value(&example).unwrap(), printed, "{}", E::NAME);
        let checked = check::<E>(&printed);
        assert_eq!(checked.result.as_ref(), Ok(&example), "{}", E::NAME);
        assert_eq!(checked.unknown, [""; 0], "{}", E::NAME);
        assert_eq!((&checked.warnings, example.warnings()), (&Vec::new(), Vec::new()), "{}", E::NAME);
        let text = serde_json::to_string(&example).unwrap();
        assert_eq!(serde_json::from_str::<E>(&text).unwrap(), example, "{}", E::NAME);
        let price = catalog::price_named(E::NAME, &printed).unwrap();
        assert_eq!(price, example.price(), "{}", E::NAME);
        match E::PRICE {
            Some(listed) => {
                assert!(listed.credits <= price.unwrap() && price.unwrap() <= listed.most, "{}", E::NAME);
                assert!(
                    listed.date.len() == 10 && listed.date.starts_with("20") && listed.source.starts_with("https://")
                );
                assert_eq!(E::EFFECT, Effect::Creates, "{}", E::NAME);
            }
            // The price of this operation is in no list.
            None if E::NAME == "recovery-audio" => assert_eq!(price, None),
            None => assert_eq!(price, Some(Credits::default()), "{}", E::NAME),
        }
        // An example has a callback address exactly if the operation has a field for this address. `E::CALL_BACK_URL`
        // is the JSON name of this field.
        assert_eq!(example.call_back_url().is_some(), E::CALL_BACK_URL.is_some(), "{}", E::NAME);
        if let Some(name) = E::CALL_BACK_URL {
            for url in ["https://hooks.example.net/elsewhere", NO_CALLBACK, "Playground"] {
                example.call_back_url().unwrap().clone_from(&Some(url.into()));
                assert_eq!(serde_json::to_value(&example).unwrap()[name], url);
                assert_eq!(example.validate().is_ok(), url != "Playground", "{}: {url}", E::NAME);
            }
        }
    }
}

/// Generates values of the same type as `value`. Numbers are in the range of weights and seconds, and are integers if
/// `value` is an integer. Lists contain texts.
fn like(value: &Value) -> BoxedStrategy<Value> {
    match value {
        Value::Bool(_) => any::<bool>().prop_map(Value::from).boxed(),
        Value::Array(_) => collection::vec(text(), 0..4).prop_map(Value::from).boxed(),
        Value::Number(number) if number.is_i64() => (-500i32..50_000).prop_map(Value::from).boxed(),
        Value::Number(_) => (-500i32..50_000).prop_map(|steps| json!(f64::from(steps) / 100.0)).boxed(),
        _ => text().prop_map(Value::from).boxed(),
    }
}

fn variations<E: Endpoint>() {
    let Some(Value::Object(full)) = catalog::examples(E::NAME).unwrap().pop() else { panic!("no example") };
    let fields: Vec<_> = full
        .iter()
        .map(|(name, value)| {
            // Flags have no default value, so a request without one of its flags cannot be read. Therefore flags are
            // never left out.
            let kept = if value.is_boolean() {
                like(value).prop_map(Some).boxed()
            } else {
                option::weighted(0.6, like(value)).boxed()
            };
            let name = name.clone();
            kept.prop_map(move |value| value.map(|value| (name.clone(), value)))
        })
        .collect();
    holds(&(fields, collection::vec((text(), json()), 0..3)), |(fields, strange)| {
        let given: Map<String, Value> = fields.into_iter().flatten().collect();
        let mut body = given.clone();
        for (key, value) in strange {
            body.insert(format!("strange {key}"), value);
        }
        let request: E =
            serde_json::from_value(Value::Object(body)).map_err(|error| TestCaseError::fail(error.to_string()))?;
        if E::METHOD == Method::Post && E::FILE.is_none() {
            let json = serde_json::to_vec(&request).unwrap();
            prop_assert_eq!(request.encode().unwrap().content, EncodedBody::Json(json));
        }
        let printed = serde_json::to_value(&request).unwrap();
        for (name, value) in given {
            let same =
                printed[&name] == value || printed[&name].as_f64().is_some_and(|number| Some(number) == value.as_f64());
            prop_assert!(same, "{name} was {value} and is {}", printed[&name]);
        }
        let again: E = serde_json::from_str(&printed.to_string()).unwrap();
        prop_assert_eq!(again, request);
        Ok(())
    });
}

/// Damages and removes fields of a valid example. Checks that `check` reports a wrong type for exactly the damaged
/// fields that cannot be read, and reports every missing field.
fn bad_fields<E: Endpoint>() {
    let Some(Value::Object(full)) = catalog::examples(E::NAME).unwrap().pop() else { panic!("no example") };
    let fields: Vec<_> = full
        .iter()
        .map(|(name, good)| {
            let value = prop_oneof![Just(Some(good.clone())), Just(None), json().prop_map(Some)];
            (Just(name.clone()), value)
        })
        .collect();
    holds(&fields, |fields| {
        let mut body = Map::new();
        let (mut missing, mut wrong) = (Vec::new(), Vec::new());
        for (name, value) in fields {
            let mut alone = full.clone();
            alone.remove(&name);
            alone.extend(value.clone().map(|value| (name.clone(), value)));
            if serde_json::from_value::<E>(alone.into()).is_err() {
                if value.is_some() { &mut wrong } else { &mut missing }.push(name.clone());
            }
            body.extend(value.map(|value| (name, value)));
        }
        let result = check::<E>(&body.into()).result;
        let found = result.as_ref().err().map(Invalid::violations).unwrap_or_default();
        let mut found_wrong: Vec<_> =
            found.iter().filter(|it| matches!(it.rule, Rule::WrongType { .. })).map(|it| it.field.clone()).collect();
        found_wrong.sort();
        prop_assert_eq!(found_wrong, wrong);
        for name in missing {
            let is_it = |it: &&Violation| it.field == name && matches!(it.rule, Rule::Required { when: None, .. });
            prop_assert!(found.iter().any(|it| is_it(&it)), "{name} is missing and not in {result:?}");
        }
        Ok(())
    });
}

fn any_request<E: Endpoint>() {
    holds(&json(), |body| {
        let checked = check::<E>(&body);
        match checked.result {
            Ok(request) => prop_assert_eq!(request.validate(), Ok(())),
            Err(invalid) => {
                prop_assert!(!invalid.violations().is_empty());
                prop_assert!(invalid.to_string().starts_with(E::NAME));
                prop_assert!(serde_json::to_value(&invalid).is_ok());
            }
        }
        Ok(())
    });
    // One field of a valid example is replaced by any JSON value.
    let Some(Value::Object(full)) = catalog::examples(E::NAME).unwrap().pop() else { panic!("no example") };
    let names: Vec<String> = full.keys().cloned().chain(["model".to_owned()]).collect();
    holds(&(select(names), json()), |(name, value)| {
        let mut body = full.clone();
        body.insert(name.clone(), value);
        if let Err(invalid) = check::<E>(&Value::Object(body)).result {
            prop_assert!(!invalid.violations().is_empty(), "{name}");
        }
        Ok(())
    });
}

fn any_answer<E: Endpoint>() {
    let statuses = select(vec![200u16, 401, 404, 429, 500, 502]);
    let bodies = prop_oneof![
        json().prop_map(|data| json!({ "code": 200, "msg": "success", "data": data })),
        object(&[("code", numbers()), ("msg", words()), ("data", json().boxed())]),
        json(),
    ]
    .prop_map(|body| body.to_string().into_bytes());
    let bytes = prop_oneof![bodies, collection::vec(any::<u8>(), 0..64)];
    holds(&(statuses, bytes, any::<Index>()), |(status, body, cut)| {
        for part in [&body[..], &body[..cut.index(body.len() + 1)]] {
            match E::read(status, part) {
                Ok(answer) => drop(format!("{answer:?} {}", serde_json::to_string(&answer).unwrap())),
                Err(error) => drop(format!("{error} {error:?}")),
            }
        }
        Ok(())
    });
}
