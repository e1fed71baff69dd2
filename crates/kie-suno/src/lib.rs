#![doc = include_str!("../README.md")]
#![doc(html_root_url = "https://docs.rs/kie-suno/latest")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod budget;
mod builder;
pub mod callbacks;
mod calls;
pub mod catalogue;
mod client;
mod error;
pub mod errors;
pub mod files;
pub mod how_to;
pub mod receipts;
pub mod records;
pub mod requests;
mod results;
mod saved_file;
mod task;
mod waiting;

pub use budget::Budget;
pub use builder::ClientBuilder;
pub use calls::{CallFuture, Raw};
pub use client::Client;
pub use error::{Error, Result};
#[doc(inline)]
pub use kie_transport as transport;
#[doc(inline)]
pub use kie_transport::{HttpService, Retry, Retrying, Timeouts};
#[doc(inline)]
pub use kie_types as types;
#[doc(inline)]
pub use kie_types::{Charged, Credits, Route, Stage, TaskId};
pub use results::{AnyCall, Call};
pub use task::{AnyEvent, AnyEvents, AnyResume, AnyStart, AnyTask, AnyWait, Event, Events, Resume, Start, Task, Wait};
pub use waiting::Polling;

/// Runs the examples in the README of the workspace as tests of this crate.
#[cfg(all(doctest, feature = "callbacks"))]
#[doc = include_str!("../../../README.md")]
#[derive(Debug)]
pub struct FrontPage;
