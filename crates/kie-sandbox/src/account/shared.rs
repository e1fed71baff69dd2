//! The state that all connections and callbacks share: the account in a lock, and the settings that never change.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kie_types::signature::WebhookKey;
use tokio::{io::DuplexStream, time::Instant};

use crate::events::SandboxEvent;

use super::{account::Account, clock::Clock};

/// Function that opens a connection in memory to a receiver of callbacks.
pub(crate) type Connect = Arc<dyn Fn() -> DuplexStream + Send + Sync>;

/// Function that is told each event.
pub(crate) type Observer = Arc<dyn Fn(&SandboxEvent) + Send + Sync>;

/// The account and its settings.
pub(crate) struct SandboxInner {
    pub(crate) seed: u64,
    /// `true` if pages of other origins may read the responses.
    pub(crate) cors: bool,
    pub(crate) clock: Clock,
    pub(crate) api_key: Option<String>,
    pub(crate) webhook_key: Option<WebhookKey>,
    pub(crate) receiver: Option<Connect>,
    pub(crate) observer: Option<Observer>,
    pub(crate) account: Mutex<Account>,
}

impl SandboxInner {
    pub(crate) fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the observer an event. Without an observer, the event is not made. The account must not be locked, because
    /// the observer may use the sandbox. `event` makes the event that happened at the given time.
    pub(crate) fn tell(&self, event: impl FnOnce(Instant) -> SandboxEvent) {
        if let Some(observer) = &self.observer {
            observer(&event(Instant::now()));
        }
    }
}
