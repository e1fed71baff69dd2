//! How one call is made: what is sent, when it may leave, and whether it is sent again.

mod api_key;
mod budget;
mod content;
mod gate;
mod permit;
mod retry;
mod retry_after;
mod throttle;
mod transport;

pub use api_key::ApiKey;
pub(crate) use budget::Budget;
pub use content::{Call, Content};
pub(crate) use gate::Gate;
pub use permit::{Leave, Permit};
pub use retry::{Answer, Repeat, Retry};
pub(crate) use transport::Inner;
pub use transport::Transport;
