//! Tasks that every new account has:
//!
//! * two finished music tasks with the same tracks;
//! * a separation of one of these tracks;
//! * a voice-validation task, which made a phrase to sing;
//! * a failed voice task, which used this phrase.
//!
//! The ids of these tasks are placeholder ids from the examples in the documentation. Only the voice task has a random
//! id.

use std::sync::Arc;

use kie_types::{Credits, Endpoint, GenerateMusic, Model, Route, SeparateVocals, SeparationType, Stage};
use serde_json::json;
use tokio::time::Instant;

use crate::{
    account::{Ids, Stem, Task, Timeline, Track, TrackInput, Work},
    operations::music::song::Song,
    script::Speed,
};

use super::{stems::Separation, voice};

/// Ids of the two music tasks. They are placeholder ids from the documentation. Both tasks have the same tracks.
const TASKS: [&str; 2] = ["taskId_774b9aa0422f", "5c79****be8e"];
/// Id of the first track of the two music tasks. It is a placeholder id from the documentation.
const TRACK: &str = "e231****-****-****-****-****8cadc7dc";
/// Id of the separation task. It is a placeholder id from the documentation. One of the music tasks has the same id.
const SEPARATION: &str = "5c79****be8e";
/// Id of the stem with the vocals. It is a placeholder id from the documentation.
const STEM: &str = "8ca376e7-******-08aaf2c6dd27";

/// Returns the tasks of a new account.
pub(crate) fn tasks(now: Instant, ids: &mut Ids) -> Vec<Arc<Task>> {
    let model = Model::V4.upstream().unwrap_or_default().to_owned();
    let sheet = TrackInput {
        model: model.clone(),
        title: "Peaceful Piano".into(),
        tags: "Classical".into(),
        prompt: "[Instrumental]".into(),
        duration: Some(131.52),
        ..TrackInput::default()
    };
    let tracks = vec![Track { id: TRACK.into(), ..Track::new(&sheet, ids) }, Track::new(&sheet, ids)];
    let param = json!({ "customMode": true, "instrumental": true, "model": "V4", "style": "Classical" }).to_string();
    let duration = tracks[0].duration;
    let song = || Song {
        operation_type: "generate",
        param: param.clone(),
        parent: String::new(),
        model: model.clone(),
        tracks: tracks.clone(),
    };
    let stem = |id: String, name: &str| Stem { id, name: name.into(), duration };
    let separation = Separation {
        track_id: Some(TRACK.into()),
        index: Some(0),
        kind: SeparationType::SeparateVocal,
        stems: vec![stem(STEM.into(), "Vocals"), stem(ids.track(), "Instrumental")],
    };
    let mut tasks: Vec<_> =
        TASKS.into_iter().map(|id| finished(id, GenerateMusic::NAME, Box::new(song()), now)).collect();
    tasks.push(finished(SEPARATION, SeparateVocals::NAME, Box::new(separation), now));
    tasks.extend(voice::demo(now, ids));
    tasks
}

/// Returns a task that is finished from the start. Its price was 0 credits.
fn finished(id: &str, operation: &'static str, work: Box<dyn Work>, now: Instant) -> Arc<Task> {
    Arc::new(Task {
        id: id.into(),
        operation,
        route: Route::Classic,
        echo: String::new(),
        paid: Credits::default(),
        created: now,
        host: String::new(),
        call_back_url: String::new(),
        timeline: Timeline::new(&[(Stage::Complete, 0)], None, Speed::Instant),
        work,
    })
}
