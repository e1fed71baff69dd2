//! The account in memory: its credits, its tasks with what they made, its clock and its books.

#[expect(clippy::module_inception, reason = "the account is what the room is about")]
pub(crate) mod account;
mod books;
mod clock;
mod course;
pub(crate) mod ids;
mod shared;
mod task;
mod track;

pub use self::books::{Delivery, Received, TaskEntry};
pub(crate) use self::{
    account::Account,
    clock::Clock,
    course::{Course, State},
    shared::{Connect, Inner},
    task::{Task, View, Work},
    track::{Sheet, Track, is_finished},
};
