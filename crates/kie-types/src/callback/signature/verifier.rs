//! Whether a callback is the service's, and of now.

use std::time::Duration;

use super::{
    key::{Printed, WebhookKey},
    label::Label,
};

/// Says which task a signed callback is about, or why it is not to be believed. It has no clock: the time is an argument.
///
/// [`verify_callback`](Self::verify_callback) takes a callback as it arrived. [`verify`](Self::verify), below it, takes the
/// pieces:
///
/// ```
/// use kie_types::signature::{Distrusted, Label, Verifier, WebhookKey};
///
/// let (old, new) = (WebhookKey::new("old"), WebhookKey::new("new"));
/// let signature = old.sign("4be1", "1767225600");
///
/// // Both keys count while the account changes from one to the other.
/// let verifier = Verifier::new(new).or(old);
/// let label = Label::read(br#"{"code":200,"data":{"task_id":"4be1"}}"#)?;
/// assert_eq!(verifier.verify(&label, "1767225600", &signature, 1_767_225_660), Ok("4be1"));
/// assert_eq!(
///     verifier.verify(&label, "1767225600", &signature, 1_767_229_200),
///     Err(Distrusted::Stale { task_id: "4be1" }),
/// );
/// assert_eq!(verifier.verify(&label, "1767225601", &signature, 1_767_225_660), Err(Distrusted::Forged));
/// # Ok::<(), kie_types::Unreadable>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    keys: Vec<WebhookKey>,
    tolerance: Duration,
}

/// Why a callback is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Distrusted<'a> {
    /// The signature is that of another task or time, or of none of the keys.
    #[error("the signature of the callback is not the account's")]
    Forged,
    /// It is signed by the account, and is too old, or of too far in the future: it may be sent again by somebody who
    /// has seen it. Whoever waits for the task can still look at it.
    #[error("the callback was signed too long ago, or for too late a time")]
    Stale {
        /// The task that the signature is about.
        task_id: &'a str,
    },
}

impl From<WebhookKey> for Verifier {
    fn from(key: WebhookKey) -> Self {
        Self::new(key)
    }
}

impl Verifier {
    /// Takes what this key signed, at most 300 seconds ago or ahead.
    pub fn new(key: WebhookKey) -> Self {
        Self { keys: vec![key], tolerance: Duration::from_secs(300) }
    }

    /// Takes what this key signed, too.
    #[must_use]
    pub fn or(mut self, key: WebhookKey) -> Self {
        self.keys.push(key);
        self
    }

    /// How far the time of a callback may lie from now, in either direction, in whole seconds. The service does not say
    /// what it should be.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// The task that the callback is about: of the ids in its body, the one that was signed.
    ///
    /// `timestamp` and `signature` are the texts of [`TIMESTAMP_HEADER`](super::TIMESTAMP_HEADER) and
    /// [`SIGNATURE_HEADER`](super::SIGNATURE_HEADER); `now` is in seconds since 1970. Nothing is allocated.
    ///
    /// # Errors
    ///
    /// [`Distrusted`], which tells a forgery from what only came at the wrong time.
    pub fn verify<'a>(
        &self,
        label: &'a Label,
        timestamp: &str,
        signature: &str,
        now: u64,
    ) -> Result<&'a str, Distrusted<'a>> {
        let said = Printed::read(signature).ok_or(Distrusted::Forged)?;
        let is_signed = |id: &&str| self.keys.iter().any(|key| key.said(id, timestamp, &said));
        let task_id = label.task_ids().find(is_signed).ok_or(Distrusted::Forged)?;
        let away = timestamp.parse().map_or(u64::MAX, |then: u64| now.abs_diff(then));
        if away <= self.tolerance.as_secs() { Ok(task_id) } else { Err(Distrusted::Stale { task_id }) }
    }
}
