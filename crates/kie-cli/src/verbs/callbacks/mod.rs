//! Verbs about callbacks: a receiver at a desk, and callbacks to test a receiver.

mod client;
mod documents;
mod guard;
pub(crate) mod listen;
mod outgoing;
mod redeliveries;
pub(crate) mod replay;
mod samples;
mod server;
mod signing;
mod simulate;
mod tell;
pub(crate) mod trigger;

#[cfg(test)]
pub(crate) use documents::{AllSamples, ListenStarted, ReceivedCallback, SentCallbacks};
