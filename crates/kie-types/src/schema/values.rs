//! The schemas of values that are one JSON value each, and of the few answers that are written by hand.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::{
    callback::Callback,
    common::get_account_credits::Credits,
    id::{AudioId, PersonaId, TaskId},
    job::Job,
    json_text::JsonText,
    link::{Kind, Link},
    seconds::Seconds,
    started::Started,
    suno::music::recovery_audio::{RecoveredTrack, Recovery},
    timestamp::Timestamp,
    weight::Weight,
};

/// Values whose schema stands where they are used, without a name of its own.
macro_rules! inline {
    ($($name:ident $(<$generic:ident: $bound:ident>)? = $schema:tt,)+) => {$(
        impl $(<$generic: $bound>)? JsonSchema for $name $(<$generic>)? {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

inline! {
    AudioId = { "type": "string" },
    PersonaId = { "type": "string" },
    TaskId<J: Job> = { "type": "string" },
    // Not of the format `uri`: links with spaces in them have been seen.
    Link<K: Kind> = { "type": "string" },
    JsonText = { "type": "string", "contentMediaType": "application/json" },
    Seconds = { "type": "number" },
    Credits = { "type": "number" },
    // The step is not said: in binary fractions 0.29 is no multiple of 0.01.
    Weight = { "type": "number", "minimum": Weight::MIN, "maximum": Weight::MAX },
    Timestamp = { "type": ["integer", "string"] },
}

impl<J: Job> JsonSchema for Started<J> {
    fn schema_name() -> Cow<'static, str> {
        "Started".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An accepted submit: the id to look the task up with.",
            "type": "object",
            "properties": {
                "taskId": { "type": "string" },
                "task_id": { "type": "string", "description": "Another spelling of `taskId`." },
            },
            "anyOf": [{ "required": ["taskId"] }, { "required": ["task_id"] }],
        })
    }
}

impl<J: Job<Callback: JsonSchema>> JsonSchema for Callback<J> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}Body", J::Callback::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut data = generator.subschema_for::<Option<J::Callback>>();
        if J::NAME == Recovery::NAME {
            // Its rows are `data`; all others have an object there.
            data = json_schema!({ "anyOf": [data, generator.subschema_for::<Vec<RecoveredTrack>>()] });
        }
        json_schema!({
            "description": "A callback. The webhook signature covers the task id and the time, not this body: look \
                            the task up before acting on what it says.",
            "type": "object",
            "properties": {
                "code": { "type": "integer", "description": "200 if the stage was reached; else why it was not." },
                "msg": { "type": ["string", "null"], "description": "The service's words for it." },
                "taskId": { "type": ["string", "null"], "description": "The task, where it is not in `data`. Also \
                                                                        seen as `task_id`." },
                "data": data,
            },
        })
    }
}
