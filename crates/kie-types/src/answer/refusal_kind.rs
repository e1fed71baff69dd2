//! Meaning of the codes of refusals and failures. It tells also whether credits were charged.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Kind of a refusal or failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// 401: the API key is missing or wrong.
    Auth,
    /// 402, and 429 or 500 with a message about credits: the balance is too low.
    InsufficientCredits,
    /// 429, 430, or a message about call frequency: too many requests. The request was not accepted; send it again later.
    RateLimited,
    /// 433: the API key has used up its own quota.
    QuotaExceeded,
    /// 400, 405, 413, 422: the request breaks a rule. An unknown record is also reported this way.
    Validation,
    /// The words or the audio were rejected, by moderation or for copyright. Only a task fails this way.
    Content,
    /// 404: the path or record does not exist.
    NotFound,
    /// 409: it already exists.
    Conflict,
    /// 451: the service could not fetch a file from its address.
    FileUnreachable,
    /// 455: the service is under maintenance.
    Maintenance,
    /// 505: the feature is switched off.
    FeatureDisabled,
    /// 408, 501, 531: the task itself failed.
    TaskFailed,
    /// 500 and other 5xx: the service, or a proxy in front of it, is in trouble.
    Server,
    /// A code that the documentation does not explain.
    Unknown,
}

impl RefusalKind {
    /// Returns the kind of a code. If the documentation gives a code two meanings, the message decides.
    pub fn of_code(code: i64, message: &str) -> Self {
        let message = message.to_ascii_lowercase();
        let speaks_of = |words: &[&str]| words.iter().any(|word| message.contains(word));
        match code {
            // A failure's message can contain the user's own words, so these words count for refusals only.
            400..=405 | 409..=430 if speaks_of(&["call frequency", "频率过高"]) => Self::RateLimited,
            402 => Self::InsufficientCredits,
            429 if speaks_of(&["credit", "balance", "top up", "insufficient", "积分", "余额"]) => {
                Self::InsufficientCredits
            }
            // The service's own sentence. It must be at the beginning.
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
    /// Returns the kind of a response without the service's envelope. It comes from a proxy, which knows nothing about tasks.
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
    /// Returns the kind in one or two words, such as `rate limited`.
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

/// Tells whether an unsuccessful call was paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Charged {
    /// It was paid for: the body states the credits.
    Yes,
    /// It was not paid for: nothing was sent, or the service refused before it started anything.
    No,
    /// It was paid for, and the credits were refunded (code 531).
    Refunded,
    /// It is not known.
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
