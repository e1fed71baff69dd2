//! A callback from its headers and its body, in one call.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use super::{
    headers::{SIGNATURE_HEADER, TIMESTAMP_HEADER},
    label::Label,
    verifier::{Distrusted, Verifier},
};
use crate::{
    answer::Unreadable,
    callback::Callback,
    operation::Job,
    value::{TaskId, Timestamp},
};

impl Verifier {
    /// Verifies a callback as it arrived: its headers, by a function that finds one by its name, and its body.
    ///
    /// `now` is an argument, for this crate has no clock: pass [`SystemTime::now()`], or what your runtime has.
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
    /// // Signed: something happened to this task about now. Its own record says what.
    /// assert_eq!(verified.task_id(), "4be1");
    /// // Not signed: what the body says of it.
    /// assert_eq!(verified.unverified_claims()?.job(), Some("music"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotVerified`] says why, and [how to answer](NotVerified::http_status).
    pub fn verify_callback<'a, H: AsRef<str>>(
        &self,
        header: impl Fn(&str) -> Option<H>,
        body: &'a [u8],
        now: SystemTime,
    ) -> Result<Verified<'a>, NotVerified> {
        let header = |name: &'static str| header(name).ok_or(NotVerified::NoHeader { header: name });
        let (timestamp, signature) = (header(TIMESTAMP_HEADER)?, header(SIGNATURE_HEADER)?);
        let label = Label::read(body).map_err(NotVerified::Unreadable)?;
        if label.task_ids().next().is_none() {
            return Err(NotVerified::Unreadable(Unreadable::new(200, body, "it names no task")));
        }
        let seconds = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let task_id = self.verify(&label, timestamp.as_ref(), signature.as_ref(), seconds)?.to_owned();
        let signed_at = timestamp.as_ref().parse().ok().map(Duration::from_secs);
        let signed_at = signed_at.and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since));
        // It was near enough to now to be read.
        Ok(Verified { task_id, signed_at: signed_at.unwrap_or(now), body })
    }
}

/// A callback that the account signed, about now.
///
/// The signature covers the [task id](Self::task_id) and the [time](Self::signed_at), **not the body**: whoever has seen
/// one signed callback can send another body under its headers. So what the body says is called unverified wherever it is
/// read. Take the callback as the word that something happened, and look the task up before acting on it.
#[derive(Clone, PartialEq, Eq)]
pub struct Verified<'a> {
    task_id: String,
    signed_at: SystemTime,
    pub(crate) body: &'a [u8],
}

impl Verified<'_> {
    /// The task that something happened to. Signed.
    pub fn task_id(&self) -> &str {
        &self.task_id
    }

    /// When it was signed, to the second. Signed.
    pub fn signed_at(&self) -> Timestamp {
        self.signed_at.into()
    }

    /// What the body claims, as a callback about a task of the kind `J`. **Not signed**, but for the task id, which is
    /// the verified one whatever id the body has.
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
    /// [`Unreadable`] if the body is no callback of this kind.
    pub fn unverified_claims_of<J: Job>(&self) -> Result<Callback<J>, Unreadable> {
        let mut callback = Callback::parse(self.body)?;
        callback.task_id = Some(TaskId::from(self.task_id.as_str()));
        Ok(callback)
    }
}

/// Shows what is signed, and of the body its length.
impl fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("task_id", &self.task_id)
            .field("signed_at", &self.signed_at().to_utc().unwrap_or_default())
            .field("unverified", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

/// Why a callback was not verified.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotVerified {
    /// It has no signature: an account without a `webhookHmacKey` gets none, and nor does a stranger.
    #[error("the callback has no header {header}")]
    NoHeader {
        /// The header that is missing.
        header: &'static str,
    },
    /// The body is no JSON object, or names no task.
    #[error(transparent)]
    Unreadable(Unreadable),
    /// The signature is that of another task or time, or of none of the keys.
    #[error("the signature of the callback is not the account's")]
    Forged,
    /// It is signed by the account, and is too old, or of too far in the future: it may be sent again by somebody who
    /// has seen it. It is still worth a look at the task.
    #[error("the callback was signed too long ago, or for too late a time")]
    Stale {
        /// The task that the signature is about.
        task_id: String,
    },
}

impl NotVerified {
    /// The HTTP status to answer with: 401 to those without a good signature, 400 to those that cannot be read, and 200 to
    /// stale ones, which the service would otherwise send again.
    pub fn http_status(&self) -> u16 {
        match self {
            Self::NoHeader { .. } | Self::Forged => 401,
            Self::Unreadable(_) => 400,
            Self::Stale { .. } => 200,
        }
    }
}

impl From<Distrusted<'_>> for NotVerified {
    fn from(distrusted: Distrusted<'_>) -> Self {
        match distrusted {
            Distrusted::Forged => Self::Forged,
            Distrusted::Stale { task_id } => Self::Stale { task_id: task_id.to_owned() },
        }
    }
}
