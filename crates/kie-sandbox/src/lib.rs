#![doc = include_str!("../README.md")]

mod account;
mod answer;
mod books;
mod builder;
mod call;
mod callback;
mod clock;
mod course;
mod demo;
mod download_url;
mod fault;
mod files;
mod ids;
mod mp3;
mod music;
mod query;
mod routes;
mod sandbox;
mod server;
mod service;
mod speed;
mod task;
mod track;
mod upload;
mod video;
mod voice;

pub use books::{Delivery, Received, TaskEntry};
pub use builder::Builder;
pub use fault::{Fate, Fault};
pub use files::FILES;
pub use routes::{ROUTES, Route};
pub use sandbox::Sandbox;
pub use server::Listening;
pub use speed::Speed;
