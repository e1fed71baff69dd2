//! The account in memory: credits, tasks with their results, clock, and journal (the list of requests, tasks and
//! callbacks).

mod account;
pub(crate) mod changes;
mod clock;
pub(crate) mod ids;
mod journal;
mod rates;
mod shared;
mod task;
mod tasks;
mod timeline;
mod track;
mod upload;
mod view;

pub use self::journal::{Received, SentCallback, TaskEntry};
pub(crate) use self::{
    account::Account,
    clock::Clock,
    ids::Ids,
    rates::RateLimit,
    shared::{Connect, Observer, SandboxInner},
    task::{Task, Work},
    timeline::{State, Timeline},
    track::{Stem, Track, TrackInput, is_finished},
    upload::{UPLOADS, Upload},
    view::View,
};
