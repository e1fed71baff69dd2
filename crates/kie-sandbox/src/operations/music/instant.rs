//! Operations that start no task, and return their result immediately: personas, styles and timed lyrics.

use kie_types::{
    AudioId, BoostMusicStyle, Endpoint, GenerateMusic, GeneratePersona, GetMusicDetails, GetTimestampedLyrics, Music,
    TaskId,
};
use serde_json::{Value, json};

use crate::{
    account::{Task, Track, is_finished},
    operations::{IncomingCall, OperationResult, Refused},
};

/// Handles `generate-persona`. Accepts only tracks of `generate-music`, like the live service. The documentation also
/// lists tracks of other operations.
pub(crate) fn persona(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: GeneratePersona = call.request()?;
    let source = finished(call, &request.task_id, &request.audio_id);
    if source.is_none_or(|(song, _)| song.operation != GenerateMusic::NAME) {
        return Err(Refused::new(422, "Music does not exist"));
    }
    let once = (GeneratePersona::NAME, request.audio_id.as_str().to_owned());
    if call.account.made.contains_key(&once) {
        return Err(Refused::new(409, "Conflict - Persona already exists for this music"));
    }
    call.pay()?;
    let id = call.account.ids.task();
    call.account.made.insert(once, id.clone());
    Ok(json!({ "personaId": id, "name": request.name, "description": request.description }))
}

/// Handles `boost-music-style`. The keys and types of the response are those of recorded responses of the live service.
pub(crate) fn style(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: BoostMusicStyle = call.request()?;
    let left = call.pay()?;
    Ok(json!({
        "taskId": call.account.ids.task(),
        "param": request.content,
        "result": format!("{}, warm analogue sound, wide stereo, an unhurried groove", request.content),
        "creditsConsumed": call.price,
        "creditsRemaining": left,
        "successFlag": "成功",
        "errorCode": null,
        "errorMsg": null,
        "createTime": call.clock.millis(call.now),
    }))
}

/// Handles `get-timestamped-lyrics`. The words of the track's lyrics are spread evenly over its duration.
pub(crate) fn timed_lyrics(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: GetTimestampedLyrics = call.request()?;
    let words = match finished(call, &request.task_id, &request.audio_id) {
        Some((_, track)) => aligned(track),
        None => return Err(Refused::new(422, "The corresponding record does not exist")),
    };
    call.pay()?;
    Ok(json!({
        "alignedWords": words,
        "waveformData": [0, 0.25, 1, 0.5, 0.75, 0.125],
        "hootCer": 0.3803191489361702,
        "isStreamed": false,
    }))
}

/// Returns the task and the track with these ids. Returns `None` if there is no such track, or if the track is not
/// finished.
fn finished<'a>(call: &'a IncomingCall<'_>, task: &TaskId<Music>, track: &AudioId) -> Option<(&'a Task, &'a Track)> {
    let song = call.account.task(GetMusicDetails::NAME, task.as_str())?;
    let (index, track) = song.work.tracks().iter().enumerate().find(|(_, made)| made.id == track.as_str())?;
    is_finished(index, song.state(call.now).shown()).then_some((song, track))
}

/// Returns one JSON object for each word of the track's lyrics. A section tag such as `[Verse]` is put before the next
/// word. A line break follows the last word of a line.
fn aligned(track: &Track) -> Vec<Value> {
    let mut texts = Vec::new();
    let mut tags = String::new();
    for line in track.prompt.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.starts_with('[') && line.ends_with(']') {
            tags = format!("{tags}{line}\n");
            continue;
        }
        let words: Vec<_> = line.split_whitespace().collect();
        for (index, word) in words.iter().enumerate() {
            let end = if index + 1 == words.len() { '\n' } else { ' ' };
            texts.push(format!("{}{word}{end}", std::mem::take(&mut tags)));
        }
    }
    let step = track.duration / (texts.len() + 1) as f64;
    let at = |steps: f64| (steps * step * 100.0).round() / 100.0;
    let row = |(index, text): (usize, &String)| {
        let start = index as f64 + 0.5;
        json!({ "word": text, "success": true, "startS": at(start), "endS": at(start + 0.8), "palign": 0 })
    };
    texts.iter().enumerate().map(row).collect()
}
