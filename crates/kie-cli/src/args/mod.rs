//! Options that several verbs share.

// clap prints these comments as help texts, and a terminal shows backticks as they are.
#![allow(clippy::doc_markdown)]

mod follow;
mod global;
mod money;
mod music;

pub(crate) use follow::{FollowArgs, StartArgs};
pub(crate) use global::{GlobalArgs, OutputFormat};
pub(crate) use money::MoneyArgs;
pub(crate) use music::{Hints, take_hints};
