//! Files that have expired: the service keeps them only for a limited time.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use kie_types::{Lifetime, Timestamp};

/// The files of a task have expired.
#[derive(Debug)]
pub(crate) struct Expired {
    made: Timestamp,
    since: Timestamp,
    age: Duration,
}

impl Expired {
    /// Returns the expiry of files that were made at `made`. `None` if the files have not expired yet, or if `made` is
    /// not an instant, for example because it has no time zone.
    pub(crate) fn by_now(made: Timestamp) -> Option<Self> {
        let since = Lifetime::GENERATED.kept_until(&made)?;
        let now = SystemTime::now();
        let age = now.duration_since(made.system_time()?).ok()?;
        (since.system_time()? < now).then_some(Self { made, since, age })
    }

    /// Returns the time at which the files expired.
    pub(crate) fn since(&self) -> &Timestamp {
        &self.since
    }
}

/// Last part of an error text: says that the files have expired. Empty if the files have not expired.
pub(crate) struct ExpiryReason<'a>(pub(crate) Option<&'a Expired>);

impl fmt::Display for ExpiryReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Expired { made, age, .. }) = self.0 else { return Ok(()) };
        let days = |span: Duration| span.as_secs() / (24 * 60 * 60);
        let (kept, age, made) = (days(Lifetime::GENERATED.shortest), days(*age), made.to_utc().unwrap_or_default());
        write!(f, "; KIE documents that it keeps files for {kept} days, and these were made {age} days ago, at {made}")
    }
}
