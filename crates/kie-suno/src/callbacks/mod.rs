//! Callbacks arrive: they are verified, written down, and wake the waits for their tasks.

mod delivery;
mod receiver;
mod seen;
mod service;

pub use delivery::{Deliveries, Delivery, Missed};
pub use receiver::Receiver;
pub use service::ReceiverService;
