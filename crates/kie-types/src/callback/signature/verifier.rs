//! Verifier: checks that the account's key signed a callback recently.

use std::time::Duration;

use super::{
    key::{DecodedSignature, WebhookKey},
    label::UnverifiedCallback,
};

/// Checks the signature of a callback and returns the id of the task. A verifier reads no clock: the current time is an
/// argument.
///
/// [`verify_callback`](Self::verify_callback) takes the headers and the body of the callback. [`verify`](Self::verify)
/// takes the fields of the body and the values of the headers:
///
/// ```
/// use kie_types::signature::{VerifyError, UnverifiedCallback, Verifier, WebhookKey};
///
/// let (old, new) = (WebhookKey::new("old"), WebhookKey::new("new"));
/// let signature = old.sign("4be1", "1767225600");
///
/// // Accept the old and the new key while the account changes its key.
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
    /// The signature was made for another task or another time, or with an unknown key. A signature that is not 32
    /// bytes in Base64 also counts as forged.
    #[error("the callback is not signed with the account's webhook key")]
    Forged,
    /// The signature is valid, but its time is too far in the past or in the future. Perhaps a person recorded a real
    /// callback and sent it again. Look the task up anyway: the task id was signed by KIE.
    #[error("the time of the callback is too far in the past or in the future")]
    Stale {
        /// Id of the task. The signature covers this id.
        task_id: &'a str,
    },
}

impl From<WebhookKey> for Verifier {
    fn from(key: WebhookKey) -> Self {
        Self::new(key)
    }
}

impl Verifier {
    /// Creates a verifier that accepts signatures made with this key. The time of a signature may differ from now by at
    /// most 300 seconds, in both directions.
    pub fn new(key: WebhookKey) -> Self {
        Self { keys: vec![key], tolerance: Duration::from_secs(300) }
    }

    /// Accepts signatures made with this key too.
    #[must_use]
    pub fn or(mut self, key: WebhookKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Sets the maximum difference between the time of a callback and now, in both directions. A fraction of a second
    /// is ignored. The service does not document a maximum.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Checks a signature and returns the id of the task. A body can contain several ids: the signature covers this
    /// one.
    ///
    /// `timestamp` and `signature` are the texts of the headers [`TIMESTAMP_HEADER`](super::TIMESTAMP_HEADER) and
    /// [`SIGNATURE_HEADER`](super::SIGNATURE_HEADER). `now` is the current time in seconds since 1970. The method
    /// allocates no memory.
    ///
    /// # Errors
    ///
    /// [`VerifyError::Forged`] if the signature is wrong. [`VerifyError::Stale`] if the time of a correct signature is
    /// too far in the past or in the future, or is not a number.
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
        let is_fresh = |then: u64| now.abs_diff(then) <= self.tolerance.as_secs();
        if timestamp.parse().is_ok_and(is_fresh) { Ok(task_id) } else { Err(VerifyError::Stale { task_id }) }
    }
}
