//! Results of a task, in a form that is equal for all kinds of task.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::value::{
    Link, Model,
    link::{Any, Kind},
};

/// A result of a task, such as a track or a video.
///
/// This type is for programs that treat all kinds of task alike, for example to save files or to print a summary. Each
/// kind of task also has its own output type, which has more fields.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Item {
    /// Id of the result, from the service. `None` if the result has no id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Title of the result. It can be missing until the result is finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Duration of the track or video, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<f64>,
    /// Link to the file of the result. `None` until the result is finished, and for results without a link to a file,
    /// such as lyrics. The link is also in [`urls`](Self::urls).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Link>,
    /// All links of the result, by their names on the wire, such as `audioUrl` or `imageUrl`. A link has a
    /// [lifetime](Link::lifetime) if KIE documents one: links to Suno's own servers have none. The links of an item
    /// that was read from JSON have none either.
    #[serde(default)]
    pub urls: BTreeMap<String, Link<Any>>,
    /// Text of the result, such as the lyrics of a track, or the idea from which the track was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Style of the track, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// Model that made the track. `None` if the service does not tell the model, or if its name is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// Error that the service reports for this single result. `None` if the service reports no such error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Content of the result, if the response itself contains the content instead of a link. It is not serialized.
    #[serde(skip)]
    pub inline: Option<InlineFile>,
}

/// A file contained in a response, such as lyrics.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InlineFile {
    /// File extension, without a dot.
    pub extension: &'static str,
    /// Content of the file.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for InlineFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InlineFile({}, {} bytes)", self.extension, self.bytes.len())
    }
}

impl InlineFile {
    /// Creates a file with this extension and content.
    pub fn new(extension: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { extension, bytes: bytes.into() }
    }
}

/// A link to the file of a result. See [`Item::file_links`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileLink<'a> {
    /// Name of the link on the wire, such as `audioUrl`. `url` if [`Item::urls`] does not contain the link.
    pub name: &'a str,
    /// Address of the file.
    pub url: &'a str,
    /// `true` if the link leads to a stream. A stream may end early, or have a lower quality than the finished file.
    pub is_stream: bool,
}

/// Pairs of links to the same file. Each entry has the name of the main link, the name of the other link, and `true` if
/// the other link leads to a stream.
const OTHER_LINKS: [(&str, &str, bool); 4] = [
    ("audioUrl", "sourceAudioUrl", false),
    ("audioUrl", "streamAudioUrl", true),
    ("audioUrl", "sourceStreamAudioUrl", true),
    ("imageUrl", "sourceImageUrl", false),
];

impl Item {
    /// Returns `true` if the file of the result is available, either by a link or in the response itself.
    pub fn is_available(&self) -> bool {
        self.url.is_some() || self.inline.is_some()
    }

    /// Returns the links to the file of the result, in the order in which they should be tried: [`url`](Self::url),
    /// then other links to the finished file, then links to a stream. Returns no links if the result is not finished.
    ///
    /// A host can lose a file, or serve it a few minutes late. A record of a track has up to four links to the same
    /// audio, on several hosts.
    ///
    /// ```
    /// use kie_types::{Output, Track};
    ///
    /// let track: Track = serde_json::from_str(r#"{
    ///     "audioUrl": "https://files.example/waltz.mp3",
    ///     "sourceAudioUrl": "https://other.example/waltz.mp3",
    ///     "streamAudioUrl": "https://stream.example/waltz"
    /// }"#)?;
    /// let item = vec![track].items().remove(0);
    /// let links: Vec<_> = item.file_links().iter().map(|link| (link.name, link.is_stream)).collect();
    /// assert_eq!(links, [("audioUrl", false), ("sourceAudioUrl", false), ("streamAudioUrl", true)]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn file_links(&self) -> Vec<FileLink<'_>> {
        let Some(url) = self.url.as_deref() else { return Vec::new() };
        let name = self.urls.iter().find(|(_, link)| link.as_str() == url).map_or("url", |(name, _)| name);
        let mut links = vec![FileLink { name, url, is_stream: false }];
        for (_, other, is_stream) in OTHER_LINKS.into_iter().filter(|(of, ..)| *of == name) {
            if let Some(url) = self.urls.get(other).filter(|link| links.iter().all(|known| known.url != link.as_str()))
            {
                links.push(FileLink { name: other, url, is_stream });
            }
        }
        links
    }

    /// Adds a link under its name on the wire. Does nothing if the link is `None`.
    pub(crate) fn link<K: Kind>(mut self, name: &str, url: Option<&Link<K>>) -> Self {
        if let Some(url) = url {
            self.urls.insert(name.to_owned(), url.to_any());
        }
        self
    }
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        crate::text::redacted::debug("Item", self, f)
    }
}
