//! Helper that makes a request of any operation, so that the sandbox account accepts it.

use kie_sandbox::{Sandbox, TaskScript};
use kie_suno::{
    records::Music,
    requests::{Endpoint, SeparateVocals, SunoVoiceGenerate, SunoVoiceValidate, catalog},
};
use serde_json::{Value, json};

use crate::setup::stack::{client_of, waltz};

/// Returns the smallest example of an operation. The task ids and track ids in it are replaced by ids that exist in the
/// sandbox account.
pub(super) async fn request<E: Endpoint>(sandbox: &Sandbox) -> E {
    let Value::Object(mut fields) = catalog::examples(E::NAME).unwrap().remove(0) else { panic!() };
    let named = ["taskId", "task_id", "audioId"].into_iter().filter(|name| fields.contains_key(*name));
    for name in named.collect::<Vec<_>>() {
        fields.insert(name.to_owned(), json!(id(sandbox, E::NAME, name).await));
    }
    serde_json::from_value(Value::Object(fields)).unwrap()
}

/// Returns the id of a task or of a track for the field `name` of the operation. Uses the first song of the account, or
/// makes a song if the account has none. Makes any other task that the operation needs.
async fn id(sandbox: &Sandbox, operation: &str, name: &str) -> String {
    let client = client_of(sandbox).build().unwrap();
    let song = match sandbox.tasks().into_iter().find(|task| task.operation == "generate-music") {
        Some(task) => client.task::<Music>(task.id),
        None => client.start(waltz()).await.unwrap(),
    };
    let track = song.wait().await.unwrap()[0].id.clone().unwrap();
    let sample = "https://cdn.example.net/voices/sample.mp3";
    match (operation, name) {
        (_, "audioId") => track.to_string(),
        ("generate-midi", _) => {
            let stems = SeparateVocals::of_track(song.id().clone(), track);
            client.start(stems).await.unwrap().id().to_string()
        }
        ("suno-voice-generate" | "suno-voice-regenerate", _) => {
            let validation = client.start(SunoVoiceValidate::new(sample, 4, 19)).await.unwrap();
            validation.wait().await.unwrap();
            if operation == "suno-voice-regenerate" {
                sandbox.script_task(TaskScript::Fails {
                    status: "fail".into(),
                    code: 500,
                    message: "not generated".into(),
                    after: None,
                });
                client.start(SunoVoiceGenerate::new(validation.id().clone(), sample)).await.unwrap();
            }
            validation.id().to_string()
        }
        _ => song.id().to_string(),
    }
}
