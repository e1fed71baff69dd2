//! One call: its content, the queue before it is sent, and its retries.

mod api_call;
mod api_key;
mod gate;
mod permit;
mod retry;
mod retry_after;
mod retry_budget;
mod retrying;
mod throttle;
mod transport;

pub use api_call::{ApiCall, Content};
pub use api_key::ApiKey;
pub(crate) use gate::Gate;
pub use permit::{Permit, PermitFuture};
pub use retry::{Idempotency, Retry, Verdict};
pub use retry_after::RetryAfter;
pub(crate) use retry_after::retry_after;
pub(crate) use retry_budget::RetryBudget;
pub(crate) use retrying::OnRetry;
pub use retrying::Retrying;
pub(crate) use transport::Inner;
pub use transport::Transport;
