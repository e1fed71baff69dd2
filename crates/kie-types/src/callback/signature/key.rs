//! The key that signs callbacks.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The account's `webhookHmacKey`, which signs callbacks.
///
/// The signature covers the task id and the time, **not the body**: a valid one says that something happened to this
/// task about now, and nothing about what the body claims. A [`Verifier`](super::Verifier) does all that a receiver of callbacks has to.
///
/// ```
/// use kie_types::signature::WebhookKey;
///
/// let key = WebhookKey::new("kie-webhook-test-key-0001");
/// let signature = key.sign("a3f1c0de5b7942e88d6014f2c9be7710", "1767225600");
/// assert_eq!(signature, "xwWmyrun3AS3hDV+Td8aqS7uKx6lU85CWCsgzAfNV2w=");
/// assert!(key.verify("a3f1c0de5b7942e88d6014f2c9be7710", "1767225600", &signature));
/// assert!(!key.verify("a3f1c0de5b7942e88d6014f2c9be7710", "1767225601", &signature));
/// ```
#[derive(Clone)]
pub struct WebhookKey(Hmac<Sha256>);

impl WebhookKey {
    /// The key as KIE's settings page shows it.
    pub fn new(key: impl AsRef<[u8]>) -> Self {
        // HMAC takes keys of every length, so the empty one stands in for an error that cannot occur.
        let hmac = Hmac::new_from_slice(key.as_ref()).unwrap_or_else(|_| Hmac::new(&Default::default()));
        Self(hmac)
    }

    /// The signature of a callback about this task, with the timestamp exactly as its header has it.
    pub fn sign(&self, task_id: &str, timestamp: &str) -> String {
        BASE64_STANDARD.encode(self.mac(task_id, timestamp).finalize().into_bytes())
    }

    /// Whether the signature is this key's, compared in constant time. How old the timestamp may be is for the caller
    /// to say.
    pub fn verify(&self, task_id: &str, timestamp: &str, signature: &str) -> bool {
        Printed::read(signature).is_some_and(|said| self.said(task_id, timestamp, &said))
    }

    pub(super) fn said(&self, task_id: &str, timestamp: &str, said: &Printed) -> bool {
        self.mac(task_id, timestamp).verify_slice(&said.0).is_ok()
    }

    fn mac(&self, task_id: &str, timestamp: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(task_id.as_bytes());
        mac.update(b".");
        mac.update(timestamp.as_bytes());
        mac
    }
}

impl fmt::Debug for WebhookKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookKey(***)")
    }
}

/// A signature out of its Base64.
pub(super) struct Printed([u8; 32]);

impl Printed {
    pub(super) fn read(signature: &str) -> Option<Self> {
        // The decoder asks for room for the padding.
        let mut said = [0; 33];
        let length = BASE64_STANDARD.decode_slice(signature, &mut said).ok()?;
        said[..length].try_into().ok().map(Self)
    }
}
