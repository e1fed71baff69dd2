//! What is in the account from the start: one finished song, and one voice that failed, under the ids that the
//! documentation prints.

use std::sync::Arc;

use kie_types::{Credits, Model, Stage};
use serde_json::json;
use tokio::time::Instant;

use crate::{
    course::Course,
    music::Song,
    speed::Speed,
    task::Task,
    track::{Sheet, Track},
    voice,
};

/// The placeholders for a task, which all name the one song.
const TASKS: [&str; 2] = ["taskId_774b9aa0422f", "5c79****be8e"];
/// The placeholder for a track.
const TRACK: &str = "e231****-****-****-****-****8cadc7dc";

/// The tasks that the documentation's samples name.
pub(crate) fn tasks(now: Instant) -> Vec<Arc<Task>> {
    let model = Model::V4.upstream().unwrap_or_default().to_owned();
    let sheet = Sheet {
        model: model.clone(),
        title: "Peaceful Piano".into(),
        tags: "Classical".into(),
        prompt: "[Instrumental]".into(),
        wish: Some(131.52),
        ..Sheet::default()
    };
    let tracks = vec![Track { id: TRACK.into(), ..Track::new(&sheet) }, Track::new(&sheet)];
    let param = json!({ "customMode": true, "instrumental": true, "model": "V4", "style": "Classical" }).to_string();
    let task = |id: &str| Task {
        id: id.into(),
        operation: "generate-music",
        paid: Credits::default(),
        created: now,
        host: String::new(),
        call_back_url: String::new(),
        course: Course::new(&[(Stage::Complete, 0)], None, Speed::Instant),
        work: Box::new(Song {
            operation_type: "generate",
            param: param.clone(),
            parent: String::new(),
            model: model.clone(),
            tracks: tracks.clone(),
        }),
    };
    TASKS.into_iter().map(|id| Arc::new(task(id))).chain(voice::demo(now)).collect()
}
