//! The operations that separate a track into vocals and other stems.

use http::Uri;
use kie_types::{Endpoint, GetVocalSeparationDetails, SeparateVocals, SeparationType, Stage};
use serde_json::{Map, Value, json};

use crate::{
    account::{State, Stem, Task, View, Work},
    script::TaskScript,
};

use super::{incoming_call::IncomingCall, operation_result::OperationResult};

/// Links to stems in the response to a lookup, in the order of the response. Each pair has the key of the link, without
/// its ending `Url`, and the name of the stem. A separation of the type `split_stem` makes no stems with the names
/// `Instrumental` and `Piano`.
const LINKS: [(&str, &str); 14] = [
    ("instrumental", "Instrumental"),
    ("vocal", "Vocals"),
    ("backingVocals", "Backing Vocals"),
    ("drums", "Drums"),
    ("bass", "Bass"),
    ("guitar", "Guitar"),
    ("piano", "Piano"),
    ("keyboard", "Keyboard"),
    ("percussion", "Percussion"),
    ("strings", "Strings"),
    ("synth", "Synth"),
    ("fx", "FX"),
    ("brass", "Brass"),
    ("woodwinds", "Woodwinds"),
];

/// A task that separates a track into stems.
pub(crate) struct Separation {
    pub(crate) track_id: Option<String>,
    pub(crate) index: Option<usize>,
    pub(crate) kind: SeparationType,
    pub(crate) stems: Vec<Stem>,
}

/// Handles `separate-vocals`. A request with an unknown track is refused immediately. If a recording cannot be fetched,
/// the task is started and fails later.
pub(crate) fn separate(call: &mut IncomingCall<'_>) -> OperationResult {
    let mut request: SeparateVocals = call.request()?;
    let (mut index, mut duration, mut fails) = (None, 120.0, None);
    if let Some(url) = &request.audio_url {
        let host = url.parse::<Uri>().ok().and_then(|url| url.host().map(str::to_ascii_lowercase));
        if host.is_none_or(|host| host == "invalid" || host.ends_with(".invalid")) {
            let message = "Failed to fetch the uploaded file.".into();
            fails = Some(TaskScript::Fails { status: "GENERATE_AUDIO_FAILED".into(), code: 451, message, after: None });
        }
    } else {
        let (task_id, track_id) = (request.task_id.take(), request.audio_id.clone().unwrap_or_default());
        index = Some(call.finished_track(task_id.unwrap_or_default().as_str(), track_id.as_str())?);
        let track = call.account.track(track_id.as_str());
        duration = track.map_or(duration, |(_, _, track)| track.duration);
    }
    let kind = request.kind.clone().unwrap_or(SeparationType::SeparateVocal);
    let ids = &mut call.account.ids;
    let mut stem = |name: &str| Stem { id: ids.track(), name: name.to_owned(), duration };
    call.price = request.price().unwrap_or(call.price);
    let stems = match &kind {
        SeparationType::SplitStem => {
            let stems = LINKS.iter().map(|(_, name)| *name).filter(|name| !["Instrumental", "Piano"].contains(name));
            stems.map(stem).collect()
        }
        SeparationType::SplitStemAdvanced => {
            let name = request.stem_name.as_ref().map(ToString::to_string).unwrap_or_default();
            vec![stem(&name), stem(&name)]
        }
        _ => vec![stem("Vocals"), stem("Instrumental")],
    };
    let track_id = request.audio_id.as_ref().map(ToString::to_string);
    let separation = Separation { track_id, index, kind, stems };
    call.start(request, &[(Stage::Complete, call.speed.pick(40_000, 900, 0))], fails, separation)
}

impl Separation {
    fn is_pair(&self) -> bool {
        self.kind == SeparationType::SplitStemAdvanced
    }

    fn rows(&self, view: &View<'_>) -> Vec<Value> {
        let row = |stem: &Stem| {
            json!({
                "duration": stem.duration,
                "audio_url": self.address(stem, view),
                "stem_type_group_name": stem.name,
                "id": stem.id,
            })
        };
        match &self.stems[..] {
            [extract, remove] if self.is_pair() => vec![json!({ "extract": row(extract), "remove": row(remove) })],
            stems => stems.iter().map(row).collect(),
        }
    }

    /// Returns the link to the stem with this name. Returns `None` if there is no such stem. Also returns `None` if the
    /// separation is a pair (one stem, and the track without it), because the links of a pair have other keys.
    fn link(&self, name: &str, view: &View<'_>) -> Option<String> {
        let stem = self.stems.iter().find(|stem| stem.name == name && !self.is_pair())?;
        Some(self.address(stem, view))
    }

    /// Returns the link to a stem. The link contains the name of the stem. In the name, spaces are replaced by
    /// underscores, except if the separation is a pair (one stem, and the track without it).
    fn address(&self, stem: &Stem, view: &View<'_>) -> String {
        let name = if self.is_pair() { stem.name.clone() } else { stem.name.replace(' ', "_") };
        format!("http://{}/stems/{}_{name}.mp3", view.host, stem.file_name())
    }
}

impl Work for Separation {
    fn lookup(&self) -> &'static str {
        GetVocalSeparationDetails::NAME
    }

    fn record(&self, task: &Task, view: &View<'_>) -> Value {
        let response = view.state.shown().map(|_| {
            let links = LINKS.iter().map(|(key, name)| (format!("{key}Url"), json!(self.link(name, view))));
            let mut response: Map<String, Value> = links.collect();
            response.insert("id".into(), Value::Null);
            response.insert("originUrl".into(), Value::Null);
            response.insert("originData".into(), json!(self.rows(view)));
            response
        });
        let (code, message) = view.state.failure();
        json!({
            "taskId": task.id,
            "musicId": self.track_id,
            "callbackUrl": task.call_back_url,
            "musicIndex": self.index,
            "completeTime": response.as_ref().map(|_| view.clock.millis(task.created + task.timeline.end())),
            "response": response,
            "successFlag": view.state.word(),
            "createTime": view.clock.millis(task.created),
            "errorCode": code,
            "errorMessage": message,
        })
    }

    /// Returns the links of the callback. No result of this operation on the market route was recorded.
    fn market_result(&self, task: &Task, view: &View<'_>) -> Value {
        let key = if self.is_pair() { "vocal_removal_info" } else { "vocal_separation_info" };
        json!({ key: self.callback(task, view)["data"][key] })
    }

    /// Returns the body of the callback. If the separation is a pair (one stem, and the track without it), the key of
    /// the links and the message differ from those of all other separations.
    fn callback(&self, task: &Task, view: &View<'_>) -> Value {
        let key = if self.is_pair() { "vocal_removal_info" } else { "vocal_separation_info" };
        let (code, msg, info) = match view.state {
            State::Failed { code, message, .. } => (code, message, Value::Null),
            _ if self.is_pair() => {
                (200, "vocal Removal generated successfully.", json!({ "origin_data": self.rows(view) }))
            }
            _ => {
                let links = LINKS.iter().filter_map(|(key, name)| {
                    Some((format!("{}_url", key.replace('V', "_v")), json!(self.link(name, view)?)))
                });
                let info: Map<String, Value> = links.chain([("origin_url".into(), json!(""))]).collect();
                (200, "vocal separation generated successfully.", Value::Object(info))
            }
        };
        json!({ "code": code, "msg": msg, "data": { "task_id": task.id, key: info } })
    }

    fn stems(&self) -> &[Stem] {
        &self.stems
    }
}
