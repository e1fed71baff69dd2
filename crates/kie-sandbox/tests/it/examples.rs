//! Every example of a request is accepted as it stands by a new account.

use std::{fs, path::Path};

use kie_sandbox::{SERVED_OPERATIONS, Sandbox, Speed};
use kie_types::{
    EncodedBody, Endpoint, Job, Output, Record, Route, TaskEndpoint, TaskState,
    catalog::{self, OPERATIONS, Operation, Visitor},
};
use serde_json::{Value, json};

use crate::caller::{Answered, TestCaller};

const HOOK: &str = "https://hooks.example.net/kie";

/// Sends an example to a new account. Returns the account and the envelope of the response.
async fn sent(operation: &Operation, example: &Value) -> Answered<(Sandbox, Value)> {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let mut example = example.clone();
    if let Some(name) = operation.call_back_url.filter(|name| example.get(*name).is_none()) {
        example[name] = json!(HOOK);
    }
    let answer = caller.call(operation, &example).await?;
    Ok((sandbox, answer))
}

/// Returns `true` if the rules of kie-types accept the body.
fn is_valid(operation: &Operation, body: &Value) -> Answered<bool> {
    Ok(catalog::check_named(operation.name, body)?.result.is_ok())
}

#[tokio::test(start_paused = true)]
async fn examples_of_the_catalogue_are_accepted() -> Answered {
    for (operation, served) in OPERATIONS.iter().zip(SERVED_OPERATIONS) {
        let name = operation.name;
        assert_eq!(served.operation.name, name);
        for example in catalog::examples(name).ok_or(name)? {
            let (sandbox, answer) = sent(operation, &example).await?;
            assert_eq!(answer["code"], 200, "{name}: {answer}\n{example}");
            assert!(!answer["data"].is_null(), "{name}: {answer}");
            assert_eq!(sandbox.requests(name).len(), 1, "the recorded requests of {name}");
            assert_eq!(sandbox.tasks().len(), usize::from(operation.job.is_some()), "the tasks of {name}");
            let price = catalog::price_named(name, &example)?.unwrap_or_default();
            assert_eq!(sandbox.books().charged, price, "the price of {name}");
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn examples_of_the_market_route_are_accepted() -> Answered {
    let mut slugs = 0;
    for operation in OPERATIONS.iter().filter(|operation| operation.market.is_some()) {
        let examples = [catalog::examples(operation.name), catalog::market_examples(operation.name)];
        let mut carried = 0;
        for example in examples.into_iter().flatten().flatten() {
            // The route cannot carry every example of the classic route.
            if catalog::check_named_on(operation.name, &example, Route::Market)?.result.is_err() {
                continue;
            }
            let encoded = catalog::encode_named_on(operation.name, &example, Route::Market)??;
            let EncodedBody::Json(body) = encoded.content else { return Err("not JSON".into()) };
            let mut body: Value = serde_json::from_slice(&body)?;
            body["callBackUrl"] = json!(HOOK);
            let sandbox = Sandbox::builder().speed(Speed::Instant).build();
            let answer = TestCaller::new(&sandbox).await?.post(&encoded.path_and_query, &body).await?;
            assert_eq!(answer["code"], 200, "{}: {answer}\n{body}", operation.name);
            carried += 1;
        }
        assert!(carried > 0, "no example of {}", operation.name);
        slugs += 1;
    }
    assert_eq!(slugs, 23);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn documented_requests_are_accepted() -> Answered {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/documented");
    let mut accepted = 0;
    for operation in OPERATIONS {
        for file in fs::read_dir(folder.join(operation.name))? {
            let file = file?.path();
            let fixture: Value = serde_json::from_slice(&fs::read(&file)?)?;
            let body = &fixture["body"];
            if fixture["kind"] != "request" || !is_valid(operation, body)? {
                continue;
            }
            let (_, answer) = sent(operation, body).await?;
            // The live service was seen to refuse this form, although a page names it.
            let code = if file.ends_with("upload-file-base-64/request-data-address.json") { 400 } else { 200 };
            assert_eq!(answer["code"], code, "{}: {answer}\n{body}", file.display());
            accepted += usize::from(code == 200);
        }
    }
    assert!(accepted >= 90, "{accepted}");
    Ok(())
}

/// Every lookup in the examples finds a finished task with results, as kie-types reads them.
#[tokio::test(start_paused = true)]
async fn examples_of_lookups_find_finished_tasks() -> Answered {
    for operation in OPERATIONS {
        let Some(lookup) = catalog::visit(operation.name, Lookup).flatten() else { continue };
        let lookup = catalog::find(lookup)?;
        let example = &catalog::examples(lookup.name).ok_or(lookup.name)?[0];
        let (_, answer) = sent(lookup, example).await?;
        let body = answer.to_string();
        let items = catalog::visit(operation.name, Items(body.as_bytes())).flatten();
        assert!(items >= Some(1), "{}: {answer}", lookup.name);
    }
    Ok(())
}

/// Returns the name of the operation that looks up the tasks of an operation.
struct Lookup;

impl Visitor for Lookup {
    type Output = Option<&'static str>;

    fn call<E: Endpoint>(self) -> Self::Output {
        None
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        Some(<E::Job as Job>::Lookup::NAME)
    }
}

/// Reads the response to a lookup. Returns the number of results of a finished task.
struct Items<'a>(&'a [u8]);

impl Visitor for Items<'_> {
    type Output = Option<usize>;

    fn call<E: Endpoint>(self) -> Self::Output {
        None
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        let record = <E::Job as Job>::Lookup::read(200, self.0).ok()??;
        (record.state() == TaskState::Complete).then(|| record.output().map(|output| output.items().len()))?
    }
}

/// The tasks of a new account are found on the market route too.
#[tokio::test(start_paused = true)]
async fn the_market_route_finds_the_tasks_of_the_examples() -> Answered {
    let mut caller = TestCaller::new(&Sandbox::default()).await?;
    for operation in OPERATIONS.iter().filter(|operation| operation.path.ends_with("/record-info")) {
        let example = &catalog::examples(operation.name).ok_or(operation.name)?[0];
        let id = example.get("taskId").or(example.get("task_id")).and_then(Value::as_str).ok_or("no id")?;
        let answer = caller.get(&format!("/api/v1/jobs/recordInfo?taskId={id}")).await?;
        assert_eq!((&answer["code"], &answer["data"]["state"]), (&json!(200), &json!("success")), "{answer}");
    }
    Ok(())
}
