//! Tracks, the results of music tasks, and stems, the parts into which a separation splits a track.

use kie_types::Stage;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    ids::{self, Ids},
    view::View,
};

/// Maximum duration of a track in seconds: 8 minutes.
const LONGEST: f64 = 480.0;

/// A track of a music task. The track may be unfinished.
#[derive(Debug, Clone)]
pub(crate) struct Track {
    pub(crate) id: String,
    /// Name of the model in results. The service uses another name for the same model in requests.
    pub(crate) model: String,
    pub(crate) title: String,
    pub(crate) tags: String,
    pub(crate) prompt: String,
    pub(crate) duration: f64,
}

/// The input from which a track is made.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrackInput {
    pub(crate) model: String,
    pub(crate) title: String,
    pub(crate) tags: String,
    pub(crate) prompt: String,
    /// Position in the source track at which the new music starts, in seconds, if the track continues another track. 0
    /// for a new song.
    pub(crate) from: f64,
    pub(crate) duration: Option<f64>,
}

impl Track {
    /// Makes a track with the requested duration. If no duration is requested, a new song gets 90 to 200 seconds. A
    /// continuation gets the same, added to the position where it starts ([`TrackInput::from`]). The duration is never
    /// more than 8 minutes.
    pub(crate) fn new(sheet: &TrackInput, ids: &mut Ids) -> Self {
        let id = ids.track();
        let invented = sheet.from + 90.0 + 110.0 * ids::share(&id);
        let duration = (sheet.duration.unwrap_or(invented).min(LONGEST) * 100.0).round() / 100.0;
        let TrackInput { model, title, tags, prompt, .. } = sheet.clone();
        Self { id, model, title, tags, prompt, duration }
    }

    /// Returns the track as a JSON object in the form of the response to a lookup of its task. `finished` is `true` if
    /// the track has a final link.
    pub(crate) fn row(&self, view: &View<'_>, created: Instant, finished: bool) -> Value {
        let [audio, source, stream, image] = self.links(view.host);
        json!({
            "id": self.id,
            "audioUrl": if finished { audio.as_str() } else { "" },
            "sourceAudioUrl": finished.then_some(source),
            "streamAudioUrl": stream,
            "sourceStreamAudioUrl": stream,
            "imageUrl": image,
            "sourceImageUrl": image,
            "prompt": self.prompt,
            "modelName": self.model,
            "title": self.title,
            "tags": self.tags,
            "createTime": view.clock.millis(created),
            "duration": finished.then_some(self.duration),
        })
    }

    /// Returns the track as a JSON object in the form of a callback. Some keys and values differ from those of
    /// [`row`](Self::row).
    pub(crate) fn callback_row(&self, view: &View<'_>, created: Instant, finished: bool) -> Value {
        let [audio, source, stream, image] = self.links(view.host);
        json!({
            "id": self.id,
            "audio_url": if finished { audio.as_str() } else { "" },
            "source_audio_url": if finished { source.as_str() } else { "" },
            "stream_audio_url": stream,
            "source_stream_audio_url": stream,
            "image_url": image,
            "source_image_url": image,
            "prompt": self.prompt,
            "model_name": self.model,
            "title": self.title,
            "tags": self.tags,
            "createTime": view.clock.text(created),
            "duration": finished.then_some(self.duration),
        })
    }

    /// Returns the track as a JSON object in the form of a record of the market route.
    pub(crate) fn market_row(&self, view: &View<'_>, created: Instant) -> Value {
        let [audio, _, stream, image] = self.links(view.host);
        json!({
            "id": self.id,
            "audio_url": audio,
            "stream_audio_url": stream,
            "image_url": image,
            "prompt": self.prompt,
            "model_name": self.model,
            "title": self.title,
            "tags": self.tags,
            "createTime": view.clock.millis(created),
            "duration": self.duration,
        })
    }

    /// Returns the name of the track's files, without an extension.
    pub(crate) fn file_name(&self) -> String {
        file_name(&self.id)
    }

    /// Returns the links to the final file, to Suno's own copy of this file, to the stream and to the cover image.
    fn links(&self, host: &str) -> [String; 4] {
        let name = self.file_name();
        [
            format!("http://{host}/files/{name}.mp3"),
            format!("http://{host}/sources/{name}.mp3"),
            format!("http://{host}/stream/{name}"),
            format!("http://{host}/images/{name}.jpeg"),
        ]
    }
}

/// A stem: a part of a track, such as the vocals or the drums.
pub(crate) struct Stem {
    pub(crate) id: String,
    /// Name of the stem, such as `Lead Vocal`. Some separations return a pair: one stem, and the track without this
    /// stem. Both stems of a pair have the same name.
    pub(crate) name: String,
    pub(crate) duration: f64,
}

impl Stem {
    /// Returns the beginning of the name of the file. In the link to the file, the name of the stem follows.
    pub(crate) fn file_name(&self) -> String {
        file_name(&self.id)
    }
}

/// Returns the name of the files of the track or the stem with this id: the id. Each `*` of a placeholder id is replaced
/// by `x`.
pub(super) fn file_name(id: &str) -> String {
    id.replace('*', "x")
}

/// Returns `true` if the track with this index is finished when its task has reached the stage `shown`.
pub(crate) fn is_finished(index: usize, shown: Option<Stage>) -> bool {
    shown >= Some(if index == 0 { Stage::First } else { Stage::Complete })
}
