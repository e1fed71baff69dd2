//! Settings of the environment and of the files `kie.toml`, for options that are not given.

mod environment;
mod file;
mod folders;
mod ledger_place;
mod limits;
mod setting;
mod settings;

pub(crate) use environment::variable;
pub(crate) use folders::{data_folder, from_home};
pub(crate) use ledger_place::{DatabaseAddress, LedgerPlace, without_password};
pub(crate) use limits::{credits, seconds};
pub(crate) use setting::Setting;
pub(crate) use settings::{Settings, Value};
