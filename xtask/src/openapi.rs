//! Writes the OpenAPI document, which is for services and for languages other than Rust.

use std::collections::BTreeMap;

use anyhow::Context as _;
use kie_types::{
    Effect, Endpoint, Host, Job, Method, RefusalKind, TaskEndpoint,
    catalog::{self, OPERATIONS, Visitor},
    schema::{self, OperationSchemas},
    signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER},
};
use serde_json::{Map, Value, json};

/// Operations whose response is only the task record, without the service's usual envelope.
const BARE: [&str; 1] = ["get-recovery-audio-details"];

/// Each host, with a sentence that says which operations it serves.
const HOSTS: [(Host, &str); 2] = [(Host::Api, "All operations except uploads"), (Host::Upload, "Uploads only")];

pub(crate) fn document() -> anyhow::Result<Value> {
    let mut generator = schema::generator();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut pushes = BTreeMap::new();
    for operation in OPERATIONS {
        let described = catalog::describe(operation.name, &mut generator).context("every operation is described")?;
        let visited = catalog::visit(operation.name, Visit { described: &described, pushes: &mut pushes });
        let item = paths.entry(operation.path).or_default();
        item.insert("servers".into(), json!([server(operation.host)]));
        item.insert(operation.method.as_str().to_lowercase(), visited.context("every operation can be visited")??);
    }
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Refusal".into(), refusal());
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "KIE.AI Suno API",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Music, lyrics and voices, and files made from them",
            "description": "Written by `cargo xtask generate` from the types of kie-types. Not published by KIE.AI. \
                            Where its pages and the live service differ, this document follows the live \
                            service.\n\nEach call of an operation marked `x-effect: creates` usually costs \
                            credits. The service has no idempotency key: a repeated call pays again.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": HOSTS.map(|(host, _)| server(host)),
        "security": [{ "bearer": [] }],
        "paths": paths,
        "webhooks": pushes.keys().map(|job: &&str| ((*job).to_owned(), push_of(job))).collect::<Map<_, _>>(),
        "components": {
            "schemas": schemas,
            "pathItems": pushes,
            "responses": { "Refused": {
                "description": "The service, or a proxy before it, refused the call: see `code`.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Refusal" } } },
            } },
            "securitySchemes": { "bearer": {
                "type": "http", "scheme": "bearer", "description": "The key from https://kie.ai/api-key",
            } },
        },
    }))
}

fn server(host: Host) -> Value {
    let use_of = HOSTS.iter().find(|(known, _)| *known == host).map_or("", |(_, text)| text);
    json!({ "url": host.base_url(), "description": use_of })
}

/// Visitor that returns the description of one operation. Adds the schema of its callback to `pushes`.
struct Visit<'a> {
    described: &'a OperationSchemas,
    pushes: &'a mut BTreeMap<&'static str, Value>,
}

impl Visitor for Visit<'_> {
    type Output = anyhow::Result<Value>;

    fn call<E: Endpoint>(self) -> Self::Output {
        let about = &self.described.about;
        let end = about.find(['.', '\n']).unwrap_or(about.len());
        let mut operation = json!({
            "operationId": E::NAME,
            "summary": about[..end],
            "description": about,
            "externalDocs": { "url": E::DOCS },
            "tags": [E::DOCS.split('/').nth(3).context("a page stands in a section")?],
            "x-effect": if E::EFFECT == Effect::Reads { "reads" } else { "creates" },
            "responses": { "200": accepted::<E>(self.described), "default": { "$ref": "#/components/responses/Refused" } },
        });
        match E::METHOD {
            Method::Get => operation["parameters"] = parameters(&self.described.request),
            // The examples of this operation contain a local path, so they are not shown. The request is a form with
            // the content of the file.
            _ if E::FILE.is_some() => operation["requestBody"] = form(&self.described.request),
            _ => operation["requestBody"] = body(&self.described.request, &examples(E::NAME)?),
        }
        Ok(operation)
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        let job = <E::Job as Job>::NAME;
        if let Some(schema) = &self.described.callback {
            self.pushes.entry(job).or_insert_with(|| push(job, schema));
        }
        let mut operation = self.call::<E>()?;
        if let Some(field) = E::CALL_BACK_URL {
            operation["callbacks"] = json!({ job: { format!("{{$request.body#/{field}}}"): push_of(job) } });
        }
        Ok(operation)
    }
}

fn form(schema: &schemars::Schema) -> Value {
    json!({ "required": true, "content": { "multipart/form-data": { "schema": schema } } })
}

fn body(schema: &schemars::Schema, examples: &Value) -> Value {
    json!({ "required": true, "content": { "application/json": { "schema": schema, "examples": examples } } })
}

fn examples(operation: &str) -> anyhow::Result<Value> {
    let examples = catalog::examples(operation).context("every operation has examples")?;
    let last = examples.len().saturating_sub(1);
    let named = examples.iter().enumerate().map(|(index, example)| {
        let name = match index {
            0 => "smallest".to_owned(),
            index if index == last => "fullest".to_owned(),
            index => format!("another-{index}"),
        };
        (name, json!({ "value": example }))
    });
    Ok(Value::Object(named.collect()))
}

/// Returns each field of a query as a parameter.
fn parameters(schema: &schemars::Schema) -> Value {
    let required = schema.get("required").and_then(Value::as_array);
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let parameter = |(name, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        let required = required.is_some_and(|required| required.iter().any(|field| field == name));
        json!({ "name": name, "in": "query", "required": required, "description": description, "schema": schema })
    };
    properties.map(parameter).collect()
}

/// Returns the response for HTTP status 200. A refusal can also have this status.
fn accepted<E: Endpoint>(described: &OperationSchemas) -> Value {
    let success = json!({
        "type": "object",
        "properties": {
            "code": { "type": "integer", "const": 200 },
            "msg": { "type": ["string", "null"] },
            "data": described.response,
        },
        "required": ["code"],
    });
    let success = if BARE.contains(&E::NAME) { json!(described.response) } else { success };
    json!({
        "description": "The code in the body decides: 200 is success, any other code is a refusal.",
        "content": { "application/json": {
            "schema": { "anyOf": [success, { "$ref": "#/components/schemas/Refusal" }] },
        } },
    })
}

fn push_of(job: &str) -> Value {
    json!({ "$ref": format!("#/components/pathItems/{job}") })
}

/// Returns the description of the callback that the service sends about a task of this kind.
fn push(job: &str, schema: &schemars::Schema) -> Value {
    let header = |name, description| json!({ "name": name, "in": "header", "description": description, "schema": { "type": "string" } });
    json!({ "post": {
        "summary": format!("Update of a task of the kind {job}"),
        "description": "May arrive twice, late, or not at all.",
        "security": [],
        "parameters": [
            header(TIMESTAMP_HEADER, "Time of the signature, in seconds since 1970."),
            header(SIGNATURE_HEADER, "HMAC-SHA256 in Base64 over the task id, a dot and the time. It does not cover the body."),
        ],
        "requestBody": { "required": true, "content": { "application/json": { "schema": schema } } },
        "responses": { "200": { "description": "Accepted." } },
    } })
}

fn refusal() -> Value {
    json!({
        "description": "The service refused the call.",
        "type": "object",
        "properties": {
            "code": { "type": "integer", "not": { "const": 200 }, "description": refusals() },
            "msg": { "type": ["string", "null"], "description": "Message of the service." },
            "data": { "description": "Usually null, but may hold the task id." },
        },
        "required": ["code"],
    })
}

/// Returns the codes of refusals as text. Codes of the same [`RefusalKind`] are on one line.
fn refusals() -> String {
    let mut codes: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for code in 400..600 {
        let kind = RefusalKind::of_code(code, "");
        let is_rest = kind == RefusalKind::Unknown || (kind == RefusalKind::Server && code != 500);
        if !is_rest {
            codes.entry(in_words(kind)).or_default().push(code);
        }
    }
    let mut lines: Vec<_> = codes.into_iter().map(|(kind, codes)| (codes, kind)).collect();
    lines.sort();
    let lines = lines.into_iter().map(|(codes, kind)| {
        let codes: Vec<_> = codes.iter().map(|code| format!("`{code}`")).collect();
        format!("- {}: {kind}", codes.join(", "))
    });
    let lines: Vec<_> = lines.collect();
    format!(
        "A refusal: a code that is not 200, usually with HTTP status 200.\n\n{}\n\nThe text of 429 and 500 tells \
         whether the rate or the credits are exhausted.",
        lines.join("\n")
    )
}

/// Returns the name of a kind in small letters and separate words.
fn in_words(kind: RefusalKind) -> String {
    let name = format!("{kind:?}");
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}
