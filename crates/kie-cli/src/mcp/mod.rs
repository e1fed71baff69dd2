//! `kie mcp`: a server of the Model Context Protocol. Each operation that makes something is a tool for agents.

mod account;
mod arguments;
mod day_budget;
mod files;
mod find;
mod foreign;
mod made;
mod make;
mod progress;
mod schema;
mod server;
mod tools;
mod wait;

pub(crate) use day_budget::DayBudget;
pub(crate) use files::Root;
pub(crate) use server::serve;
