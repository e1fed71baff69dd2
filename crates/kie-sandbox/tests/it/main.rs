//! The sandbox from outside: over its pipe with the clock paused, and on loopback where sockets are the point.

mod callback_faults;
mod callbacks;
mod caller;
mod document;
mod refusals;
mod songs;
mod trouble;
mod wire;
