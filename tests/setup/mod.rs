//! What the tests work with: a client and a sandbox, and processes of our own.

pub(crate) mod children;
pub(crate) mod stack;
