//! Files that are past the time for which the service keeps them.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use kie_types::{Lifetime, Timestamp};

/// What a task made is past its time.
#[derive(Debug)]
pub(crate) struct Expired {
    made: Timestamp,
    since: Timestamp,
    age: Duration,
}

impl Expired {
    /// `None` if there is time left for what was made then.
    pub(crate) fn by_now(made: Timestamp) -> Option<Self> {
        let since = Lifetime::GENERATED.kept_until(&made)?;
        let now = SystemTime::now();
        let age = now.duration_since(made.system_time()?).ok()?;
        (since.system_time()? < now).then_some(Self { made, since, age })
    }

    /// When the time was over.
    pub(crate) fn since(&self) -> &Timestamp {
        &self.since
    }
}

/// The end of a sentence about files that may be past their time.
pub(crate) struct ExpiryReason<'a>(pub(crate) Option<&'a Expired>);

impl fmt::Display for ExpiryReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Expired { made, age, .. }) = self.0 else { return Ok(()) };
        let days = |span: Duration| span.as_secs() / (24 * 60 * 60);
        let (kept, age, made) = (days(Lifetime::GENERATED.shortest), days(*age), made.to_utc().unwrap_or_default());
        write!(f, "; the service keeps files for {kept} days, and these were made {age} days ago, at {made}")
    }
}
