//! The market route: one path starts the tasks of all operations, and one path looks them up.

use anyhow::Context as _;
use kie_types::{
    AnyCallback, BoostedStyle, Effect, Host, MarketForm, MarketModel, MarketModels, MarketRecord, Music, Persona,
    Started, TimestampedLyrics, VoiceAvailability,
    catalog::{self, OPERATIONS, Operation},
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{
    answer, callbacks,
    document::{Document, summary},
    examples, facts,
    names::{pascal, reference},
};

pub(super) fn document() -> anyhow::Result<Value> {
    let mut document = Document::new();
    let tag = document.tag("market");
    let start = start(&mut document, tag)?;
    document.add(MarketForm::SUBMIT_PATH, "post", start);
    let record = component::<MarketRecord>(&mut document.generator);
    let lookup = lookup(&mut document, tag, &record)?;
    document.add(MarketForm::LOOKUP_PATH, "get", lookup);
    let models = models(&mut document, tag);
    document.add(MarketModel::PATH, "get", models);
    let webhook = callbacks::of_any(&mut document.generator, examples::of_market("callbacks")?);
    document.webhooks.insert("any".into(), webhook);
    let about = "The market route: one path starts the tasks of all operations. The field `model` of a request names \
                 the operation, and `input` has the fields of the operation. Account, downloads and uploads are not \
                 part of the route: the documents of the classic route and of the uploads describe them.";
    document.finish("KIE.AI Suno API, market route", about, Host::Api)
}

/// Returns the description of the start of a task. Adds the body of each operation to the document.
fn start(document: &mut Document, tag: &str) -> anyhow::Result<Value> {
    let (mut bodies, mut mapping, mut examples, mut credits) = (Vec::new(), Map::new(), Map::new(), Map::new());
    for operation in OPERATIONS {
        let Some(slug) = operation.market else { continue };
        let described = catalog::describe(operation.name, &mut document.generator);
        let described = described.context("every operation is described")?;
        let input = described.market.context("an operation with a slug has an input")?;
        let name = format!("{}MarketRequest", pascal(operation.name));
        let call_back_url = operation.call_back_url.and_then(|field| field_of(document, &described.request, field));
        document.schemas.insert(name.clone(), body(slug, &input.to_value(), call_back_url, &described.about));
        mapping.insert(slug.to_owned(), format!("#/components/schemas/{name}").into());
        bodies.push(reference(&name));
        examples.append(&mut of_operation(operation)?);
        credits.extend(facts::price(operation).map(|price| (slug.to_owned(), price)));
    }
    let body = json!({ "oneOf": bodies, "discriminator": { "propertyName": "model", "mapping": mapping } });
    document.schemas.insert("MarketRequest".into(), body);
    let answer = start_answer(document);
    let about = "Starts a task of any operation.\n\nMost operations answer with the id of the task. The operations \
                 `ai-music-api/generate-persona`, `ai-music-api/boost-music-style`, `ai-music-api/timeStamped-lyrics` and \
                 `ai-music-api/check-voice` may answer with the result in place of a task.";
    let mut accepted = answer::accepted(&answer, examples::of_market("submits")?);
    accepted["links"] = json!({ "record": {
        "operationId": LOOKUP,
        "description": "Record of the task, with its state and its results.",
        "parameters": { "taskId": "$response.body#/data/taskId" },
    } });
    let callback = component::<AnyCallback>(&mut document.generator);
    Ok(json!({
        "operationId": "create-task",
        "summary": summary(about),
        "description": about,
        "externalDocs": { "url": "https://docs.kie.ai/suno-api/quickstart" },
        "tags": [tag],
        "x-effect": Effect::Creates.as_str(),
        "x-credits": credits,
        "x-rate-limit": facts::rate_limit(),
        "requestBody": { "required": true, "content": { "application/json": {
            "schema": reference("MarketRequest"), "examples": examples,
        } } },
        "responses": answer::responses(&accepted),
        "callbacks": { "task": { "{$request.body#/callBackUrl}": callbacks::item(
            "create-task-callback", "Callback about the task", &callback, Map::new(),
        ) } },
    }))
}

/// Name of the lookup.
const LOOKUP: &str = "get-task-detail";

/// Returns the body that starts a task of an operation.
fn body(slug: &str, input: &Value, call_back_url: Option<Value>, about: &str) -> Value {
    let mut body = json!({
        "type": "object",
        "description": about,
        "properties": {
            "model": { "type": "string", "const": slug, "description": "Name of the operation." },
            "input": input,
        },
        "required": ["model", "input"],
    });
    if let Some(mut address) = call_back_url {
        address["description"] = "Address to which the service sends callbacks.".into();
        body["properties"]["callBackUrl"] = address;
    }
    body
}

/// Returns the schema of a field of a request on the classic route.
fn field_of(document: &Document, request: &Schema, field: &str) -> Option<Value> {
    let name = request.get("$ref")?.as_str()?.rsplit('/').next()?;
    document.generator.definitions().get(name)?["properties"].get(field).cloned()
}

/// Returns the examples of an operation, by names that begin with the name of the operation.
fn of_operation(operation: &Operation) -> anyhow::Result<Map<String, Value>> {
    let bodies = examples::on_market(operation)?.into_iter().enumerate();
    Ok(bodies.map(|(index, body)| (format!("{}-{}", operation.name, index + 1), json!({ "value": body }))).collect())
}

/// Adds the answer to the start of a task, and returns a reference to it.
fn start_answer(document: &mut Document) -> Value {
    let generator = &mut document.generator;
    let results = [
        component::<Started<Music>>(generator),
        component::<Persona>(generator),
        component::<BoostedStyle>(generator),
        component::<TimestampedLyrics>(generator),
        component::<VoiceAvailability>(generator),
    ];
    let data = json!({ "anyOf": results });
    document.schemas.insert("CreateTaskAnswer".into(), answer::envelope(&data, Host::Api, true));
    reference("CreateTaskAnswer")
}

/// Returns the schema of a type, as a reference to its component.
fn component<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

fn lookup(document: &mut Document, tag: &str, record: &Value) -> anyhow::Result<Value> {
    document.schemas.insert("GetTaskDetailAnswer".into(), answer::envelope(record, Host::Api, false));
    let about = "Looks up a task of any operation. `resultJson` has the results as text that contains JSON.\n\nFor a moment \
                 after its start, a task can be unknown: the answer has code 422.";
    let example = catalog::examples("get-music-details").and_then(|examples| examples.into_iter().next());
    let example = example.context("every operation has examples")?;
    Ok(json!({
        "operationId": LOOKUP,
        "summary": summary(about),
        "description": about,
        "externalDocs": { "url": "https://docs.kie.ai/market/common/get-task-detail" },
        "tags": [tag],
        "x-effect": Effect::Reads.as_str(),
        "x-polling": facts::polling(),
        "parameters": [{
            "name": "taskId", "in": "query", "required": true, "description": "Id of the task to look up.",
            "schema": { "type": "string", "minLength": 1 }, "example": example["taskId"],
        }],
        "responses": answer::responses(&answer::accepted(
            &reference("GetTaskDetailAnswer"), examples::of_market("records")?,
        )),
    }))
}

fn models(document: &mut Document, tag: &str) -> Value {
    let models = component::<MarketModels>(&mut document.generator);
    document.schemas.insert("ListModelsAnswer".into(), answer::envelope(&models, Host::Api, false));
    let about = "Lists the operations of the route and the models of other providers, with prices as texts. Not documented: \
                 the form of the answer comes from a recording.";
    json!({
        "operationId": "list-models",
        "summary": summary(about),
        "description": about,
        "tags": [tag],
        "x-effect": Effect::Reads.as_str(),
        "responses": answer::responses(&answer::accepted(&reference("ListModelsAnswer"), Map::new())),
    })
}
