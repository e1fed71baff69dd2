//! Waits for a task: by looking at it, and by the callbacks that wake them.

mod polling;
mod woken;
