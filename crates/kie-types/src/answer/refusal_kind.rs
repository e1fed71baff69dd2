//! What the codes of refusals and failures mean, also for the caller's money.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What kind of trouble a code tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// 401: the key is missing or wrong.
    Auth,
    /// 402, and 429 or 500 whose text speaks of credits: the balance does not suffice.
    InsufficientCredits,
    /// 429, 430, or a text about call frequency: too many requests; the request was not taken and can be sent again later.
    RateLimited,
    /// 433: this key has used up its own cap.
    QuotaExceeded,
    /// 400, 405, 413, 422: the request breaks a rule. An unknown record is also told like this.
    Validation,
    /// Refused for what the words or the audio say: moderation, copyright. Only a task fails like this.
    Content,
    /// 404: no such path or record.
    NotFound,
    /// 409: it exists already.
    Conflict,
    /// 451: the service could not fetch a file that it was pointed to.
    FileUnreachable,
    /// 455: maintenance.
    Maintenance,
    /// 505: switched off.
    FeatureDisabled,
    /// 408, 501, 531: the task itself failed.
    TaskFailed,
    /// 500 and other 5xx: the service or something before it is in trouble.
    Server,
    /// A code that the documentation does not explain.
    Unknown,
}

impl RefusalKind {
    /// The kind that a code stands for. Where the documentation gives a number two meanings, the text decides.
    pub fn of_code(code: i64, message: &str) -> Self {
        let message = message.to_ascii_lowercase();
        let speaks_of = |words: &[&str]| words.iter().any(|word| message.contains(word));
        match code {
            // A failure's text can hold words of the user's own, so only a refusal is read for these.
            400..=405 | 409..=430 if speaks_of(&["call frequency", "频率过高"]) => Self::RateLimited,
            402 => Self::InsufficientCredits,
            429 if speaks_of(&["credit", "balance", "top up", "insufficient", "积分", "余额"]) => {
                Self::InsufficientCredits
            }
            // The service's own sentence, from its beginning.
            500 if message.starts_with("your call frequency is too high") => Self::RateLimited,
            500 if speaks_of(&["积分不足", "余额不足"]) => Self::InsufficientCredits,
            500 if speaks_of(&["credit", "balance"]) && speaks_of(&["insufficient", "enough", "top up"]) => {
                Self::InsufficientCredits
            }
            400 | 405 | 413 | 422 => Self::Validation,
            401 => Self::Auth,
            404 => Self::NotFound,
            408 | 501 | 531 => Self::TaskFailed,
            409 => Self::Conflict,
            429 | 430 => Self::RateLimited,
            433 => Self::QuotaExceeded,
            451 => Self::FileUnreachable,
            455 => Self::Maintenance,
            505 => Self::FeatureDisabled,
            500..=599 => Self::Server,
            _ => Self::Unknown,
        }
    }
}

impl RefusalKind {
    /// The kind of an answer that is not the service's own: the page of something in between, which cannot speak for
    /// a task.
    pub(crate) fn of_http_status(status: u16) -> Self {
        match status {
            401 => Self::Auth,
            429 => Self::RateLimited,
            408 | 500.. => Self::Server,
            _ => Self::Unknown,
        }
    }
}

impl RefusalKind {
    /// The kind in one or two words, such as `rate limited`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "unauthorized",
            Self::InsufficientCredits => "insufficient credits",
            Self::RateLimited => "rate limited",
            Self::QuotaExceeded => "quota exceeded",
            Self::Validation => "invalid request",
            Self::Content => "content refused",
            Self::NotFound => "not found",
            Self::Conflict => "conflict",
            Self::FileUnreachable => "file unreachable",
            Self::Maintenance => "maintenance",
            Self::FeatureDisabled => "feature disabled",
            Self::TaskFailed => "task failed",
            Self::Server => "server error",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for RefusalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Whether a call that did not succeed was paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Charged {
    /// It was: the body states the credits.
    Yes,
    /// It was not: nothing was sent, or the service refused before it started anything.
    No,
    /// It was, and the credits came back (code 531).
    Refunded,
    /// Nobody said.
    Unknown,
}

impl fmt::Display for Charged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Refunded => "refunded",
            Self::Unknown => "unknown",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_kind_has_words_of_its_own() {
        let codes = [0, 400, 401, 402, 404, 408, 409, 429, 433, 451, 455, 500, 505];
        let mut words = BTreeMap::new();
        for kind in codes.map(|code| RefusalKind::of_code(code, "")).into_iter().chain([RefusalKind::Content]) {
            let word = kind.to_string();
            assert!(word.chars().all(|c| c.is_ascii_lowercase() || c == ' '), "{word}");
            assert_eq!(words.insert(word, kind), None);
        }
        assert_eq!(words.len(), 14);
        assert_eq!(words.get("rate limited"), Some(&RefusalKind::RateLimited));
    }
}
