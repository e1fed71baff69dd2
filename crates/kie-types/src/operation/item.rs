//! Results of a task, in the same form for every kind of task.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::value::{
    Link,
    link::{Any, Kind},
};

/// A result of a task, such as a track or a video.
///
/// It is meant for programs that treat all kinds of task alike, for example to save files or to print a summary. The typed
/// output of each kind has more fields.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Item {
    /// Id that the service gave the result, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Title. It can be missing until the result is finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Length in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<f64>,
    /// Link to the result's file, once it is finished. It is also in [`urls`](Self::urls).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Link>,
    /// All links of the result, by their names on the wire, such as `audioUrl` or `imageUrl`. Each link has a
    /// [lifetime](Link::lifetime), unless it was read from JSON.
    #[serde(default)]
    pub urls: BTreeMap<String, Link<Any>>,
    /// Text of the result: the lyrics of a track, or the idea it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Error of this result, if it failed and other results of the task did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// File contained in the response itself, for results without a link. It is not serialized.
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
    /// Returns `true` if the result's file is available, by its link or in the response itself.
    pub fn is_available(&self) -> bool {
        self.url.is_some() || self.inline.is_some()
    }

    /// Adds a link, unless it is `None`.
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
