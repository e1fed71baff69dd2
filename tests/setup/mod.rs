//! What the tests work with: a client and a sandbox, services and processes of our own, clocks and cases.

pub(crate) mod canned;
pub(crate) mod cases;
pub(crate) mod children;
pub(crate) mod clocks;
pub(crate) mod listener;
pub(crate) mod stack;
