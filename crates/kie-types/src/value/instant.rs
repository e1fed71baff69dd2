//! Conversions between [`Timestamp`] and the times of the crates `jiff` and `chrono`.
//!
//! A text with a time zone is converted to its instant, and the time zone is lost. A text without a time zone is
//! refused, since it is not known if the time is in UTC. An instant of `jiff` or `chrono` becomes the number of
//! milliseconds since 1970 (UTC). Digits finer than a millisecond are cut off.

use super::{parse_error::ParseError, timestamp::Timestamp};

const NO_INSTANT: ParseError = ParseError::expected("a time that states its time zone");

/// Converts the time to an instant. Returns an error if the [`Timestamp`] is a text that is not a valid time or has no
/// time zone. Also returns an error if `jiff` cannot hold the time. The result is in UTC, so the original time zone is
/// lost. Needs the feature `jiff`.
///
/// ```
/// use kie_types::Timestamp;
///
/// let time: Timestamp = "2026-02-03T16:02:11.508+02:00".parse()?;
/// let instant = jiff::Timestamp::try_from(&time)?;
/// assert_eq!(instant.to_string(), "2026-02-03T14:02:11.508Z");
/// assert_eq!(Timestamp::from(instant), Timestamp::from_millis(1_770_127_331_508));
///
/// let without_zone: Timestamp = "2025-01-01 00:10:00".parse()?;
/// assert!(jiff::Timestamp::try_from(&without_zone).is_err());
/// # Ok::<(), kie_types::ParseError>(())
/// ```
#[cfg(feature = "jiff")]
impl TryFrom<&Timestamp> for jiff::Timestamp {
    type Error = ParseError;

    fn try_from(time: &Timestamp) -> Result<Self, ParseError> {
        let millis = time.as_millis().ok_or(NO_INSTANT)?;
        Self::from_millisecond(millis).map_err(|_| ParseError::expected("a time between the years -9999 and 9999"))
    }
}

/// Converts the instant to milliseconds since 1970 (UTC). Needs the feature `jiff`. Digits finer than a millisecond are
/// cut off.
#[cfg(feature = "jiff")]
impl From<jiff::Timestamp> for Timestamp {
    fn from(instant: jiff::Timestamp) -> Self {
        Self::from_millis(instant.as_millisecond())
    }
}

/// Converts the time to an instant. Returns an error if the [`Timestamp`] is a text that is not a valid time or has no
/// time zone. Also returns an error if `chrono` cannot hold the time. The result is in UTC, so the original time zone
/// is lost. Needs the feature `chrono`.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use kie_types::Timestamp;
///
/// let time: Timestamp = "2026-02-03T16:02:11.508+02:00".parse()?;
/// let instant: DateTime<Utc> = (&time).try_into()?;
/// assert_eq!(instant.timestamp_millis(), 1_770_127_331_508);
/// assert_eq!(Timestamp::from(instant), Timestamp::from_millis(1_770_127_331_508));
///
/// let without_zone: Timestamp = "2025-01-01 00:10:00".parse()?;
/// assert!(DateTime::try_from(&without_zone).is_err());
/// # Ok::<(), kie_types::ParseError>(())
/// ```
#[cfg(feature = "chrono")]
impl TryFrom<&Timestamp> for chrono::DateTime<chrono::Utc> {
    type Error = ParseError;

    fn try_from(time: &Timestamp) -> Result<Self, ParseError> {
        let millis = time.as_millis().ok_or(NO_INSTANT)?;
        Self::from_timestamp_millis(millis).ok_or(ParseError::expected("a time that chrono can hold"))
    }
}

/// Converts the instant to milliseconds since 1970 (UTC), from any time zone. Needs the feature `chrono`. Digits finer
/// than a millisecond are cut off.
#[cfg(feature = "chrono")]
impl<Z: chrono::TimeZone> From<chrono::DateTime<Z>> for Timestamp {
    fn from(instant: chrono::DateTime<Z>) -> Self {
        Self::from_millis(instant.timestamp_millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times as the service sends them, each with its instant in milliseconds since 1970. `None` if the text has no
    /// time zone or is not a time: such a text is no instant.
    const TIMES: [(&str, Option<i64>); 6] = [
        ("1770127702000", Some(1_770_127_702_000)),
        ("-1", Some(-1)),
        ("2026-02-03T14:02:11.508Z", Some(1_770_127_331_508)),
        ("2026-02-03T06:32:11.508-07:30", Some(1_770_127_331_508)),
        ("2025-01-01 00:10:00", None),
        ("yesterday", None),
    ];

    #[cfg(feature = "jiff")]
    #[test]
    fn a_time_converts_to_jiff_and_back() {
        for (text, millis) in TIMES {
            let instant = text.parse::<Timestamp>().and_then(|time| jiff::Timestamp::try_from(&time)).ok();
            assert_eq!(instant.map(jiff::Timestamp::as_millisecond), millis, "{text}");
            assert_eq!(instant.map(Timestamp::from), millis.map(Timestamp::from_millis), "{text}");
        }
        let error = jiff::Timestamp::try_from(&Timestamp::from_millis(i64::MAX)).map_err(|error| error.to_string());
        assert_eq!(error, Err("expected a time between the years -9999 and 9999".to_owned()));
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn a_time_converts_to_chrono_and_back() {
        use chrono::{DateTime, FixedOffset, Utc};
        for (text, millis) in TIMES {
            let instant = text.parse::<Timestamp>().and_then(|time| DateTime::<Utc>::try_from(&time)).ok();
            assert_eq!(instant.map(|instant| instant.timestamp_millis()), millis, "{text}");
            assert_eq!(instant.map(Timestamp::from), millis.map(Timestamp::from_millis), "{text}");
            // Converts the same instant in a time zone two hours east of UTC. The time zone must not change the result.
            let east = FixedOffset::east_opt(2 * 3_600);
            let shown = instant.zip(east).map(|(instant, zone)| instant.with_timezone(&zone));
            assert_eq!(shown.map(Timestamp::from), millis.map(Timestamp::from_millis), "{text}");
        }
        let error = DateTime::<Utc>::try_from(&Timestamp::from_millis(i64::MAX)).map_err(|error| error.to_string());
        assert_eq!(error, Err("expected a time that chrono can hold".to_owned()));
    }
}
