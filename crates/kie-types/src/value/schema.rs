//! Schemas of types that are a single text or number in JSON.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::{
    id::{AudioId, PersonaId, TaskId},
    json_text::JsonText,
    lifetime::Lifetime,
    link::{Kind, Link},
    seconds::Seconds,
    timestamp::Timestamp,
    weight::Weight,
};
use crate::describe::in_place;

in_place! {
    AudioId = { "type": "string" },
    PersonaId = { "type": "string" },
    TaskId<J> = { "type": "string" },
    JsonText = { "type": "string", "contentMediaType": "application/json" },
    Seconds = { "type": "number" },
    // A weight has no `multipleOf` in the schema: as a float, 0.29 is not an exact multiple of 0.01.
    Weight = { "type": "number", "minimum": Weight::MIN, "maximum": Weight::MAX },
    Timestamp = { "type": ["integer", "string"] },
    NumberOrText = { "type": ["number", "string"] },
    // Without a type: a generator would give the object a class, and another one to each other name of the field.
    JsonOrText = { "contentMediaType": "application/json" },
}

/// Number that the service also sends as text.
pub(crate) enum NumberOrText {}

/// JSON that the service sends as text, or in place of the text.
pub(crate) enum JsonOrText {}

impl<K: Kind> JsonSchema for Link<K> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Link".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // A link has no format `uri` in the schema, since some links contain spaces.
        let mut schema = json_schema!({ "type": "string" });
        if let Some(lifetime) = K::default().lifetime() {
            schema.insert("x-retention".into(), retention(*lifetime));
        }
        schema
    }
}

/// Returns the shortest documented time for which the service keeps a file, as in `x-retention`: a number of days, such
/// as `{"days": 14}`, or of minutes if the time is shorter than a day.
pub fn retention(lifetime: Lifetime) -> Value {
    let minutes = lifetime.shortest.as_secs() / 60;
    match minutes / (24 * 60) {
        0 => json!({ "minutes": minutes }),
        days => json!({ "days": days }),
    }
}
