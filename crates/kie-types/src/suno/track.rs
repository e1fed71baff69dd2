//! Tracks, the results of music tasks.

use crate::{
    decode::answer,
    operation::{Item, Output},
    value::{AudioId, Link, Model, Seconds, Timestamp, link::Any},
};

answer! {
    /// One track of a music task. A task usually makes two tracks.
    ///
    /// Every field can be missing: a lookup already lists a track before the track is finished, and not every operation
    /// sends every field. Lookups spell the keys in camelCase, and callbacks spell them in snake_case. KIE
    /// documents that it keeps the files for 14 days.
    pub struct Track {
        /// Id of the track. Most operations on a finished track require this id.
        pub id: Option<AudioId> = "id",
        /// Link to the finished file, usually MP3.
        pub audio_url: Option<Link> = "audioUrl" | "audio_url",
        /// Suno's own link to the finished file. The link expires.
        pub source_audio_url: Option<Link<Any>> = "sourceAudioUrl" | "source_audio_url",
        /// Link to a stream that plays while the track is still being made.
        pub stream_audio_url: Option<Link<Any>> = "streamAudioUrl" | "stream_audio_url",
        /// Suno's own link to the stream of the track.
        pub source_stream_audio_url: Option<Link<Any>> = "sourceStreamAudioUrl" | "source_stream_audio_url",
        /// Link to the cover image.
        pub image_url: Option<Link> = "imageUrl" | "image_url",
        /// Suno's own link to the cover image.
        pub source_image_url: Option<Link<Any>> = "sourceImageUrl" | "source_image_url",
        /// Text of the track. It can be the lyrics, the idea from the request, or `[Instrumental]`.
        pub prompt: Option<String> = "prompt",
        /// Suno's own name of the model that made the track, such as `chirp-crow` for V5.
        ///
        /// In Rust, [`model`](Self::model) converts the name to a [`Model`].
        pub model_name: Option<String> = "modelName" | "model_name",
        /// Title of the track. If the request had no title, the title can be the id of the track.
        pub title: Option<String> = "title",
        /// Style of the track, in words.
        pub tags: Option<String> = "tags",
        /// Time at which this track was created.
        pub create_time: Option<Timestamp> = "createTime" | "create_time",
        /// Duration of the track, in seconds. Missing until the duration is known.
        pub duration: Option<Seconds> = "duration",
    }
}

impl Track {
    /// Returns the link to the finished file, [`audio_url`](Self::audio_url), or `None` while the track is being made.
    pub fn url(&self) -> Option<&str> {
        // This function does not use `source_audio_url`, Suno's own link, because that link can be present before the
        // file is finished.
        self.audio_url.as_deref()
    }

    /// Returns the model that made this track, or `None` if [`model_name`](Self::model_name) is missing or unknown. A
    /// request to extend the track must name this model.
    pub fn model(&self) -> Option<Model> {
        self.model_name.as_deref().and_then(Model::from_upstream)
    }

    fn item(&self) -> Item {
        Item {
            id: self.id.as_ref().map(|id| id.as_str().to_owned()),
            title: self.title.clone(),
            duration_s: self.duration.map(Seconds::get),
            url: self.audio_url.clone(),
            text: self.prompt.clone(),
            style: self.tags.clone(),
            model: self.model(),
            ..Item::default()
        }
        .link("audioUrl", self.audio_url.as_ref())
        .link("sourceAudioUrl", self.source_audio_url.as_ref())
        .link("streamAudioUrl", self.stream_audio_url.as_ref())
        .link("sourceStreamAudioUrl", self.source_stream_audio_url.as_ref())
        .link("imageUrl", self.image_url.as_ref())
        .link("sourceImageUrl", self.source_image_url.as_ref())
    }
}

impl Output for Vec<Track> {
    type Piece = Track;

    fn pieces(&self) -> Vec<Track> {
        self.clone()
    }

    fn items(&self) -> Vec<Item> {
        self.iter().map(Track::item).collect()
    }
}
