//! Links to files.

use std::{fmt, ops::Deref, time::Duration};

use serde::{Deserialize, Serialize};

use crate::tolerant::FromAny;

/// A link to a file, as the service gave it.
///
/// It stays text: links have been seen that no strict parser takes, with spaces in them. They expire: media is kept for
/// 14 days, and some links end after one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Link(String);

impl Link {
    /// How long generated media is kept: 14 days, by all pages but one, which says 15.
    pub const KEPT: Duration = Duration::from_secs(14 * 24 * 60 * 60);

    /// Takes the link as it is.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The link as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows the link without its query, which can hold a signature.
impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({:?})", crate::brief::text_in_brief(&self.0))
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Deref for Link {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Link {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Link {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl From<&str> for Link {
    fn from(url: &str) -> Self {
        Self::new(url)
    }
}

impl From<String> for Link {
    fn from(url: String) -> Self {
        Self::new(url)
    }
}

impl From<Link> for String {
    fn from(link: Link) -> Self {
        link.0
    }
}

/// A number or a truth value is no link, and an empty text is none either.
impl FromAny for Link {
    fn text(text: &str) -> Option<Self> {
        String::text(text).map(Self)
    }
    fn owned_text(text: String) -> Option<Self> {
        String::owned_text(text).map(Self)
    }
}
