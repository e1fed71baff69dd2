//! The public interface of the sandbox: over its pipe with a paused clock, and on loopback for tests of sockets.

mod callback_faults;
mod callbacks;
mod caller;
mod document;
mod refusals;
mod songs;
mod trouble;
mod wire;
