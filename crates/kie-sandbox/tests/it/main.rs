//! Tests of the public interface of the sandbox. Most tests use a pipe in memory and a paused clock. Tests with sockets
//! use a loopback address.

mod browser;
mod callbacks;
mod caller;
mod control;
mod document;
mod events;
mod examples;
mod faults_file;
mod market;
mod refusals;
mod rules;
mod songs;
mod trouble;
mod wire;
