//! Times as the service says them.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::tolerant::{FromAny, any};

/// A time as the service said it: milliseconds since 1970, or a text whose time zone it does not state.
///
/// The documentation shows `2025-01-01 00:10:00`; live answers hold numbers such as `1770127702000`. Only the
/// numbers are an instant, so only they have a [`system_time`](Self::system_time).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Timestamp(Said);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Said {
    Milliseconds(i64),
    Text(String),
}

impl Timestamp {
    /// A time given in milliseconds since 1970-01-01 UTC.
    pub fn from_millis(millis: i64) -> Self {
        Self(Said::Milliseconds(millis))
    }

    /// Milliseconds since 1970-01-01 UTC, if the service gave a number.
    pub fn as_millis(&self) -> Option<i64> {
        match self.0 {
            Said::Milliseconds(millis) => Some(millis),
            Said::Text(_) => None,
        }
    }

    /// The instant, if the service gave a number.
    pub fn system_time(&self) -> Option<SystemTime> {
        let millis = self.as_millis()?;
        let distance = Duration::from_millis(millis.unsigned_abs());
        if millis < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Said::Milliseconds(millis) => millis.fmt(f),
            Said::Text(text) => text.fmt(f),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Said::Milliseconds(millis) => serializer.serialize_i64(*millis),
            Said::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any(deserializer)?.ok_or_else(|| D::Error::custom("expected a time, as text or in milliseconds"))
    }
}

impl FromAny for Timestamp {
    fn text(text: &str) -> Option<Self> {
        match text.parse() {
            Ok(millis) => Some(Self::from_millis(millis)),
            Err(_) => String::text(text).map(|text| Self(Said::Text(text))),
        }
    }
    fn integer(number: i64) -> Option<Self> {
        Some(Self::from_millis(number))
    }
    fn float(number: f64) -> Option<Self> {
        i64::float(number.trunc()).map(Self::from_millis)
    }
}
