//! The parts that all documents have.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use kie_types::{Host, schema};
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::{
    answer,
    names::{reference, version},
    standalone,
};

const LICENCE: &str = "MIT OR Apache-2.0";

/// A document under construction.
pub(super) struct Document {
    /// Collects the named types of kie-types.
    pub(super) generator: SchemaGenerator,
    pub(super) paths: BTreeMap<&'static str, Map<String, Value>>,
    pub(super) webhooks: Map<String, Value>,
    /// Schemas that only a document has, such as the envelopes of answers.
    pub(super) schemas: BTreeMap<String, Value>,
    tags: BTreeMap<&'static str, &'static str>,
}

impl Document {
    pub(super) fn new() -> Self {
        Self {
            generator: schema::generator(),
            paths: BTreeMap::new(),
            webhooks: Map::new(),
            schemas: BTreeMap::new(),
            tags: BTreeMap::new(),
        }
    }

    /// Returns the name of a section of KIE's documentation, which becomes a tag of the document.
    pub(super) fn tag(&mut self, section: &str) -> &'static str {
        let (name, about) = match section {
            "suno-api" => ("Suno", "Songs, lyrics and voices, and files made from them"),
            "file-upload-api" => ("Uploads", "Files that other operations can use"),
            "market" => ("Tasks", "Start and state of the tasks of all operations"),
            _ => ("Account", "Credits, and links to files"),
        };
        self.tags.insert(name, about);
        name
    }

    /// Adds an operation.
    pub(super) fn add(&mut self, path: &'static str, method: &str, operation: Value) {
        self.paths.entry(path).or_default().insert(method.to_lowercase(), operation);
    }

    /// Returns the whole document. `about` says what it describes.
    pub(super) fn finish(mut self, title: &str, about: &str, host: Host) -> anyhow::Result<Value> {
        let mut schemas = self.generator.take_definitions(true);
        schemas.extend(self.schemas);
        schemas.insert("Refusal".into(), answer::refusal(host));
        let tags = self.tags.iter().map(|(name, about)| json!({ "name": name, "description": about }));
        let mut document = json!({
            "openapi": "3.1.0",
            "info": {
                "title": title,
                "version": version()?,
                "summary": "Music, lyrics and voices, and files made from them",
                "description": format!(
                    "{about}\n\nNot published by KIE.AI. Where its pages and the live service differ, this document \
                     follows the live service.\n\nEach call of an operation that creates something, see `x-effect`, usually costs \
                     credits. The service has no idempotency key: a repeated call pays again.\n\nThe `code` in the \
                     body of an answer decides: 200 is success, and any other code is a refusal, usually with HTTP \
                     status 200."
                ),
                "contact": { "name": "Documentation of the service", "url": "https://docs.kie.ai" },
                "license": { "name": LICENCE, "identifier": LICENCE },
            },
            "servers": [{ "url": host.base_url() }],
            "security": [{ "bearer": [] }],
            "tags": tags.collect::<Vec<_>>(),
            "paths": self.paths,
            "components": {
                "schemas": schemas,
                "responses": { "Refused": {
                    "description": "The service, or a proxy before it, refused the call: see `code`.",
                    "content": { "application/json": { "schema": reference("Refusal") } },
                } },
                "securitySchemes": { "bearer": {
                    "type": "http", "scheme": "bearer", "description": "The key from https://kie.ai/api-key",
                } },
            },
        });
        if !self.webhooks.is_empty() {
            document["webhooks"] = self.webhooks.into();
        }
        keep_only_used(&mut document)?;
        Ok(document)
    }
}

/// Removes the components to which nothing in the document refers. The description of an operation has components for
/// both routes.
fn keep_only_used(document: &mut Value) -> anyhow::Result<()> {
    let components = document["components"]["schemas"].take();
    let components = components.as_object().context("a document has components")?;
    let mut used = BTreeSet::new();
    standalone::collect(document, components, &mut used)?;
    let used = components.iter().filter(|(name, _)| used.contains(name.as_str()));
    let used: Map<_, _> = used.map(|(name, schema)| (name.clone(), schema.clone())).collect();
    document["components"]["schemas"] = used.into();
    Ok(())
}

/// Returns the first sentence of a description.
pub(super) fn summary(about: &str) -> &str {
    let end = about.find(['.', '\n']).unwrap_or(about.len());
    &about[..end]
}
