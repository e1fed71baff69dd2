//! A task under way: started, looked at, waited for, and taken up again.

mod any;
mod events;
mod resume;
mod start;
mod task;
mod wait;

pub(crate) use any::AnyTask;
pub use events::{Event, Events};
pub use resume::Resume;
pub use start::Start;
pub use task::Task;
pub use wait::Wait;
