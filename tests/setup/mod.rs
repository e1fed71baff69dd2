//! Parts that several tests use: a client and a sandbox, other services, child processes, clocks, and property settings.

pub(crate) mod canned;
pub(crate) mod cases;
pub(crate) mod children;
pub(crate) mod clocks;
pub(crate) mod listener;
pub(crate) mod stack;
