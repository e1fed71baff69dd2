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
    account::{Received, SentCallback, TaskEntry},
    builder::SandboxBuilder,
    http::{FILES, Server},
    operations::{ROUTES, Route},
    sandbox::Sandbox,
    script::{CallbackFault, Fault, SeededRng, Speed, TaskScript},
    wire::{Step, Wire},
};
