//! Converts between times as text and milliseconds since 1970 (UTC).

const SECOND: i64 = 1_000;
const DAY: i64 = 86_400 * SECOND;
/// Number of days from 1 March of the year 0 to 1 January 1970.
const EPOCH: i64 = 719_468;
/// Number of days in 400 years. After 400 years, the calendar repeats.
const ERA: i64 = 146_097;

/// Returns the milliseconds since 1970 (UTC) of a text such as `2026-02-03T14:02:11.508Z`. Returns `None` if the text
/// is not a valid time, or if it states no time zone.
pub(crate) fn millis_of(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let (time, ahead) = without_zone(time)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let is_date = (1..=12).contains(&month) && (1..=31).contains(&day);
    // Second 60 is a leap second. It is read as the first second of the next minute.
    if !is_date || hour > 23 || minute > 59 || second > 60 || !is_number(fraction) {
        return None;
    }
    let (days, is_real) = days_of(year, month, day);
    let millis = fraction.bytes().chain(*b"000").take(3).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    let minutes = hour * 60 + minute - ahead;
    is_real.then_some(days * DAY + (minutes * 60 + second) * SECOND + millis)
}

/// Returns the text of the time without the time zone, and the number of minutes that the zone is ahead of UTC.
fn without_zone(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let at = time.rfind(['+', '-'])?;
    let (time, zone) = time.split_at(at);
    let [hours, minutes] = numbers(&zone[1..], ':', [2, 2])?;
    let ahead = hours * 60 + minutes;
    (hours < 24 && minutes < 60).then_some((time, if zone.starts_with('-') { -ahead } else { ahead }))
}

/// Reads numbers that are separated by `between`. `digits` has the required number of digits of each number.
fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(between);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == digits && is_number(part))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the number of days from 1 January 1970 to a date, and `true` if the date exists.
fn days_of(year: i64, month: i64, day: i64) -> (i64, bool) {
    // The year is counted from March, so the leap day is the last day of the year.
    let (year, from_march) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let days = era * ERA + 365 * year + year / 4 - year / 100 + (153 * from_march + 2) / 5 + day - 1 - EPOCH;
    (days, date_of(days).2 == day)
}

/// Returns the year, month and day of a date. `days` is the number of days from 1 January 1970 to the date.
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH;
    let (era, day) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let from_march = (5 * day + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day - (153 * from_march + 2) / 5 + 1)
}

/// Formats milliseconds since 1970 (UTC) as a text such as `2026-02-03T14:02:11.508Z`.
pub(crate) fn text_of(millis: i64) -> String {
    let (year, month, day) = date_of(millis.div_euclid(DAY));
    let millis = millis.rem_euclid(DAY);
    let (seconds, millis) = (millis / SECOND, millis % SECOND);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

#[cfg(test)]
mod tests {
    use super::{millis_of, text_of};

    #[test]
    fn dates_are_written_and_read() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_770_128_410_508, "2026-02-03T14:20:10.508Z"),
            (1_798_761_599_000, "2026-12-31T23:59:59.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!((text_of(millis).as_str(), millis_of(text)), (text, Some(millis)));
        }
    }

    #[test]
    fn a_text_is_an_instant_if_it_states_its_zone() {
        let noon = millis_of("2026-02-03T12:00:00Z");
        for text in ["2026-02-03t12:00:00z", "2026-02-03 14:00:00+02:00", "2026-02-03T06:30:00.0000-05:30"] {
            assert_eq!(millis_of(text), noon, "{text}");
        }
        for text in [
            "2026-02-03 12:00:00",
            "2026-02-03",
            "2026-02-30T12:00:00Z",
            "2100-02-29T12:00:00Z",
            "2026-13-03T12:00:00Z",
            "2026-00-03T12:00:00Z",
            "2026-02-03T24:00:00Z",
            "2026-02-03T12:00Z",
            "2026-02-03T12:00:00.Z",
            "2026-02-03T12:00:00+0200",
            "+026-02-03T12:00:00Z",
            "2026-02-03T12:00:00.5é0Z",
            "é",
            "",
        ] {
            assert_eq!(millis_of(text), None, "{text}");
        }
    }
}
