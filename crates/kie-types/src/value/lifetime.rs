//! How long the service keeps what its links lead to.

use std::time::Duration;

use super::timestamp::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a link leads to its file. The documentation gives several times for one thing, so this is the shortest and the
/// longest of them: plan for the shortest.
///
/// ```
/// use std::time::Duration;
/// use kie_types::{DownloadUrl, Endpoint, Lifetime, Timestamp, Track};
///
/// let track: Track = serde_json::from_str(r#"{"audioUrl": "https://cdn.example/a.mp3", "createTime": 1770127702000}"#)?;
/// let kept = track.audio_url.and_then(|link| link.lifetime()).unwrap();
/// assert_eq!(kept, Lifetime::GENERATED);
/// let until = kept.kept_until(&track.create_time.unwrap()).unwrap();
/// assert_eq!(until.to_utc().unwrap(), "2026-02-17T14:08:22.000Z");
///
/// let direct = DownloadUrl::read(200, br#"{"code": 200, "data": "https://cdn.example/a.mp3?Expires=1770128902"}"#).unwrap();
/// assert_eq!(direct.lifetime().unwrap().shortest, Duration::from_secs(20 * 60));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Lifetime {
    /// What is certain.
    pub shortest: Duration,
    /// What nobody promises to exceed.
    pub longest: Duration,
}

impl Lifetime {
    /// Of what a task made: 14 days, by all pages but `upload-and-cover-audio`, which says 15.
    ///
    /// It is about the file. The link to it may end sooner, and is then refused; [`DownloadUrl`](crate::DownloadUrl) gives
    /// another one.
    pub const GENERATED: Self = Self::new(DAY.saturating_mul(14), DAY.saturating_mul(15));

    /// Of an uploaded file: 24 hours by the newer pages, 3 days by the older ones.
    pub const UPLOADED: Self = Self::new(DAY, DAY.saturating_mul(3));

    /// Of the link that [`DownloadUrl`](crate::DownloadUrl) gives: 20 minutes. The file behind it is kept for longer.
    pub const DIRECT: Self = Self::new(Duration::from_secs(20 * 60), Duration::from_secs(20 * 60));

    const fn new(shortest: Duration, longest: Duration) -> Self {
        Self { shortest, longest }
    }

    /// Until when at the least it is kept, if it was made at this time; `None` if that is [no instant](Timestamp::as_millis).
    pub fn kept_until(self, made: &Timestamp) -> Option<Timestamp> {
        let span = i64::try_from(self.shortest.as_millis()).ok()?;
        made.as_millis()?.checked_add(span).map(Timestamp::from_millis)
    }
}
