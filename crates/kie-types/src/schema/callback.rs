//! Schemas of callbacks. Each kind of task has its own type of `data`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::spelling::in_callback;
use crate::{
    callback::Callback,
    describe::{answer, describe_as},
    market::MarketRecord,
    operation::Job,
    suno::music::recovery_audio::{RecoveredTrack, Recovery},
};

impl<J: Job<Callback: JsonSchema>> JsonSchema for Callback<J> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}Body", J::Callback::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let payload = in_callback::<J::Callback>(generator);
        // Callbacks about recovered links have a list as `data`, and the task id beside it. All other callbacks have an
        // object.
        let (data, task_id) = match J::NAME == Recovery::NAME {
            true => (
                json_schema!({ "anyOf": [in_callback::<Vec<RecoveredTrack>>(generator), payload] }),
                ["task_id", "taskId"],
            ),
            false => (json_schema!({ "anyOf": [payload] }), ["taskId", "task_id"]),
        };
        body(
            "A callback. The webhook signature covers the task id and the time, and not this body: look the task up \
             before you act on the content of the body. Every documented callback has `code`, `msg` and `data`.",
            task_id,
            data,
        )
    }
}

/// Callback whose `data` is a record of the market route. KIE documents this form for all models of that route. No such
/// callback of a Suno operation is known.
#[derive(Debug)]
pub enum MarketCallbackBody {}

impl JsonSchema for MarketCallbackBody {
    fn schema_name() -> Cow<'static, str> {
        "MarketCallbackBody".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        body(
            "A callback whose `data` is a record of the market route. KIE documents this form for all models of that \
             route. No such callback of a Suno operation is known.",
            ["taskId", "task_id"],
            json_schema!({ "anyOf": [generator.subschema_for::<MarketRecord>()] }),
        )
    }
}

/// Returns the schema of the body of a callback. `task_id` is the usual name of the task id beside `data`, and its other
/// name.
fn body(about: &str, [task_id, other]: [&str; 2], data: Schema) -> Schema {
    let text = || json_schema!({ "type": "string" });
    let mut schema = answer(
        &[about],
        [
            ("msg", &[], &["Message of the service."], text()),
            (task_id, &[other], &["Id of the task, if it is not in `data`."], text()),
            ("data", &[], &["Content of the callback."], data),
        ],
    );
    let mut code = json_schema!({ "type": "integer" });
    describe_as(&mut code, "Code 200 if the task reached a stage, or the code of the failure if the task failed.");
    if let Some(serde_json::Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert("code".into(), code.to_value());
    }
    schema.insert("required".into(), ["code", "data"].as_slice().into());
    schema
}
