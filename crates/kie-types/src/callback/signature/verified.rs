//! Verification of a callback from its headers and body, in one call.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use super::{
    headers::{SIGNATURE_HEADER, TIMESTAMP_HEADER},
    label::UnverifiedCallback,
    verifier::{Verifier, VerifyError},
};
use crate::{
    answer::Unreadable,
    callback::Callback,
    operation::Job,
    value::{TaskId, Timestamp},
};

impl Verifier {
    /// Verifies a callback. `header` is a function that returns the value of a header by its name.
    ///
    /// `now` is the current time. It is an argument because this crate reads no clock. Pass [`SystemTime::now()`], or
    /// the time of your runtime.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use kie_types::signature::{Verifier, WebhookKey};
    ///
    /// # let body = br#"{"code":200,"data":{"callbackType":"first","task_id":"4be1","data":[]}}"#;
    /// # let signature = WebhookKey::new("my-webhook-key").sign("4be1", "1767225600");
    /// # let request = [("x-webhook-timestamp", "1767225600"), ("x-webhook-signature", signature.as_str())];
    /// # let header = |name: &str| request.iter().find(|it| it.0.eq_ignore_ascii_case(name)).map(|it| it.1);
    /// # let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_660);
    /// let verifier = Verifier::new(WebhookKey::new("my-webhook-key"));
    /// // With axum and hyper: let header = |name: &str| headers.get(name)?.to_str().ok();
    /// // On a worker:         let header = |name: &str| headers.get(name).ok()?;
    /// let verified = verifier.verify_callback(header, body, now)?;
    ///
    /// // The task id is signed: the state of this task changed. Look the task up to find out how.
    /// assert_eq!(verified.task_id(), "4be1");
    /// // The content of the body is not signed.
    /// assert_eq!(verified.unverified_claims()?.job(), Some("music"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`CallbackError`] with the reason and the [HTTP status](CallbackError::http_status) for your response.
    pub fn verify_callback<'a, H: AsRef<str>>(
        &self,
        header: impl Fn(&str) -> Option<H>,
        body: &'a [u8],
        now: SystemTime,
    ) -> Result<Verified<'a>, CallbackError> {
        let header = |name: &'static str| header(name).ok_or(CallbackError::NoHeader { header: name });
        let (timestamp, signature) = (header(TIMESTAMP_HEADER)?, header(SIGNATURE_HEADER)?);
        let label = UnverifiedCallback::read(body).map_err(CallbackError::Unreadable)?;
        if label.task_ids().next().is_none() {
            return Err(CallbackError::Unreadable(Unreadable::new(200, body, "it names no task")));
        }
        let seconds = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let task_id = self.verify(&label, timestamp.as_ref(), signature.as_ref(), seconds)?.to_owned();
        let signed_at = timestamp.as_ref().parse().ok().map(Duration::from_secs);
        let signed_at = signed_at.and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since));
        // `verify` has already read the timestamp and compared it with `now`. So `signed_at` is `Some`, unless the
        // tolerance is billions of years.
        Ok(Verified { task_id, signed_at: signed_at.unwrap_or(now), body })
    }
}

/// A callback that the account's key signed recently.
///
/// The signature covers the [task id](Self::task_id) and the [time](Self::signed_at), **not the body**. A person who
/// knows one signed callback can send another body with the same headers. So the methods that read the body have
/// `unverified` in their names. Use the callback only as a signal, and look the task up before you act on the content
/// of the body.
#[derive(Clone, PartialEq, Eq)]
pub struct Verified<'a> {
    task_id: String,
    signed_at: SystemTime,
    pub(crate) body: &'a [u8],
}

impl Verified<'_> {
    /// Returns the id of the task. The signature covers this id.
    pub fn task_id(&self) -> &str {
        &self.task_id
    }

    /// Returns the time of the signature, in whole seconds. The signature covers this time.
    pub fn signed_at(&self) -> Timestamp {
        self.signed_at.into()
    }

    /// Reads the body as a callback about a task of the kind `J`. The body is **not signed**. The returned callback has
    /// the verified task id, even if the body has another id.
    ///
    /// ```
    /// # use std::time::{Duration, SystemTime};
    /// use kie_types::{Music, Stage, TaskState, signature::Verified};
    ///
    /// fn progress(callback: &Verified<'_>) -> Option<TaskState> {
    ///     Some(callback.unverified_claims_of::<Music>().ok()?.state())
    /// }
    /// # let body = br#"{"code":200,"data":{"callbackType":"first","task_id":"4be1","data":[]}}"#;
    /// # let (key, now) = (kie_types::signature::WebhookKey::new("key"), SystemTime::UNIX_EPOCH + Duration::from_secs(7));
    /// # let header = |name: &str| Some(if name.ends_with("Timestamp") { "7".into() } else { key.sign("4be1", "7") });
    /// # let verified = kie_types::signature::Verifier::new(key.clone()).verify_callback(header, body, now).unwrap();
    /// # assert_eq!(progress(&verified), Some(TaskState::Running(Some(Stage::First))));
    /// ```
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if the body cannot be read. A callback of another kind is not an error: fields that it does not
    /// have are missing in the result.
    pub fn unverified_claims_of<J: Job>(&self) -> Result<Callback<J>, Unreadable> {
        let mut callback = Callback::parse(self.body)?;
        callback.task_id = Some(TaskId::from(self.task_id.as_str()));
        Ok(callback)
    }
}

/// Shows the task id, the time, and the number of bytes of the body.
impl fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("task_id", &self.task_id)
            .field("signed_at", &self.signed_at().to_utc().unwrap_or_default())
            .field("unverified", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

/// Error: a callback is not verified.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// The callback lacks a header of the signature. Either the account has no `webhookHmacKey`, or KIE did not send
    /// the callback.
    #[error("the callback has no header {header}")]
    NoHeader {
        /// Name of the missing header.
        header: &'static str,
    },
    /// The body is not a JSON object, or it contains no task id.
    #[error(transparent)]
    Unreadable(Unreadable),
    /// The signature was made for another task or another time, or with an unknown key. A signature that is not 32
    /// bytes in Base64 also counts as forged.
    #[error("the callback is not signed with the account's webhook key")]
    Forged,
    /// The signature is valid, but its time is too far in the past or in the future. Perhaps a person recorded a real
    /// callback and sent it again. Look the task up anyway: the task id was signed by KIE.
    #[error("the time of the callback is too far in the past or in the future")]
    Stale {
        /// Id of the task. The signature covers this id.
        task_id: String,
    },
}

impl CallbackError {
    /// Returns the HTTP status for your response. It is 401 for a missing or wrong signature, and 400 for an unreadable
    /// callback. For a stale callback it is 200: after any other status, the service would send the callback again.
    pub fn http_status(&self) -> u16 {
        match self {
            Self::NoHeader { .. } | Self::Forged => 401,
            Self::Unreadable(_) => 400,
            Self::Stale { .. } => 200,
        }
    }
}

impl From<VerifyError<'_>> for CallbackError {
    fn from(distrusted: VerifyError<'_>) -> Self {
        match distrusted {
            VerifyError::Forged => Self::Forged,
            VerifyError::Stale { task_id } => Self::Stale { task_id: task_id.to_owned() },
        }
    }
}
