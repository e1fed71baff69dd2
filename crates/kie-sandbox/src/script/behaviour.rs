//! Behaviour of an account.

use super::{market::MarketSettings, speed::Speed};

/// The settings of an account that may change while the sandbox runs.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Behaviour {
    pub(crate) speed: Speed,
    pub(crate) market: MarketSettings,
    /// `true` if the rate limits of the service hold.
    pub(crate) rate_limits: bool,
}
