//! The command line.

// These comments are help texts on a terminal, which shows backticks as they are.
#![allow(clippy::doc_markdown)]

mod cli;
mod follow;
mod global;
mod operations;
mod receipts;
mod sandbox;
mod songs;
mod upload;

pub(crate) use cli::{Cli, Command};
pub(crate) use follow::{Follow, Start};
pub(crate) use global::{Format, Global};
pub(crate) use operations::{Call, Check, Inspect, Kind, Task};
pub(crate) use receipts::{Forget, Resume, Save};
pub(crate) use sandbox::{Sandbox, Speed};
pub(crate) use songs::{Extend, Generate, Video};
pub(crate) use upload::Upload;
