//! Kinds of refusals and failures, by code. A second type tells if credits were charged.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Kind of a refusal or failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// 401: the API key is missing or wrong.
    Auth,
    /// 402, or 429 or 500 with a message about credits: the balance of the account is too low.
    InsufficientCredits,
    /// 429, 430, or a message about call frequency (with code 500 or most codes from 400 to 428): too many requests.
    /// The service did not accept the request. Send the request again later.
    RateLimited,
    /// 433: the API key has used up its own quota.
    QuotaExceeded,
    /// 400, 405, 413, 422: the request breaks a rule. The service also uses 422 for the id of an unknown task or track.
    Validation,
    /// The words or the audio were rejected, by moderation or because of copyright. This kind occurs only for failed
    /// tasks.
    Content,
    /// 404: the path or record does not exist.
    NotFound,
    /// 409: the task or result that the request would create exists already.
    Conflict,
    /// 451: the service could not fetch a file from its address.
    FileUnreachable,
    /// 455: the service is under maintenance.
    Maintenance,
    /// 505: the feature is switched off.
    FeatureDisabled,
    /// 408, 501, 531: the task failed after it was started.
    TaskFailed,
    /// Other codes from 500 to 599, and the HTTP status 408 without the service's envelope: an error in the service, or
    /// in a proxy in front of the service.
    Server,
    /// A code that the documentation does not explain. Or the response has no envelope of the service, and no other kind
    /// fits its HTTP status.
    Unknown,
}

impl RefusalKind {
    /// Returns the kind for a code. If the documentation gives the code two meanings, the message decides.
    pub fn of_code(code: i64, message: &str) -> Self {
        let message = message.to_ascii_lowercase();
        let speaks_of = |words: &[&str]| words.iter().any(|word| message.contains(word));
        match code {
            // Refusals use these codes. With other codes, the message can be about a failed task, and such a message
            // can contain the user's own text, such as lyrics with these words. So messages with other codes are not
            // searched for these words.
            400..=405 | 409..=430 if speaks_of(&["call frequency", "频率过高"]) => Self::RateLimited,
            402 => Self::InsufficientCredits,
            429 if speaks_of(&["credit", "balance", "top up", "insufficient", "积分", "余额"]) => {
                Self::InsufficientCredits
            }
            // Only a message that begins with this sentence is about the rate limit. A message with the sentence in the
            // middle may quote the user's own text.
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
    /// Returns the kind of a response without the service's envelope. Such a response probably comes from a proxy. A
    /// proxy knows nothing about tasks, so the result is never [`TaskFailed`](Self::TaskFailed).
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

/// Tells if a call or a task was paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Charged {
    /// The call was paid for: the response states the credits.
    Yes,
    /// The call was not paid for. Either nothing was sent, or the service refused the request before it started a task.
    No,
    /// The call was paid for, and the credits were refunded (code 531).
    Refunded,
    /// It is not known if the call was paid for.
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
