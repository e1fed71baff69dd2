//! The sandbox refuses each request that the rules of kie-types refuse, and accepts the others.

use kie_sandbox::{Sandbox, Speed};
use kie_types::{
    EncodedBody, Route,
    catalog::{self, OPERATIONS, Operation},
};
use serde_json::{Value, json};

use crate::caller::{Answered, TestCaller};

const HOOK: &str = "https://hooks.example.net/kie";

/// Returns variants of a request: each field is removed, or has a value that is often wrong.
fn variants(example: &Value) -> Vec<Value> {
    let mut variants = Vec::new();
    for name in example.as_object().into_iter().flat_map(|fields| fields.keys()) {
        let mut without = example.clone();
        without.as_object_mut().and_then(|fields| fields.remove(name));
        variants.push(without);
        for wrong in [Value::Null, json!(""), json!(" "), json!(-1), json!(1e6), json!(true), json!(["x"]), json!({})] {
            let mut variant = example.clone();
            variant[name] = wrong;
            variants.push(variant);
        }
        if example[name].is_string() {
            let mut variant = example.clone();
            variant[name] = json!("x".repeat(6_000));
            variants.push(variant);
        }
    }
    variants
}

/// Returns `true` if a field of the request must name a task, a track or a file, and names none that exists.
fn is_about_sources(answer: &Value) -> bool {
    let words = ["not exist", "does not need", "not found", "not in valid", "url is wrong", "missing", "Base64"];
    words.iter().any(|words| answer["msg"].as_str().is_some_and(|msg| msg.contains(words)))
}

#[tokio::test(start_paused = true)]
async fn classic_requests_are_refused_by_the_rules() -> Answered {
    let (mut refused, mut accepted) = (0, 0);
    for operation in OPERATIONS {
        for example in catalog::examples(operation.name).ok_or(operation.name)? {
            for mut variant in variants(&example) {
                // The sandbox refuses a request without this address by itself.
                if let Some(name) = operation.call_back_url.filter(|name| variant.get(*name).is_none()) {
                    variant[name] = json!(HOOK);
                }
                let is_valid = catalog::check_named(operation.name, &written(operation, &variant)?)?.result.is_ok();
                let sandbox = Sandbox::builder().speed(Speed::Instant).build();
                let answer = TestCaller::new(&sandbox).await?.call(operation, &variant).await?;
                let told = || format!("{}: {answer}\n{variant}", operation.name);
                if is_valid {
                    let needs_hook = answer["msg"].as_str().is_some_and(|msg| msg.starts_with("Please enter"));
                    assert!(answer["code"] == 200 || needs_hook || is_about_sources(&answer), "{}", told());
                    accepted += usize::from(answer["code"] == 200);
                } else {
                    assert_ne!(answer["code"], 200, "{}", told());
                    assert!(sandbox.tasks().is_empty() && sandbox.books().charged.get() == 0.0, "{}", told());
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 500 && accepted > 200, "{refused} {accepted}");
    Ok(())
}

/// Returns a request as it arrives: a query and a form have only texts.
fn written(operation: &Operation, fields: &Value) -> Answered<Value> {
    if operation.method == kie_types::Method::Post && operation.name != "upload-file-stream" {
        return Ok(fields.clone());
    }
    let texts = fields.as_object().into_iter().flatten().filter_map(|(name, value)| match value {
        Value::Null => None,
        Value::String(text) => Some((name.clone(), json!(text))),
        other => Some((name.clone(), json!(other.to_string()))),
    });
    Ok(texts.collect::<serde_json::Map<_, _>>().into())
}

#[tokio::test(start_paused = true)]
async fn market_requests_are_refused_by_the_rules() -> Answered {
    let mut refused = 0;
    for operation in OPERATIONS.iter().filter(|operation| operation.market.is_some()) {
        let examples = [catalog::examples(operation.name), catalog::market_examples(operation.name)];
        for variant in examples.into_iter().flatten().flatten().flat_map(|example| variants(&example)) {
            if catalog::check_named_on(operation.name, &variant, Route::Market)?.result.is_ok() {
                continue;
            }
            let Ok(encoded) = catalog::encode_named_on(operation.name, &variant, Route::Market)? else { continue };
            let EncodedBody::Json(body) = encoded.content else { return Err("not JSON".into()) };
            let body: Value = serde_json::from_slice(&body)?;
            let sandbox = Sandbox::builder().speed(Speed::Instant).build();
            let answer = TestCaller::new(&sandbox).await?.post(&encoded.path_and_query, &body).await?;
            assert_ne!(answer["code"], 200, "{}: {answer}\n{variant}\n{body}", operation.name);
            refused += 1;
        }
    }
    assert!(refused > 500, "{refused}");
    Ok(())
}
