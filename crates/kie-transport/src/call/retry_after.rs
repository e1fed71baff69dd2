//! The header `Retry-After`.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, SystemTime},
};

use http::{
    HeaderMap,
    header::{DATE, HeaderName, RETRY_AFTER},
};

/// Upper limit of a pause that a response asks for: one day. A longer pause is probably a mistake of the service.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns the pause that a `Retry-After` header asks for, at most one day. The header has a number of seconds or a
/// date.
///
/// A date is compared with the `Date` header of the same response, so the result does not depend on the clock of this
/// machine. Without a readable `Date` header, the date is compared with `now`. Returns `None` for 0 seconds, for a date
/// that is not later than `Date` or `now`, and for a missing or unreadable `Retry-After` header.
pub(crate) fn retry_after(headers: &HeaderMap, now: impl FnOnce() -> SystemTime) -> Option<Duration> {
    let text = text(headers, RETRY_AFTER)?;
    let asked = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that is too large for `u64` is read as the longest pause.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        date(text)?.duration_since(self::text(headers, DATE).and_then(date).unwrap_or_else(now)).ok()?
    };
    (!asked.is_zero()).then(|| asked.min(LONGEST))
}

/// Pause that the service asked for in the last response to a call. Set it as
/// [`ApiCall::retry_after`](crate::ApiCall::retry_after), and read it after the call.
#[derive(Debug, Default)]
pub struct RetryAfter {
    /// The pause in milliseconds, or 0 if there is none.
    millis: AtomicU64,
}

impl RetryAfter {
    /// Returns the pause, at most one day. `None` if the last attempt got no response, or a response that asked for no
    /// pause.
    pub fn get(&self) -> Option<Duration> {
        let millis = self.millis.load(Relaxed);
        (millis > 0).then(|| Duration::from_millis(millis))
    }

    pub(crate) fn set(&self, pause: Option<Duration>) {
        self.millis.store(pause.map_or(0, |pause| pause.as_millis() as u64), Relaxed);
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn seconds_and_dates_are_understood() {
        let noon = "Tue, 15 Nov 1994 12:00:00 GMT";
        #[rustfmt::skip]
        let rows = [
            // Retry-After                       Date                                   pause in seconds
            (Some("7"),                          None,                                  Some(7)),
            (Some(" 120 "),                      Some(noon),                            Some(120)),
            (Some("0"),                          None,                                  None),
            (Some("86401"),                      None,                                  Some(86_400)),
            (Some("99999999999999999999999"),    None,                                  Some(86_400)),
            (Some("Tue, 15 Nov 1994 12:00:30 GMT"), Some(noon),                         Some(30)),
            (Some("Tuesday, 15-Nov-94 12:00:30 GMT"), Some(noon),                       Some(30)),
            (Some("Tue Nov 15 12:00:30 1994"),   Some(noon),                            Some(30)),
            (Some("Tue, 15 Nov 1994 12:00:30 GMT"), Some("yesterday"),                  Some(20)),
            (Some("Tue, 15 Nov 1994 12:00:30 GMT"), None,                               Some(20)),
            (Some("Sat, 15 Nov 2098 12:00:00 GMT"), Some(noon),                         Some(86_400)),
            (Some(noon),                         Some(noon),                            None),
            (Some("Tue, 15 Nov 1994 11:00:00 GMT"), Some(noon),                         None),
            (Some("1.5"),                        None,                                  None),
            (Some("-3"),                         None,                                  None),
            (Some(""),                           None,                                  None),
            (Some("soon"),                       Some(noon),                            None),
            (Some("ü"),                          None,                                  None),
            (None,                               Some(noon),                            None),
        ];
        let now = date(noon).unwrap() + Duration::from_secs(10);
        for (asked, said, pause) in rows {
            let mut headers = HeaderMap::new();
            for (name, text) in [(RETRY_AFTER, asked), (DATE, said)] {
                if let Some(text) = text {
                    headers.insert(name, HeaderValue::from_bytes(text.as_bytes()).unwrap());
                }
            }
            let read = retry_after(&headers, || now).map(|pause| pause.as_secs());
            assert_eq!(read, pause, "{asked:?} at {said:?}");
        }
    }
}
