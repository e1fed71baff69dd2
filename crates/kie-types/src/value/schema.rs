//! Schemas of types that are a single text or number in JSON.

use super::{
    id::{AudioId, PersonaId, TaskId},
    json_text::JsonText,
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
    // A link has no format `uri` in the schema, since some links contain spaces.
    Link<K: Kind> = { "type": "string" },
    JsonText = { "type": "string", "contentMediaType": "application/json" },
    Seconds = { "type": "number" },
    // A weight has no `multipleOf` in the schema: as a float, 0.29 is not an exact multiple of 0.01.
    Weight = { "type": "number", "minimum": Weight::MIN, "maximum": Weight::MAX },
    Timestamp = { "type": ["integer", "string"] },
}
