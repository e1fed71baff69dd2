//! Poll intervals and time limits for waiting for a task.

use std::time::Duration;

use kie_types::{LONGEST_TASK, UNDELIVERED_GRACE};

/// Poll intervals and time limits for waiting for a task.
///
/// Music usually takes one to two minutes. The service allows at most 3 polls per second and task. If the response to a
/// poll asks for a pause with `Retry-After`, the next poll of the task comes after this pause, or at the end of `timeout`
/// if that is earlier.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Polling {
    /// Delay of the first poll of a task that was just started, counted from the time at which the waiting begins. A
    /// task that was rebuilt from a saved id is polled immediately. The first pause between two polls is `growth` times
    /// this delay, but at most `max_pause`. Default: 2 seconds.
    pub first_poll: Duration,
    /// Ratio of each pause between two polls to the previous pause. Values below 1 count as 1. Default: 1.5.
    pub growth: f64,
    /// Maximum pause between two polls. Shorter values than a third of a second count as a third of a second. Default:
    /// 15 seconds.
    pub max_pause: Duration,
    /// Maximum time to wait for the task. The last poll can end up to 10 seconds after this time. Default: 15 minutes.
    pub timeout: Duration,
    /// Time for which the client accepts polls that fail temporarily, counted from the first of these polls. If a poll
    /// fails after this time, the wait ends with [`Error::TimedOut`](crate::Error::TimedOut). Default:
    /// [`Duration::MAX`], so that a wait survives an outage of the service or of the network, and only `timeout` ends
    /// it. A failure that lasts, such as a wrong key or a certificate that is not trusted, ends a wait at once.
    pub max_error_time: Duration,
    /// Time for which the client accepts answers that the service does not know the task, counted from the first of
    /// these answers. If such an answer comes after this time, the wait ends with [`Error::Api`](crate::Error::Api) and
    /// the code 404. Default: 90 seconds.
    pub not_found_grace: Duration,
    /// Time for which the client waits for further results of a task whose callback the service could not deliver. The
    /// time begins at the first poll that shows this state. After this time, the existing results count as all results.
    /// If there are none, the wait ends with [`Error::Failed`](crate::Error::Failed). Default: 5 minutes.
    pub undelivered_grace: Duration,
    /// Time for which the file of a young task is requested again after its host did not have the file. A file host can
    /// need some minutes after the end of a task until it serves the file. Default: 3 minutes.
    pub file_grace: Duration,
}

impl Default for Polling {
    fn default() -> Self {
        Self {
            first_poll: Duration::from_secs(2),
            growth: 1.5,
            max_pause: Duration::from_secs(15),
            timeout: LONGEST_TASK,
            max_error_time: Duration::MAX,
            not_found_grace: Duration::from_secs(90),
            undelivered_grace: UNDELIVERED_GRACE,
            file_grace: Duration::from_secs(3 * 60),
        }
    }
}

impl Polling {
    /// Returns the settings for a task whose callbacks are received. Each callback causes a poll. The other polls only
    /// find results whose callback was lost. The first of these polls comes after 30 seconds, and later ones are at
    /// most 60 seconds apart.
    ///
    /// A client with a receiver uses these settings by default.
    pub fn sweep() -> Self {
        Self::default().first_poll(Duration::from_secs(30)).max_pause(Duration::from_secs(60))
    }

    /// Returns the pause that comes after `pause`.
    pub(crate) fn after(&self, pause: Duration) -> Duration {
        let grown = pause.max(SHORTEST).as_secs_f64() * self.growth.max(1.0);
        Duration::try_from_secs_f64(grown).unwrap_or(self.max_pause).min(self.max_pause).max(SHORTEST)
    }
}

/// Shortest pause between two polls of a task. The service allows 3 polls per second and task.
pub(crate) const SHORTEST: Duration = Duration::from_millis(334);

macro_rules! setters {
    ($($(#[$doc:meta])+ $field:ident: $kind:ty,)+) => {
        impl Polling {
            $(
                $(#[$doc])+
                #[must_use]
                pub fn $field(mut self, $field: $kind) -> Self {
                    self.$field = $field;
                    self
                }
            )+
        }
    };
}

setters! {
    /// Sets the delay of the first poll of a task that was just started. Default: 2 seconds.
    first_poll: Duration,
    /// Sets the ratio of each pause between two polls to the previous pause. Default: 1.5.
    growth: f64,
    /// Sets the maximum pause between two polls. Default: 15 seconds.
    max_pause: Duration,
    /// Sets the maximum time to wait for the task. Default: 15 minutes.
    timeout: Duration,
    /// Sets the time for which the client accepts polls that fail temporarily. Default: [`Duration::MAX`], no limit.
    max_error_time: Duration,
    /// Sets the time for which the client accepts answers that the service does not know the task. Default: 90 seconds.
    not_found_grace: Duration,
    /// Sets the time for which the client waits for further results of a task whose callback the service could not
    /// deliver. Default: 5 minutes.
    undelivered_grace: Duration,
    /// Sets the time for which the file of a young task is requested again after its host did not have the file.
    /// Default: 3 minutes.
    file_grace: Duration,
}
