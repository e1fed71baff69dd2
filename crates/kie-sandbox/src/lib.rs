#![doc = include_str!("../README.md")]

mod account;
mod builder;
mod callbacks;
mod http;
mod media;
mod operations;
mod sandbox;
mod script;
mod wire;

pub use self::{
    account::{Delivery, Received, TaskEntry},
    builder::Builder,
    http::{FILES, Listening},
    operations::{ROUTES, Route},
    sandbox::Sandbox,
    script::{Fate, Fault, Luck, Mishap, Speed},
    wire::{Step, Wire},
};
