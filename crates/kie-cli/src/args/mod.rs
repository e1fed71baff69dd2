//! Options that several verbs share.

// clap prints these comments as help texts, and a terminal shows backticks as they are.
#![allow(clippy::doc_markdown)]

mod call_back;
mod follow;
mod global;
mod money;
mod music;
mod source_song;
mod time;
mod webhook_key;
mod words;

pub(crate) use call_back::CallBackArgs;
pub(crate) use follow::{FollowArgs, StartArgs, TagArgs};
pub(crate) use global::{GlobalArgs, OutputFormat, SERVICE};
pub(crate) use money::MoneyArgs;
pub(crate) use music::{ModelArgs, MusicArgs, SingerArgs, take_music, take_persona};
pub(crate) use source_song::SourceSong;
pub(crate) use time::time;
pub(crate) use webhook_key::{WEBHOOK_KEY, WebhookKeyArgs, webhook_keys};
pub(crate) use words::{ModelParser, sound_key};
