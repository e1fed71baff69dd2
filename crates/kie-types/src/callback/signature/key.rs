//! The key for the signatures of callbacks.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The account's `webhookHmacKey`. KIE signs callbacks with this key.
///
/// The signature covers the task id and the time, **not the body**. A valid signature proves that the state of this
/// task changed at this time. It proves nothing about the content of the body. Use a [`Verifier`](super::Verifier) to
/// do all checks that a receiver of callbacks needs.
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
    /// Creates the key from the text on KIE's settings page.
    pub fn new(key: impl AsRef<[u8]>) -> Self {
        // HMAC accepts keys of any length. So `new_from_slice` never fails, and the fallback is not used.
        let hmac = Hmac::new_from_slice(key.as_ref()).unwrap_or_else(|_| Hmac::new(&Default::default()));
        Self(hmac)
    }

    /// Returns the signature, in Base64, of a callback about this task. `timestamp` is the unchanged text of the header
    /// [`TIMESTAMP_HEADER`](super::TIMESTAMP_HEADER).
    pub fn sign(&self, task_id: &str, timestamp: &str) -> String {
        BASE64_STANDARD.encode(self.mac(task_id, timestamp).finalize().into_bytes())
    }

    /// Returns `true` if the signature was made with this key, for this task and this timestamp. The comparison takes
    /// constant time. The method does not check the age of the timestamp.
    pub fn verify(&self, task_id: &str, timestamp: &str, signature: &str) -> bool {
        DecodedSignature::read(signature).is_some_and(|decoded| self.matches(task_id, timestamp, &decoded))
    }

    pub(super) fn matches(&self, task_id: &str, timestamp: &str, decoded: &DecodedSignature) -> bool {
        self.mac(task_id, timestamp).verify_slice(&decoded.0).is_ok()
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

/// The 32 bytes of a signature, decoded from Base64.
pub(super) struct DecodedSignature([u8; 32]);

impl DecodedSignature {
    pub(super) fn read(signature: &str) -> Option<Self> {
        // A Base64 text with the length of a signature can contain up to 33 bytes. Only 32 bytes are a signature.
        let mut decoded = [0; 33];
        let length = BASE64_STANDARD.decode_slice(signature, &mut decoded).ok()?;
        decoded[..length].try_into().ok().map(Self)
    }
}
