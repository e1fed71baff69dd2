//! Helpers that several tests use: a client and a sandbox, test doubles of the service, child processes, times, and
//! settings of the property tests.

pub(crate) mod canned;
pub(crate) mod cases;
pub(crate) mod children;
pub(crate) mod clocks;
pub(crate) mod ledgers;
pub(crate) mod listener;
pub(crate) mod stack;
