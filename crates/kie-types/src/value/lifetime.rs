//! Lifetimes of links and their files: the service deletes each file after some time.

use std::time::Duration;

use super::timestamp::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Documented time for which the service keeps the file of a link, or for which a direct link works. For some kinds of
/// file, the documentation states two different times. So this type has the shortest and the longest documented time.
///
/// This time is documented, not certain: users saw files of tasks disappear after some hours. Save files as soon as
/// their task is complete.
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
    /// Shortest documented time.
    pub shortest: Duration,
    /// Longest documented time.
    pub longest: Duration,
}

impl Lifetime {
    /// Documented lifetime of the files that a task made: 14 days. Only the documentation page `upload-and-cover-audio`
    /// says 15 days.
    ///
    /// This is the lifetime of the file. The link may expire earlier, and the host then refuses the link.
    /// [`DownloadUrl`](crate::DownloadUrl) gets a new link.
    pub const GENERATED: Self = Self::new(DAY.saturating_mul(14), DAY.saturating_mul(15));

    /// Lifetime of an uploaded file: 24 hours according to the newer documentation pages, 3 days according to the older
    /// pages.
    pub const UPLOADED: Self = Self::new(DAY, DAY.saturating_mul(3));

    /// Lifetime of a link from [`DownloadUrl`](crate::DownloadUrl): 20 minutes. The file is kept longer than the link.
    pub const DIRECT: Self = Self::new(Duration::from_secs(20 * 60), Duration::from_secs(20 * 60));

    const fn new(shortest: Duration, longest: Duration) -> Self {
        Self { shortest, longest }
    }

    /// Returns the time until which the file is kept according to the documentation: `made` plus the shortest lifetime.
    /// `made` is the time at which the file was made. Returns `None` if `made` is [not an
    /// instant](Timestamp::as_millis).
    pub fn kept_until(self, made: &Timestamp) -> Option<Timestamp> {
        let span = i64::try_from(self.shortest.as_millis()).ok()?;
        made.as_millis()?.checked_add(span).map(Timestamp::from_millis)
    }
}
