//! Results of a task, in a form that is equal for all kinds of task.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::value::{
    Link,
    link::{Any, Kind},
};

/// A result of a task, such as a track or a video.
///
/// This type is for programs that treat all kinds of task alike, for example to save files or to print a summary. Each
/// kind of task also has its own output type, which has more fields.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// Link to the file of the result. `None` until the result is finished. The link is also in [`urls`](Self::urls).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Link>,
    /// All links of the result, by their names on the wire, such as `audioUrl` or `imageUrl`. Each link has a
    /// [lifetime](Link::lifetime), unless the item was read from JSON.
    #[serde(default)]
    pub urls: BTreeMap<String, Link<Any>>,
    /// Text of the result, such as the lyrics of a track, or the idea from which the track was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Error of this result. It is set if this result failed and other results of the task did not fail.
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

impl Item {
    /// Returns `true` if the file of the result is available, either by a link or in the response itself.
    pub fn is_available(&self) -> bool {
        self.url.is_some() || self.inline.is_some()
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
