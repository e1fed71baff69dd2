//! Calls that can cost money: the check of a request, the consent to its price, and the call.

mod ask;
mod check;
mod clear;
mod consent;
mod preview;
mod spend;

pub(crate) use ask::{Answer, ask};
pub(crate) use check::check;
pub(crate) use clear::clear;
pub(crate) use consent::consent;
#[cfg(test)]
pub(crate) use preview::DryRun;
pub(crate) use spend::{spend, spend_and_return, spend_on};
