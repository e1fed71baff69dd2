//! Callbacks of the service: their bodies, and the signatures in their headers.

mod body;
#[cfg(feature = "verify")]
pub mod signature;

pub use body::Callback;
