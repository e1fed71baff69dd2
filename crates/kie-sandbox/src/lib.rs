#![doc = include_str!("../README.md")]
#![doc(html_root_url = "https://docs.rs/kie-sandbox/latest")]

mod account;
mod builder;
mod callbacks;
#[cfg(feature = "cassette")]
pub mod cassette;
mod control;
mod events;
mod faults;
mod http;
mod market;
mod media;
mod operations;
mod sandbox;
mod script;
mod wire;

pub use self::{
    account::{Received, SentCallback, TaskEntry},
    builder::SandboxBuilder,
    control::{Books, Latest, QueuedFaults},
    events::{CallbackEvent, CallbackOutcome, RequestEvent, SandboxEvent, TaskEvent},
    faults::{Faults, FaultsError},
    http::Server,
    market::{MODELS, TASK_DETAILS},
    media::FILES,
    operations::{SERVED_OPERATIONS, ServedOperation},
    sandbox::Sandbox,
    script::{CallbackFault, Fault, MarketCallbacks, SeededRng, Speed, TaskScript},
    wire::{Step, Wire},
};
