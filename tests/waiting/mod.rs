//! Waits for a task: by polling, and by callbacks that wake them.

mod any;
mod polling;
mod woken;
