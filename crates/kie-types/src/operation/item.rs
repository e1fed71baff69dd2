//! The things a job makes, in one shape for all kinds of job.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::value::{
    Link,
    link::{Any, Kind},
};

/// One thing that a job made: a track, a video.
///
/// This is the view for programs that treat all jobs alike: saving files, printing a summary. The typed output of
/// each job says more.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Item {
    /// The service's id of this thing, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its title, which can be missing while it is being made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its length in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<f64>,
    /// The link to the file that it is, once it is finished. One of [`urls`](Self::urls).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Link>,
    /// Every link that belongs to it, by its name on the wire, such as `audioUrl` or `imageUrl`. Each
    /// [knows](Link::lifetime) how long it is good for, unless it was read from JSON.
    #[serde(default)]
    pub urls: BTreeMap<String, Link<Any>>,
    /// Its text: the lyrics of a track, or the idea it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why this one was not made, where others of the task were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The file that it is where there is no link, because the answer itself holds it. Not printed.
    #[serde(skip)]
    pub inline: Option<InlineFile>,
}

/// A file that an answer itself holds, such as lyrics.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InlineFile {
    /// The ending that files of this kind have, without a dot.
    pub extension: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for InlineFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InlineFile({}, {} bytes)", self.extension, self.bytes.len())
    }
}

impl InlineFile {
    /// A file of this kind with this in it.
    pub fn new(extension: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { extension, bytes: bytes.into() }
    }
}

impl Item {
    /// Whether the file that it is can be had, by its link or from the answer itself.
    pub fn is_there(&self) -> bool {
        self.url.is_some() || self.inline.is_some()
    }

    /// Adds a link, if there is one.
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
