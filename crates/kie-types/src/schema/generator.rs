//! Schema generator that collects the named types.

use schemars::{SchemaGenerator, generate::SchemaSettings};

/// Returns a generator for an OpenAPI 3.1 document: JSON Schema 2020-12, with the named types in `components/schemas`.
///
/// A service publishes types of this crate in its own document, beside types of its own. The example `service` of this crate
/// has the whole document.
///
/// ```
/// use kie_types::{GenerateMusic, MusicRecord, schema};
///
/// let mut generator = schema::generator();
/// let song = generator.subschema_for::<GenerateMusic>();
/// let record = generator.subschema_for::<MusicRecord>();
/// assert_eq!(record.get("$ref"), Some(&"#/components/schemas/MusicRecord".into()));
///
/// // The definitions of these types, and of all types inside of them.
/// let schemas = generator.take_definitions(true);
/// assert!(schemas.contains_key("GenerateMusic") && schemas.contains_key("Track"));
/// # assert!(song.get("$ref").is_some());
/// ```
pub fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    settings.for_serialize().into_generator()
}
