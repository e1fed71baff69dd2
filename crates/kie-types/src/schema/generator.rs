//! Schema generator that collects the named types.

use schemars::{SchemaGenerator, generate::SchemaSettings};

/// Returns a generator for an OpenAPI 3.1 document: JSON Schema 2020-12, with the named types in `components/schemas`.
pub fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    settings.for_serialize().into_generator()
}
