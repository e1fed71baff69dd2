//! How to do it: a page for each job that needs more than one call.
//!
//! * [`web_service`]: a handler starts a song, and another handler tells how far it is.
//! * [`worker`]: a worker continues after a restart, and pays nothing twice.
//! * [`tests`]: the tests of an app run on a simulated account, in milliseconds and free of charge.
//! * [`own_ledger`]: receipts are stored in a database of your own.
//! * [`http_stack`]: requests go through your own HTTP client.

#[cfg_attr(feature = "callbacks", doc = include_str!("../docs/web_service.md"))]
#[cfg_attr(not(feature = "callbacks"), doc = "Wait in a web service. This page needs the feature `callbacks`.")]
pub mod web_service {}

#[doc = include_str!("../docs/worker.md")]
pub mod worker {}

#[doc = include_str!("../docs/tests.md")]
pub mod tests {}

#[doc = include_str!("../docs/own_ledger.md")]
pub mod own_ledger {}

#[doc = include_str!("../docs/http_stack.md")]
pub mod http_stack {}
