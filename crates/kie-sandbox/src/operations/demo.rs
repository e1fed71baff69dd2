//! Tasks and links that every new account has, so that examples of requests work as they stand.
//!
//! The examples are those of the catalogue, and the requests that the documentation prints. An example names a task, and
//! perhaps a track or a stem of this task. The account has each of these tasks, finished and free of charge.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, LazyLock},
};

use kie_types::{
    ConvertToWav, CoverSuno, CreateMusicVideo, Credits, DownloadUrl, Endpoint, ExtendMusic, GenerateLyrics,
    GenerateMidi, GenerateMusic, GeneratePersona, GetCoverSunoDetails, GetLyricsDetails, GetMidiDetails,
    GetMusicDetails, GetMusicVideoDetails, GetRecoveryAudioDetails, GetTimestampedLyrics, GetVocalSeparationDetails,
    GetWavDetails, Model, RecoveryAudio, ReplaceSection, Route, SeparateVocals, SeparationType, Stage,
    SunoVoiceCheckVoice, SunoVoiceGenerate, SunoVoiceRecordInfo, SunoVoiceRegenerate, SunoVoiceValidate,
    SunoVoiceValidateInfo,
    catalog::{self, OPERATIONS},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    account::{Ids, Stem, Task, Timeline, Track, TrackInput, Work},
    script::Speed,
};

use super::{
    lyrics::Lyrics,
    midi::Midi,
    music::{cover::Cover, recovery::Recovery, song::Song},
    stems::Separation,
    video::Video,
    voice::{Validation, Voice},
    wav::Wav,
};

/// Id of a track in the documentation.
const TRACK: &str = "e231****-****-****-****-****8cadc7dc";

/// The ids in the requests that the documentation prints: the operation, the id of a task, and the id of its track or of
/// its stem. The last id is empty if the request names only a task.
const PRINTED: [(&str, &str, &str); 7] = [
    (CreateMusicVideo::NAME, "taskId_774b9aa0422f", TRACK),
    (ConvertToWav::NAME, "5c79****be8e", TRACK),
    (ReplaceSection::NAME, "2fac****9f72", TRACK),
    (CoverSuno::NAME, "73d6128b3523a0079df10da9471017c8", ""),
    (GenerateMidi::NAME, "5c79****be8e", "8ca376e7-******-08aaf2c6dd27"),
    (SunoVoiceGenerate::NAME, "voice_create_001", ""),
    (SunoVoiceRegenerate::NAME, "xxxxxxx", ""),
];

/// Ids of the tracks or stems of each task that the examples name. The key is the lookup that finds the task, and the id
/// of the task.
type Named = BTreeMap<(&'static str, String), BTreeSet<String>>;

static NAMED: LazyLock<Named> = LazyLock::new(named);

/// Returns the tasks of a new account.
pub(crate) fn tasks(now: Instant, ids: &mut Ids) -> Vec<Arc<Task>> {
    let songs: Vec<_> = NAMED.iter().filter(|((lookup, _), _)| *lookup == GetMusicDetails::NAME).collect();
    // Tasks can have the same track, as the pages of the documentation do.
    let track_ids: BTreeSet<_> = songs.iter().flat_map(|(_, tracks)| *tracks).collect();
    let tracks: BTreeMap<_, _> = track_ids.into_iter().map(|id| (id, track(Some(id), ids))).collect();
    let parent = songs.first().map(|((_, id), _)| id.clone()).unwrap_or_default();
    let source = tracks.values().next().cloned().unwrap_or_else(|| track(None, ids));
    let task = |((lookup, id), parts): (&(&'static str, String), &BTreeSet<String>)| {
        let (operation, work): (_, Box<dyn Work>) = match *lookup {
            GetMusicDetails::NAME => {
                let mut tracks: Vec<_> = parts.iter().filter_map(|part| tracks.get(part).cloned()).collect();
                tracks.resize_with(tracks.len().max(2), || track(None, ids));
                (GenerateMusic::NAME, Box::new(song(tracks)))
            }
            GetVocalSeparationDetails::NAME => (SeparateVocals::NAME, Box::new(separation(&source, parts, ids))),
            GetWavDetails::NAME => (ConvertToWav::NAME, Box::new(Wav { track_id: source.id.clone(), index: 0 })),
            GetMusicVideoDetails::NAME => {
                (CreateMusicVideo::NAME, Box::new(Video { track_id: source.id.clone(), index: 0 }))
            }
            GetMidiDetails::NAME => {
                (GenerateMidi::NAME, Box::new(Midi { stem_id: None, names: vec!["Vocals".into()] }))
            }
            GetLyricsDetails::NAME => (GenerateLyrics::NAME, Box::new(Lyrics::about("Leave a light on", "{}".into()))),
            GetCoverSunoDetails::NAME => (CoverSuno::NAME, Box::new(Cover { parent: parent.clone() })),
            GetRecoveryAudioDetails::NAME => {
                (RecoveryAudio::NAME, Box::new(Recovery { tracks: vec![(source.clone(), true)] }))
            }
            SunoVoiceValidateInfo::NAME => (SunoVoiceValidate::NAME, Box::new(Validation::new(ids, false))),
            SunoVoiceRecordInfo::NAME => {
                (SunoVoiceGenerate::NAME, Box::new(Voice { id: ids.track(), validation: ids.task() }))
            }
            _ => return None,
        };
        Some(finished(id, operation, work, now))
    };
    NAMED.iter().filter_map(task).collect()
}

/// Returns the links in the examples. Each link has the path of a file that a task of `tasks` has made.
pub(crate) fn links(tasks: &[Arc<Task>]) -> HashMap<String, String> {
    let track = tasks.iter().find_map(|task| task.work.tracks().first());
    let path = track.map(|track| format!("/files/{}.mp3", track.file_name())).unwrap_or_default();
    let examples = catalog::examples(DownloadUrl::NAME).unwrap_or_default();
    examples.iter().filter_map(|example| Some((example["url"].as_str()?.to_owned(), path.clone()))).collect()
}

/// Returns what the examples name.
fn named() -> Named {
    let mut named = Named::new();
    let mut add = |operation: &'static str, task: &str, part: &str| {
        let parts = named.entry((lookup(operation), task.to_owned())).or_default();
        parts.extend((!part.is_empty()).then(|| part.to_owned()));
    };
    for (operation, task, part) in PRINTED {
        add(operation, task, part);
    }
    for operation in OPERATIONS {
        let examples = [catalog::examples(operation.name), catalog::market_examples(operation.name)];
        for example in examples.into_iter().flatten().flatten() {
            let text = |field: &str| example.get(field).and_then(Value::as_str);
            if let Some(task) = text("taskId").or_else(|| text("task_id")) {
                add(operation.name, task, text("audioId").unwrap_or_default());
            }
        }
    }
    named
}

/// Returns the name of the operation that looks up the task in a request to the operation with the name `operation`.
fn lookup(operation: &'static str) -> &'static str {
    match operation {
        ConvertToWav::NAME
        | CoverSuno::NAME
        | CreateMusicVideo::NAME
        | ExtendMusic::NAME
        | GeneratePersona::NAME
        | GetTimestampedLyrics::NAME
        | RecoveryAudio::NAME
        | ReplaceSection::NAME
        | SeparateVocals::NAME => GetMusicDetails::NAME,
        GenerateMidi::NAME => GetVocalSeparationDetails::NAME,
        SunoVoiceGenerate::NAME | SunoVoiceRegenerate::NAME => SunoVoiceValidateInfo::NAME,
        SunoVoiceCheckVoice::NAME => SunoVoiceRecordInfo::NAME,
        its_own => its_own,
    }
}

/// Returns a track with this id, or with a random id.
fn track(id: Option<&String>, ids: &mut Ids) -> Track {
    let sheet = TrackInput {
        model: model(),
        title: "Peaceful Piano".into(),
        tags: "Classical".into(),
        prompt: "[Instrumental]".into(),
        duration: Some(131.52),
        ..TrackInput::default()
    };
    let track = Track::new(&sheet, ids);
    Track { id: id.cloned().unwrap_or(track.id), ..track }
}

fn song(tracks: Vec<Track>) -> Song {
    let param = json!({ "customMode": true, "instrumental": true, "model": "V4", "style": "Classical" });
    let (operation_type, param, parent) = ("generate", param.to_string(), String::new());
    Song { operation_type, param, parent, model: model(), tracks }
}

/// Returns a separation of a track. The first stem is the vocals. The ids in `parts` are those of the first stems.
fn separation(source: &Track, parts: &BTreeSet<String>, ids: &mut Ids) -> Separation {
    let mut parts = parts.iter().cloned();
    let stems = ["Vocals", "Instrumental"].map(|name| Stem {
        id: parts.next().unwrap_or_else(|| ids.track()),
        name: name.into(),
        duration: source.duration,
    });
    let (track_id, kind) = (Some(source.id.clone()), SeparationType::SeparateVocal);
    Separation { track_id, index: Some(0), kind, stems: stems.into() }
}

fn model() -> String {
    Model::V4.upstream().unwrap_or_default().to_owned()
}

/// Returns a task that is finished from the start. Its price was 0 credits.
fn finished(id: &str, operation: &'static str, work: Box<dyn Work>, now: Instant) -> Arc<Task> {
    Arc::new(Task {
        id: id.into(),
        operation,
        route: Route::Classic,
        echo: "{}".into(),
        paid: Credits::default(),
        created: now,
        host: String::new(),
        call_back_url: String::new(),
        timeline: Timeline::new(&[(Stage::Complete, 0)], None, Speed::Instant),
        work,
    })
}
