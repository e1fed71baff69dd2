//! Schemas of the types that are a single JSON value.

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
    // No format `uri`, since some links contain spaces.
    Link<K: Kind> = { "type": "string" },
    JsonText = { "type": "string", "contentMediaType": "application/json" },
    Seconds = { "type": "number" },
    // No `multipleOf`: in binary fractions, 0.29 is not a multiple of 0.01.
    Weight = { "type": "number", "minimum": Weight::MIN, "maximum": Weight::MAX },
    Timestamp = { "type": ["integer", "string"] },
}
