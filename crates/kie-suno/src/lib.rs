#![doc = include_str!("../README.md")]

mod any_task;
mod bounded;
mod budget;
mod builder;
mod call_back;
#[cfg(feature = "callbacks")]
mod callbacks;
mod client;
mod errand;
mod error;
mod events;
mod extras;
mod fetch;
mod forget;
mod gone;
mod note;
mod pace;
mod paid;
mod part;
mod purse;
mod query;
mod recent;
mod resume;
mod save;
mod save_all;
mod sum;
mod task;
mod upload;
#[cfg_attr(not(feature = "callbacks"), expect(dead_code, reason = "nobody but the receiver wakes waits"))]
mod waiters;
mod wire;

pub use budget::{Budget, OverBudget};
pub use builder::ClientBuilder;
#[cfg(feature = "callbacks")]
pub use callbacks::{Deliveries, Delivery, Missed, Receiver, ReceiverService};
pub use client::Client;
pub use error::{ApiError, DecodeError, Error, OutcomeUnknown, SaveError, TaskFailed, TimedOut, TransportError};
pub use events::{Event, Events};
pub use kie_ledger::{Arrival, Departure, Entry, Key, Ledger, LedgerError, News, Receipt, ReceiptId, ReceiptState};
pub use kie_transport::{self as transport, HttpService, Retry, Timeouts};
#[cfg(feature = "callbacks")]
pub use kie_types::signature::{Verifier, WebhookKey};
pub use kie_types::{self as types, *};
pub use pace::Pace;
pub use paid::NameTaken;
pub use resume::{NotResumed, Resume};
pub use save::{Download, Save};
pub use save_all::{Became, Collected, SaveAll};
pub use task::{Task, Wait};
pub use upload::Upload;

/// The examples on the project's front page are run as tests of this crate.
#[cfg(all(doctest, feature = "callbacks"))]
#[doc = include_str!("../../../README.md")]
#[derive(Debug)]
pub struct FrontPage;
