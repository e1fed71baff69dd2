//! Tracks, the results of music tasks.

use crate::{
    decode::answer,
    operation::{Item, Output},
    value::{AudioId, Link, Model, Seconds, Timestamp, link::Any},
};

answer! {
    /// One track of a music task, usually one of two.
    ///
    /// Every field can be missing. A record lists a track before it is finished, and different operations send
    /// different keys. Records spell the keys in camelCase and callbacks in snake_case. Files are kept for 14 days.
    pub struct Track {
        /// Id of the track. Most operations on a finished track require it.
        pub id: Option<AudioId> = "id",
        /// Link to the finished file, usually MP3.
        pub audio_url: Option<Link> = "audioUrl" | "audio_url",
        /// Suno's own link to the finished file. It expires.
        pub source_audio_url: Option<Link<Any>> = "sourceAudioUrl" | "source_audio_url",
        /// Link to a stream that plays while the track is still being made.
        pub stream_audio_url: Option<Link<Any>> = "streamAudioUrl" | "stream_audio_url",
        /// Suno's own streaming link.
        pub source_stream_audio_url: Option<Link<Any>> = "sourceStreamAudioUrl" | "source_stream_audio_url",
        /// Link to the cover image.
        pub image_url: Option<Link> = "imageUrl" | "image_url",
        /// Suno's own link to the cover image.
        pub source_image_url: Option<Link<Any>> = "sourceImageUrl" | "source_image_url",
        /// Lyrics, the idea, or `[Instrumental]`.
        pub prompt: Option<String> = "prompt",
        /// Suno's own name of the model. [`model`](Self::model) converts it.
        pub model_name: Option<String> = "modelName" | "model_name",
        /// Title. It can be the id of the track if the request had no title.
        pub title: Option<String> = "title",
        /// Style, in words.
        pub tags: Option<String> = "tags",
        /// Time at which this entry was created.
        pub create_time: Option<Timestamp> = "createTime" | "create_time",
        /// Length in seconds. Missing until it is known.
        pub duration: Option<Seconds> = "duration",
    }
}

impl Track {
    /// Returns the link to the finished file, or `None` while the track is being made.
    pub fn url(&self) -> Option<&str> {
        // Suno's own link can be present before the file is finished, so it does not count.
        self.audio_url.as_deref()
    }

    /// Returns the model that a request to extend this track must name. `None` if the model's name is missing or
    /// unknown.
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
