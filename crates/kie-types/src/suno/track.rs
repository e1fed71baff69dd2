//! Tracks: what music tasks make.

use crate::{
    decode::answer,
    operation::{Item, Output},
    value::{AudioId, Link, Model, Seconds, Timestamp, link::Any},
};

answer! {
    /// One track of a music task, usually one of two.
    ///
    /// Every field can be missing: rows appear before their track is finished, and rows of different operations carry
    /// different keys. Records spell the keys in camelCase and callbacks in snake_case. Files are kept for 14 days.
    pub struct Track {
        /// The track's id, which most operations on a finished track ask for.
        pub id: Option<AudioId> = "id",
        /// The link to the finished file, usually MP3.
        pub audio_url: Option<Link> = "audioUrl" | "audio_url",
        /// Suno's own link to the finished file, which expires.
        pub source_audio_url: Option<Link<Any>> = "sourceAudioUrl" | "source_audio_url",
        /// A link that plays while the track is still being made.
        pub stream_audio_url: Option<Link<Any>> = "streamAudioUrl" | "stream_audio_url",
        /// Suno's own streaming link.
        pub source_stream_audio_url: Option<Link<Any>> = "sourceStreamAudioUrl" | "source_stream_audio_url",
        /// The cover image.
        pub image_url: Option<Link> = "imageUrl" | "image_url",
        /// Suno's own link to the cover image.
        pub source_image_url: Option<Link<Any>> = "sourceImageUrl" | "source_image_url",
        /// The lyrics, the idea, or `[Instrumental]`.
        pub prompt: Option<String> = "prompt",
        /// The upstream name of the model; see [`model`](Self::model).
        pub model_name: Option<String> = "modelName" | "model_name",
        /// The title, which can be the track's id when nobody gave one.
        pub title: Option<String> = "title",
        /// The style, in words.
        pub tags: Option<String> = "tags",
        /// When the row was made.
        pub create_time: Option<Timestamp> = "createTime" | "create_time",
        /// The length in seconds, once it is known.
        pub duration: Option<Seconds> = "duration",
    }
}

impl Track {
    /// The link to the finished file, or `None` while the track is being made.
    pub fn url(&self) -> Option<&str> {
        // Suno's own link can be there before the file is.
        self.audio_url.as_deref()
    }

    /// The model to name when this track is extended.
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
