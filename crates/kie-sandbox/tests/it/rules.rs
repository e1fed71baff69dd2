//! The sandbox refuses each request that the rules of kie-types refuse, and each request with a field that is null. It
//! accepts the others.

use kie_sandbox::{Sandbox, Speed};
use kie_types::{
    EncodedBody, Endpoint, Method, Route, UploadFileStream,
    catalog::{self, OPERATIONS, Operation},
};
use serde_json::{Map, Value, json};

use crate::caller::{Answered, TestCaller};

const HOOK: &str = "https://hooks.example.net/kie";

/// Returns variants of a request, each with the name of the field that differs. The field is removed, or has a value that
/// is often wrong.
fn variants(example: &Value) -> Vec<(String, Value)> {
    let mut variants = Vec::new();
    for name in example.as_object().into_iter().flat_map(|fields| fields.keys()) {
        let mut without = example.clone();
        without.as_object_mut().and_then(|fields| fields.remove(name));
        variants.push((name.clone(), without));
        for wrong in [Value::Null, json!(""), json!(" "), json!(-1), json!(1e6), json!(true), json!(["x"]), json!({})] {
            let mut variant = example.clone();
            variant[name] = wrong;
            variants.push((name.clone(), variant));
        }
        if example[name].is_string() {
            let mut variant = example.clone();
            variant[name] = json!("x".repeat(6_000));
            variants.push((name.clone(), variant));
        }
    }
    variants
}

/// Returns `true` if a field of the request must name a task, a track or a file, and names none that exists.
fn is_about_sources(answer: &Value) -> bool {
    let words = ["not exist", "does not need", "not found", "not in valid", "url is wrong", "missing", "Base64"];
    words.iter().any(|words| answer["msg"].as_str().is_some_and(|msg| msg.contains(words)))
}

/// Returns a new account, and a connection to it.
async fn account() -> Answered<(Sandbox, TestCaller)> {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let caller = TestCaller::new(&sandbox).await?;
    Ok((sandbox, caller))
}

#[tokio::test(start_paused = true)]
async fn classic_requests_are_refused_by_the_rules() -> Answered {
    let (mut refused, mut accepted) = (0, 0);
    for operation in OPERATIONS {
        for example in catalog::examples(operation.name).ok_or(operation.name)? {
            let (mut sandbox, mut caller) = account().await?;
            for (_, mut variant) in variants(&example) {
                // The sandbox refuses a request without this address by itself.
                if let Some(name) = operation.call_back_url.filter(|name| variant.get(*name).is_none()) {
                    variant[name] = json!(HOOK);
                }
                let arrived = arrived(operation, &variant);
                let is_null = arrived.as_object().into_iter().flatten().any(|(_, value)| value.is_null());
                let is_valid = !is_null && catalog::check_named(operation.name, &arrived)?.result.is_ok();
                let answer = caller.call(operation, &variant).await?;
                let told = || format!("{}: {answer}\n{variant}", operation.name);
                if is_valid {
                    let needs_hook = answer["msg"].as_str().is_some_and(|msg| msg.starts_with("Please enter"));
                    assert!(answer["code"] == 200 || needs_hook || is_about_sources(&answer), "{}", told());
                    // A new account, because some results can be made only once.
                    (sandbox, caller) = account().await?;
                    accepted += usize::from(answer["code"] == 200);
                } else {
                    assert_ne!(answer["code"], 200, "{}", told());
                    assert!(sandbox.tasks().is_empty() && sandbox.books().charged.get() == 0.0, "{}", told());
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 1_000 && accepted > 200, "{refused} {accepted}");
    Ok(())
}

/// Returns the fields of a request as they arrive: a query and a form have only texts.
fn arrived(operation: &Operation, fields: &Value) -> Value {
    let is_form = operation.name == UploadFileStream::NAME;
    if operation.method == Method::Post && !is_form {
        return fields.clone();
    }
    let texts = fields.as_object().into_iter().flatten().filter_map(|(name, value)| match value {
        Value::String(text) => Some((name.clone(), json!(text))),
        Value::Null => None,
        other => (!is_form).then(|| (name.clone(), json!(other.to_string()))),
    });
    texts.collect::<Map<_, _>>().into()
}

#[tokio::test(start_paused = true)]
async fn market_requests_are_refused_by_the_rules() -> Answered {
    let mut refused = 0;
    for operation in OPERATIONS.iter().filter(|operation| operation.market.is_some()) {
        let rules = |request: &Value| catalog::check_named_on(operation.name, request, Route::Market);
        let examples = [catalog::examples(operation.name), catalog::market_examples(operation.name)];
        for example in examples.into_iter().flatten().flatten() {
            let (_, mut caller) = account().await?;
            let variants = if rules(&example)?.result.is_ok() { variants(&example) } else { Vec::new() };
            for (name, variant) in variants {
                // The route has no such field, and implies its value.
                let is_implied =
                    operation.market_form.is_some_and(|form| form.fields_only_classic().any(|it| it == name));
                if is_implied || rules(&variant)?.result.is_ok() {
                    continue;
                }
                let encoded = catalog::encode_named_on(operation.name, &variant, Route::Market)??;
                let EncodedBody::Json(body) = encoded.content else { return Err("not JSON".into()) };
                let body: Value = serde_json::from_slice(&body)?;
                let answer = caller.post(&encoded.path_and_query, &body).await?;
                assert_ne!(answer["code"], 200, "{}: {answer}\n{variant}\n{body}", operation.name);
                refused += 1;
            }
        }
    }
    assert!(refused > 1_000, "{refused}");
    Ok(())
}
