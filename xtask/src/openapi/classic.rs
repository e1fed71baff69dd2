//! The classic route: a document for each host.

use anyhow::Context as _;
use kie_types::{
    Endpoint, Host, Job, Method, TaskEndpoint,
    catalog::{self, Operation, Visitor},
    schema::OperationSchemas,
};
use serde_json::{Map, Value, json};

use super::{
    answer, callbacks,
    document::{Document, summary},
    examples, facts,
    names::{operations, pascal, reference},
};

/// Operations whose answer is only the task record, without the service's usual envelope.
const BARE: [&str; 1] = ["get-recovery-audio-details"];

pub(super) fn document(host: Host) -> anyhow::Result<Value> {
    let mut document = Document::new();
    for name in operations(host) {
        let described = catalog::describe(name, &mut document.generator).context("every operation is described")?;
        let operation = catalog::find(name)?;
        let visit = Visit { operation, described: &described, document: &mut document };
        let described = catalog::visit(name, visit).context("every operation can be visited")??;
        document.add(operation.path, operation.method.as_str(), described);
    }
    if host == Host::Upload {
        let about = "Uploads of files. They have their own host, so they have a document of their own. The operations \
                     on <https://api.kie.ai> use the address of an uploaded file.";
        return document.finish("KIE.AI file uploads", about, host);
    }
    let any = callbacks::of_any(&mut document.generator, Map::new());
    document.webhooks.insert("any".into(), any);
    let about = "The classic route: one path for each operation. Files are uploaded to another host, with a document of \
                 its own.";
    document.finish("KIE.AI Suno API", about, host)
}

/// Visitor that returns the description of one operation. Adds the answer and the webhook of the operation to the
/// document.
struct Visit<'a> {
    operation: &'static Operation,
    described: &'a OperationSchemas,
    document: &'a mut Document,
}

impl Visitor for Visit<'_> {
    type Output = anyhow::Result<Value>;

    fn call<E: Endpoint>(mut self) -> Self::Output {
        let about = &self.described.about;
        let section = E::DOCS.split('/').nth(3).context("a page stands in a section")?;
        let mut operation = json!({
            "operationId": E::NAME,
            "summary": summary(about),
            "description": about,
            "externalDocs": { "url": E::DOCS },
            "tags": [self.document.tag(section)],
            "responses": answer::responses(&answer::accepted(&self.answer::<E>(), examples::answers::<E>()?)),
        });
        match E::METHOD {
            Method::Get => operation["parameters"] = parameters::<E>(&self.described.request)?,
            _ => operation["requestBody"] = body::<E>(&self.described.request)?,
        }
        if let Some(fields) = operation.as_object_mut() {
            fields.append(&mut facts::of::<E>(self.operation));
        }
        Ok(operation)
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        let job = <E::Job as Job>::NAME;
        let body = self.described.callback.clone().context("a task has callbacks")?.to_value();
        if !self.document.webhooks.contains_key(job) {
            self.document.webhooks.insert(job.to_owned(), callbacks::of_job(job, &body)?);
        }
        let described = self.operation;
        let mut operation = self.call::<E>()?;
        if let Some(field) = E::CALL_BACK_URL {
            operation["callbacks"] = callbacks::of_operation(described, field, &body)?;
        }
        operation["responses"]["200"]["links"] = link::<E>()?;
        Ok(operation)
    }
}

impl Visit<'_> {
    /// Returns a reference to the answer of the operation, and adds the answer to the document.
    fn answer<E: Endpoint>(&mut self) -> Value {
        let data = self.described.response.clone().to_value();
        if BARE.contains(&E::NAME) {
            return data;
        }
        let name = format!("{}Answer", pascal(E::NAME));
        let envelope = answer::envelope(&data, E::HOST, self.operation.job.is_some());
        let answer = reference(&name);
        self.document.schemas.insert(name, envelope);
        answer
    }
}

/// Returns the link from the start of a task to its lookup.
fn link<E: TaskEndpoint>() -> anyhow::Result<Value> {
    let lookup = <<E::Job as Job>::Lookup as Endpoint>::NAME;
    let example = catalog::examples(lookup).and_then(|examples| examples.into_iter().next());
    let example = example.context("every operation has examples")?;
    let field = example.as_object().and_then(|fields| fields.keys().next()).context("a lookup names a task")?;
    Ok(json!({ "record": {
        "operationId": lookup,
        "description": "Record of the task, with its state and its results.",
        "parameters": { field.as_str(): "$response.body#/data/taskId" },
    } }))
}

/// Returns the body of a request. The request of an operation with a file is a form with the content of the file.
/// Its examples contain a local path, so they are not shown.
fn body<E: Endpoint>(schema: &schemars::Schema) -> anyhow::Result<Value> {
    let content = match E::FILE {
        Some(_) => json!({ "multipart/form-data": { "schema": schema } }),
        None => json!({ "application/json": { "schema": schema, "examples": examples::requests::<E>()? } }),
    };
    Ok(json!({ "required": true, "content": content }))
}

/// Returns each field of a query as a parameter, with the value of the first example.
fn parameters<E: Endpoint>(schema: &schemars::Schema) -> anyhow::Result<Value> {
    let example = catalog::examples(E::NAME).and_then(|examples| examples.into_iter().next()).unwrap_or_default();
    let required = schema.get("required").and_then(Value::as_array);
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let parameter = |(name, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        let required = required.is_some_and(|required| required.iter().any(|field| field == name));
        let mut parameter = json!({
            "name": name, "in": "query", "required": required, "description": description, "schema": schema,
        });
        if let Some(value) = example.get(name) {
            parameter["example"] = value.clone();
        }
        parameter
    };
    Ok(properties.map(parameter).collect())
}
