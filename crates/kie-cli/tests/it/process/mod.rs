//! Tests of the process: its arguments, its output, its signals and its exit code.

mod exits;
mod foreign;
#[cfg(target_os = "linux")]
mod interrupts;
mod progress;
mod usage;
