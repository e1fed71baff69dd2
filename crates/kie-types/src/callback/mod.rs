//! What the service pushes: the bodies of callbacks, and the signatures of their headers.

mod body;
#[cfg(feature = "verify")]
pub mod signature;

pub use body::Callback;
