//! Durations, times and sizes in the form that people read.

use kie_suno::records::Timestamp;

/// Formats seconds as minutes and seconds, such as `2:31`.
pub(crate) fn minutes(seconds: f64) -> String {
    let seconds = seconds.round().max(0.0) as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Formats a time as `2026-02-03 14:02 UTC`. Text that is not a valid time is returned unchanged.
pub(crate) fn moment(time: &Timestamp) -> String {
    match time.to_utc().as_deref().and_then(|utc| utc.split_once('T')) {
        Some((date, time)) => format!("{date} {} UTC", &time[..5]),
        None => time.to_string(),
    }
}

/// Number of characters of an id that are in the name of a saved file, and minimum number of characters of a short id.
pub(crate) const SHORT_ID: usize = 8;

/// Returns the first characters of an id, as they are in the names of saved files.
pub(crate) fn short_id(id: &str) -> String {
    id.chars().take(SHORT_ID).collect()
}

/// Formats an amount of money, such as `US$ 0.06`. Less than a cent has as many digits as are needed.
pub(crate) fn dollars(usd: f64) -> String {
    let cents = format!("{usd:.2}");
    let is_exact = cents.parse::<f64>().is_ok_and(|cents| (cents - usd).abs() < 1e-9);
    if is_exact { format!("US$ {cents}") } else { format!("US$ {}", format!("{usd:.4}").trim_end_matches('0')) }
}

pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
