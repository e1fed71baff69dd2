#![doc = include_str!("../README.md")]

mod budget;
mod builder;
#[cfg(feature = "callbacks")]
mod callbacks;
mod calls;
mod client;
mod download;
mod error;
mod files;
mod receipts;
mod task;
#[cfg_attr(not(feature = "callbacks"), expect(dead_code, reason = "nobody but the receiver wakes waits"))]
mod waiting;

pub use budget::Budget;
pub use builder::ClientBuilder;
#[cfg(feature = "callbacks")]
pub use callbacks::{Deliveries, Delivery, Missed, Receiver, ReceiverService};
pub use calls::{Call, Raw, Running};
pub use client::Client;
pub use download::Download;
pub use error::{
    ApiError, ConfigError, DecodeError, Error, Failing, NameTaken, NotResumed, OutcomeUnknown, OverBudget, Result,
    SaveError, TaskFailed, TimedOut, TransportError,
};
pub use files::{Became, Collected, Save, SaveAll, Upload};
pub use kie_ledger::{Arrival, Departure, Entry, Key, Ledger, LedgerError, News, Receipt, ReceiptId, ReceiptState};
pub use kie_transport::{self as transport, HttpService, Retry, Timeouts};
#[cfg(feature = "callbacks")]
pub use kie_types::signature::{Verifier, WebhookKey};
pub use kie_types::{self as types, *};
pub use task::{AnyTask, AnyWait, Event, Events, Resume, Start, Task, Wait};
pub use waiting::Pace;

/// The examples on the project's front page are run as tests of this crate.
#[cfg(all(doctest, feature = "callbacks"))]
#[doc = include_str!("../../../README.md")]
#[derive(Debug)]
pub struct FrontPage;
