//! Schemas of callbacks. Each kind of task has its own type of `data`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::{
    callback::Callback,
    operation::Job,
    suno::music::recovery_audio::{RecoveredTrack, Recovery},
};

impl<J: Job<Callback: JsonSchema>> JsonSchema for Callback<J> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}Body", J::Callback::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut data = generator.subschema_for::<Option<J::Callback>>();
        if J::NAME == Recovery::NAME {
            // Callbacks about recovered links have a list as `data`. All other callbacks have an object.
            data = json_schema!({ "anyOf": [data, generator.subschema_for::<Vec<RecoveredTrack>>()] });
        }
        json_schema!({
            "description": "A callback. The webhook signature covers the task id and the time, not this body: look \
                            the task up before acting on what it says. On the market route, `data` can be a record \
                            with `state`, `resultJson` and `failCode` instead.",
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
