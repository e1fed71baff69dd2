//! Waits for a task: by looking at it, and by the callbacks that wake them.

mod any;
mod polling;
mod woken;
