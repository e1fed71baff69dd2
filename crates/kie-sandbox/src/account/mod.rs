//! The account in memory: its credits, its tasks with what they made, its clock and its books.

mod account;
mod books;
mod clock;
mod course;
pub(crate) mod ids;
mod shared;
mod stem;
mod task;
mod track;
mod upload;
mod view;

pub use self::books::{Delivery, Received, TaskEntry};
pub(crate) use self::{
    account::Account,
    clock::Clock,
    course::{Course, State},
    shared::{Connect, Inner},
    stem::Stem,
    task::{Task, Work},
    track::{Sheet, Track, is_finished},
    upload::{UPLOADS, Upload},
    view::View,
};
