//! How patiently a task is waited for.

use std::time::Duration;

use kie_types::{LONGEST_TASK, UNDELIVERED_GRACE};

/// How often a task is looked at, and how long one waits for it.
///
/// Music takes one to two minutes as a rule. The service asks for at most 3 looks per second and task.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Polling {
    /// How long after the submit the first look is. 2 seconds; a task that was rebuilt from a saved id is looked at
    /// at once.
    pub first_poll: Duration,
    /// By what factor each pause is longer than the one before. 1.5.
    pub growth: f64,
    /// The longest pause between two looks, at least a third of a second. 15 seconds.
    pub longest_pause: Duration,
    /// How long is waited in all. 15 minutes.
    pub timeout: Duration,
    /// How long looks may fail, one after the other, before the wait is given up. 2 minutes.
    pub max_error_time: Duration,
    /// How long a task may be unknown to the service. 90 seconds.
    pub unknown: Duration,
    /// How long a task may lack results after the service gave up delivering its callback. 5 minutes; what there is by then
    /// counts as the result.
    pub undelivered: Duration,
}

impl Default for Polling {
    fn default() -> Self {
        Self {
            first_poll: Duration::from_secs(2),
            growth: 1.5,
            longest_pause: Duration::from_secs(15),
            timeout: LONGEST_TASK,
            max_error_time: Duration::from_secs(2 * 60),
            unknown: Duration::from_secs(90),
            undelivered: UNDELIVERED_GRACE,
        }
    }
}

impl Polling {
    /// How a task is looked at whose callbacks are awaited: at once when one comes, and otherwise only in case it got lost,
    /// first after 30 seconds and then at least every 60.
    ///
    /// The usual one for a client with a receiver.
    pub fn sweep() -> Self {
        Self::default().first_poll(Duration::from_secs(30)).longest_pause(Duration::from_secs(60))
    }

    /// The pause after this one.
    pub(crate) fn after(&self, pause: Duration) -> Duration {
        let grown = pause.max(SHORTEST).as_secs_f64() * self.growth.max(1.0);
        Duration::try_from_secs_f64(grown).unwrap_or(self.longest_pause).min(self.longest_pause).max(SHORTEST)
    }
}

/// The service takes 3 looks per second and task.
pub(crate) const SHORTEST: Duration = Duration::from_millis(334);

macro_rules! setters {
    ($($field:ident: $kind:ty,)+) => {
        impl Polling {
            $(
                #[doc = concat!("Sets [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")]
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
    first_poll: Duration,
    growth: f64,
    longest_pause: Duration,
    timeout: Duration,
    max_error_time: Duration,
    unknown: Duration,
    undelivered: Duration,
}
