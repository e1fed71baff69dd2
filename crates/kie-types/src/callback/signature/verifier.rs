//! Verifier: checks that a callback was signed by the account's key, recently.

use std::time::Duration;

use super::{
    key::{DecodedSignature, WebhookKey},
    label::UnverifiedCallback,
};

/// Checks signed callbacks and returns the task that a callback is about. It reads no clock: the time is an argument.
///
/// [`verify_callback`](Self::verify_callback) takes the headers and the body. [`verify`](Self::verify) takes their parsed
/// parts:
///
/// ```
/// use kie_types::signature::{VerifyError, UnverifiedCallback, Verifier, WebhookKey};
///
/// let (old, new) = (WebhookKey::new("old"), WebhookKey::new("new"));
/// let signature = old.sign("4be1", "1767225600");
///
/// // Accept both keys while the account changes from one to the other.
/// let verifier = Verifier::new(new).or(old);
/// let label = UnverifiedCallback::read(br#"{"code":200,"data":{"task_id":"4be1"}}"#)?;
/// assert_eq!(verifier.verify(&label, "1767225600", &signature, 1_767_225_660), Ok("4be1"));
/// assert_eq!(
///     verifier.verify(&label, "1767225600", &signature, 1_767_229_200),
///     Err(VerifyError::Stale { task_id: "4be1" }),
/// );
/// assert_eq!(verifier.verify(&label, "1767225601", &signature, 1_767_225_660), Err(VerifyError::Forged));
/// # Ok::<(), kie_types::Unreadable>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    keys: Vec<WebhookKey>,
    tolerance: Duration,
}

/// Error: a callback cannot be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError<'a> {
    /// The signature belongs to another task or another time, or it was made with an unknown key.
    #[error("the callback is not signed with the account's webhook key")]
    Forged,
    /// The signature is valid, but its time is too far in the past or in the future. The callback may be a replay by a person
    /// who has seen it. It is still a reason to look the task up.
    #[error("the time of the callback is too far in the past or in the future")]
    Stale {
        /// Id of the task that was signed.
        task_id: &'a str,
    },
}

impl From<WebhookKey> for Verifier {
    fn from(key: WebhookKey) -> Self {
        Self::new(key)
    }
}

impl Verifier {
    /// Creates a verifier that accepts signatures of this key, at most 300 seconds old or ahead.
    pub fn new(key: WebhookKey) -> Self {
        Self { keys: vec![key], tolerance: Duration::from_secs(300) }
    }

    /// Accepts signatures of this key too.
    #[must_use]
    pub fn or(mut self, key: WebhookKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Sets the maximum difference between the time of a callback and now, in either direction. Only whole seconds count. The
    /// service documents no value.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Returns the id of the task: the id in the body that was signed.
    ///
    /// `timestamp` and `signature` are the texts of [`TIMESTAMP_HEADER`](super::TIMESTAMP_HEADER) and
    /// [`SIGNATURE_HEADER`](super::SIGNATURE_HEADER). `now` is in seconds since 1970. The method allocates nothing.
    ///
    /// # Errors
    ///
    /// [`VerifyError`], which distinguishes a forged callback from one that is only stale.
    pub fn verify<'a>(
        &self,
        label: &'a UnverifiedCallback,
        timestamp: &str,
        signature: &str,
        now: u64,
    ) -> Result<&'a str, VerifyError<'a>> {
        let decoded = DecodedSignature::read(signature).ok_or(VerifyError::Forged)?;
        let is_signed = |id: &&str| self.keys.iter().any(|key| key.matches(id, timestamp, &decoded));
        let task_id = label.task_ids().find(is_signed).ok_or(VerifyError::Forged)?;
        let difference = timestamp.parse().map_or(u64::MAX, |then: u64| now.abs_diff(then));
        if difference <= self.tolerance.as_secs() { Ok(task_id) } else { Err(VerifyError::Stale { task_id }) }
    }
}
