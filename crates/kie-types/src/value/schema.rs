//! The schemas of values that are one JSON value each.

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
    // Not of the format `uri`: links with spaces in them have been seen.
    Link<K: Kind> = { "type": "string" },
    JsonText = { "type": "string", "contentMediaType": "application/json" },
    Seconds = { "type": "number" },
    // The step is not said: in binary fractions 0.29 is no multiple of 0.01.
    Weight = { "type": "number", "minimum": Weight::MIN, "maximum": Weight::MAX },
    Timestamp = { "type": ["integer", "string"] },
}
