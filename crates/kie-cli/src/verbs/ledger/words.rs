//! Words for the operations, states and times of receipts.

use std::{
    env,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use clap::ValueEnum;
use kie_suno::{
    receipts::{Receipt, ReceiptState},
    records::Timestamp,
};
use serde::Serialize;

use crate::{output::Tone, settings::from_home};

/// The kind of each operation that has receipts: the verb of `kie` that makes the call.
pub(in crate::verbs) const KINDS: [(&str, &str); 23] = [
    ("generate-music", "generate"),
    ("extend-music", "extend"),
    ("upload-and-extend-audio", "extend"),
    ("upload-and-cover-audio", "cover"),
    ("add-vocals", "add-vocals"),
    ("add-instrumental", "add-instrumental"),
    ("generate-mashup", "mashup"),
    ("generate-sounds", "sounds"),
    ("replace-section", "replace"),
    ("generate-persona", "persona"),
    ("boost-music-style", "style"),
    ("generate-lyrics", "lyrics"),
    ("get-timestamped-lyrics", "timed-lyrics"),
    ("convert-to-wav", "wav"),
    ("separate-vocals", "stems"),
    ("generate-midi", "midi"),
    ("create-music-video", "video"),
    ("cover-suno", "artwork"),
    ("suno-voice-validate", "voice"),
    ("suno-voice-generate", "voice"),
    ("suno-voice-regenerate", "voice"),
    ("suno-voice-check-voice", "voice"),
    ("recovery-audio", "recovery"),
];

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Returns the kind of an operation. It is the name of the operation if this version does not know the operation.
pub(in crate::verbs) fn kind(operation: &str) -> &str {
    KINDS.iter().find(|(name, _)| *name == operation).map_or(operation, |(_, kind)| kind)
}

/// State of a receipt, as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// The command ended before the call was sent
    Unsent,
    /// The response was lost. The call may have been accepted and charged
    Unknown,
    /// The service refused the call
    Refused,
    /// The task is not finished
    Running,
    /// The task failed
    Failed,
    /// The task is finished, and its files are not saved
    Complete,
    /// The files are saved
    Saved,
    /// The call is finished, and it made no files
    Done,
    /// The call was given up with kie forget
    Forgotten,
}

impl State {
    pub(super) fn of(receipt: &Receipt) -> Self {
        match receipt.state {
            _ if receipt.forgotten => Self::Forgotten,
            ReceiptState::Prepared => Self::Unsent,
            ReceiptState::Sent => Self::Unknown,
            ReceiptState::Refused => Self::Refused,
            ReceiptState::Running => Self::Running,
            ReceiptState::Failed => Self::Failed,
            ReceiptState::Saved if receipt.files.is_empty() => Self::Done,
            ReceiptState::Saved => Self::Saved,
            _ => Self::Complete,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Unsent => "unsent",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
            Self::Running => "running",
            Self::Failed => "failed",
            Self::Complete => "complete",
            Self::Saved => "saved",
            Self::Done => "done",
            Self::Forgotten => "forgotten",
        }
    }

    pub(super) fn tone(self) -> Tone {
        match self {
            Self::Saved | Self::Done => Tone::Done,
            Self::Running => Tone::Running,
            Self::Complete | Self::Unknown => Tone::Attention,
            Self::Failed | Self::Refused => Tone::Failed,
            Self::Unsent | Self::Forgotten => Tone::Quiet,
        }
    }
}

/// Formats a number of seconds in the largest unit that fits, such as `2 h`.
pub(super) fn span(seconds: u64) -> String {
    match seconds {
        0..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        HOUR..DAY => format!("{} h", seconds / HOUR),
        _ => format!("{} d", seconds / DAY),
    }
}

/// Formats a time as its age, or as its date if it is very long ago.
pub(super) fn when(time: SystemTime, now: SystemTime) -> String {
    let age = now.duration_since(time).unwrap_or_default().as_secs();
    if age < 100 * DAY {
        return span(age);
    }
    Timestamp::from(time).to_utc().unwrap_or_default().chars().take("2026-10-02".len()).collect()
}

/// Reads a time: a date such as `2026-11-20`, or an age such as `12h`, `7d` or `2w`.
pub(super) fn parse_since(text: &str) -> Result<SystemTime, String> {
    parse_time(text, SystemTime::now())
}

fn parse_time(text: &str, now: SystemTime) -> Result<SystemTime, String> {
    let text = text.trim();
    let is_date = text.len() == "2026-11-20".len() && text.contains('-');
    let full = if is_date { format!("{text}T00:00:00Z") } else { text.to_owned() };
    if text.contains('-') {
        let time = full.parse::<Timestamp>().ok().and_then(|time| time.system_time());
        return time.ok_or_else(|| "not a date such as 2026-11-20".to_owned());
    }
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let unit = match text[end..].trim() {
        "min" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        "w" => 7 * DAY,
        _ => return Err("not a date such as 2026-11-20, and not an age such as 12h, 7d or 2w".to_owned()),
    };
    let seconds = text[..end].parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    let time = seconds.and_then(|seconds| now.checked_sub(Duration::from_secs(seconds)));
    time.ok_or_else(|| format!("{text} is not a number with a unit, or is too long ago"))
}

/// Returns a path as it is shorter: from the current folder, or from the home folder.
pub(super) fn short_path(path: &Path) -> PathBuf {
    if let Some(below) = env::current_dir().ok().and_then(|folder| path.strip_prefix(folder).ok().map(Path::to_owned)) {
        return below;
    }
    from_home(path)
}

#[cfg(test)]
mod tests {
    use kie_suno::requests::catalog::OPERATIONS;

    use super::*;

    #[test]
    fn every_operation_with_receipts_has_a_kind() {
        for operation in OPERATIONS.iter().filter(|operation| operation.can_cost()) {
            assert!(KINDS.iter().any(|(name, _)| *name == operation.name), "{}", operation.name);
        }
        for (name, kind) in KINDS {
            assert!(OPERATIONS.iter().any(|operation| operation.name == name), "{kind}");
        }
    }

    #[test]
    fn a_time_is_a_date_or_an_age() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(100 * DAY);
        let parsed = |text| {
            parse_time(text, now).map(|time| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs())
        };
        assert_eq!(parsed("1970-01-02"), Ok(DAY));
        assert_eq!(parsed("1970-01-01T00:01:00Z"), Ok(60));
        for (text, seconds) in [("90min", 5_400), ("12h", 12 * HOUR), ("7 d", 7 * DAY), ("2w", 14 * DAY)] {
            assert_eq!(parsed(text), Ok(100 * DAY - seconds), "{text}");
        }
        for text in ["", "yesterday", "7", "d", "2026-13-41", "99999999999999999999d", "99999999999999999w", "-1d"] {
            assert!(parse_since(text).is_err(), "{text}");
        }
    }
}
