//! Links to files. The type of a link tells the lifetime of the file.

use std::{cmp::Ordering, fmt, hash, ops::Deref};

use serde::{Deserialize, Serialize};

use super::lifetime::Lifetime;
use crate::decode::FromAny;

/// A link to a file: the text that the service sent, unchanged, and the documented [lifetime](Self::lifetime) of the
/// file.
///
/// A link is kept as text, since some links from the service contain spaces, and a strict URL parser refuses spaces.
/// The type parameter is the kind of the file and takes no memory, except for [`Any`]. Two links are equal if their
/// texts are equal.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent, bound(serialize = "", deserialize = "K: Kind"))]
pub struct Link<K = Generated> {
    url: Box<str>,
    #[serde(skip)]
    kind: K,
}

/// Kind of the file behind a link.
pub trait Kind: Copy + Default + fmt::Debug + Send + Sync + 'static + sealed::Sealed {
    /// Returns the documented lifetime of links of this kind. Returns `None` if no lifetime is documented.
    fn lifetime(self) -> Option<&'static Lifetime>;
}

/// Link to a file that a task made.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Generated;

/// Direct link from [`DownloadUrl`](crate::DownloadUrl). Use a direct link immediately, since it expires after 20
/// minutes. Store the original link instead of the direct link.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Direct;

/// Link to an uploaded file.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Uploaded;

/// Link of any kind. If a `Link<Any>` is made from another link, it keeps the lifetime of that link. If it is read from
/// JSON, its lifetime is not known. Links to Suno's own servers also have this type, since no lifetime is documented
/// for them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Any(Option<&'static Lifetime>);

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Generated {}
    impl Sealed for super::Direct {}
    impl Sealed for super::Uploaded {}
    impl Sealed for super::Any {}
}

impl Kind for Generated {
    fn lifetime(self) -> Option<&'static Lifetime> {
        Some(&Lifetime::GENERATED)
    }
}

impl Kind for Direct {
    fn lifetime(self) -> Option<&'static Lifetime> {
        Some(&Lifetime::DIRECT)
    }
}

impl Kind for Uploaded {
    fn lifetime(self) -> Option<&'static Lifetime> {
        Some(&Lifetime::UPLOADED)
    }
}

impl Kind for Any {
    fn lifetime(self) -> Option<&'static Lifetime> {
        self.0
    }
}

impl<K: Kind> Link<K> {
    /// Wraps a link unchanged.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into().into(), kind: K::default() }
    }

    /// Returns the documented lifetime. Returns `None` if no lifetime is documented, for example for a link to Suno's
    /// own servers.
    pub fn lifetime(&self) -> Option<Lifetime> {
        self.kind.lifetime().copied()
    }

    /// Converts the link to a link of any kind. The new link has the same lifetime.
    pub fn to_any(&self) -> Link<Any> {
        Link { url: self.url.clone(), kind: Any(self.kind.lifetime()) }
    }
}

impl<K> Link<K> {
    /// Returns the link as text, exactly as the service sent it.
    pub fn as_str(&self) -> &str {
        &self.url
    }
}

/// Shows the link without its query, since the query can contain a signature.
impl<K> fmt::Debug for Link<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({:?})", crate::text::redacted::text_in_brief(&self.url))
    }
}

impl<K> fmt::Display for Link<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

impl<K> Deref for Link<K> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.url
    }
}

impl<K> PartialEq for Link<K> {
    fn eq(&self, other: &Self) -> bool {
        self.url == other.url
    }
}

impl<K> Eq for Link<K> {}

impl<K> PartialOrd for Link<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Link<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.url.cmp(&other.url)
    }
}

impl<K> hash::Hash for Link<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.url.hash(state);
    }
}

impl<K> PartialEq<str> for Link<K> {
    fn eq(&self, other: &str) -> bool {
        *self.url == *other
    }
}

impl<K> PartialEq<&str> for Link<K> {
    fn eq(&self, other: &&str) -> bool {
        *self.url == **other
    }
}

impl<K: Kind> From<&str> for Link<K> {
    fn from(url: &str) -> Self {
        Self::new(url)
    }
}

impl<K: Kind> From<String> for Link<K> {
    fn from(url: String) -> Self {
        Self::new(url)
    }
}

impl<K> From<Link<K>> for String {
    fn from(link: Link<K>) -> Self {
        link.url.into()
    }
}

/// Reads a link from any JSON text that is not empty. A number or a boolean is not a link.
impl<K: Kind> FromAny for Link<K> {
    fn text(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self::new(text))
    }
    fn owned_text(text: String) -> Option<Self> {
        (!text.is_empty()).then(|| Self::new(text))
    }
}
