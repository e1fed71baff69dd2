//! The command line.

// clap prints these comments as help texts, and a terminal shows backticks as they are.
#![allow(clippy::doc_markdown)]

mod cli;
mod follow;
mod global;
mod models;
mod operations;
mod receipts;
mod sandbox;
mod songs;
mod upload;

pub(crate) use cli::{Cli, Command};
pub(crate) use follow::{FollowArgs, StartArgs, TagArgs};
pub(crate) use global::{GlobalArgs, OutputFormat};
pub(crate) use operations::{BodyKind, CallArgs, CheckArgs, InspectArgs, TaskArgs};
pub(crate) use receipts::{ForgetArgs, ResumeArgs, SaveArgs};
pub(crate) use sandbox::{SandboxArgs, SpeedArg};
pub(crate) use songs::{ExtendArgs, GenerateArgs, VideoArgs};
pub(crate) use upload::UploadArgs;
