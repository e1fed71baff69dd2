//! Times in the formats of the service.

use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{calendar, parse_error::ParseError};
use crate::decode::{FromAny, any};

/// A time from the service. It is a number of milliseconds since 1970 (UTC), or a text. Many of the texts state no time
/// zone.
///
/// The documentation shows texts such as `2025-01-01 00:10:00`. The real service sends numbers such as `1770127702000`,
/// and texts such as `2026-02-03T14:02:11.508Z` in the responses to uploads. A number or a text with a time zone is an
/// instant, and has a [`system_time`](Self::system_time). A text that is not a time or has no time zone is not an
/// instant. With the features `jiff` and `chrono`, instants can be converted to the types of these crates, and back.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Timestamp(Repr);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Repr {
    Milliseconds(i64),
    Text(String),
}

impl Timestamp {
    /// Creates a time from milliseconds since 1970-01-01 UTC.
    pub fn from_millis(millis: i64) -> Self {
        Self(Repr::Milliseconds(millis))
    }

    /// Returns the milliseconds since 1970-01-01 UTC. Returns `None` if the time is not an instant.
    pub fn as_millis(&self) -> Option<i64> {
        match &self.0 {
            Repr::Milliseconds(millis) => Some(*millis),
            Repr::Text(text) => calendar::millis_of(text),
        }
    }

    /// Returns the instant as a text in UTC, such as `2026-02-03T14:02:11.508Z`. Returns `None` if the time is not an
    /// instant.
    pub fn to_utc(&self) -> Option<String> {
        self.as_millis().map(calendar::text_of)
    }

    /// Returns the instant. Returns `None` if the time is not an instant.
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

/// Converts the time to milliseconds since 1970 (UTC). Digits finer than a millisecond are cut off.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => Self::from_millis(millis(since)),
            Err(before) => Self::from_millis(-millis(before.duration())),
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Milliseconds(millis) => millis.fmt(f),
            Repr::Text(text) => text.fmt(f),
        }
    }
}

/// Reads any text that is not empty. A text that is a whole number is read as milliseconds since 1970 (UTC). The texts
/// that [`Display`](fmt::Display) prints are read as the same time.
impl FromStr for Timestamp {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::text(text).ok_or(ParseError::expected("a time, as text or in milliseconds"))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Repr::Milliseconds(millis) => serializer.serialize_i64(*millis),
            Repr::Text(text) => serializer.serialize_str(text),
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
            Err(_) => String::text(text).map(|text| Self(Repr::Text(text))),
        }
    }
    fn integer(number: i64) -> Option<Self> {
        Some(Self::from_millis(number))
    }
    fn float(number: f64) -> Option<Self> {
        i64::float(number.trunc()).map(Self::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_from_a_text_as_from_json() {
        for text in ["1770127702000", "-1", "2026-02-03T14:02:11.508Z", "2025-01-01 00:10:00"] {
            let read: Result<Timestamp, _> = text.parse();
            assert_eq!(read.as_ref().map(ToString::to_string), Ok(text.to_owned()));
            assert_eq!(read.ok(), serde_json::from_value(text.into()).ok(), "{text}");
        }
        assert_eq!("1770127702000".parse(), Ok(Timestamp::from_millis(1_770_127_702_000)));
        let error = "".parse::<Timestamp>().map_err(|error| error.to_string());
        assert_eq!(error, Err("expected a time, as text or in milliseconds".to_owned()));
    }
}
