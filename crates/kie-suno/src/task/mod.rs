//! Tasks: starting, polling, waiting and resuming.

mod any;
mod any_events;
mod any_resume;
mod any_start;
mod any_wait;
mod event;
mod events;
mod resume;
mod start;
mod task;
mod wait;
mod watch;

pub use any::AnyTask;
pub use any_events::{AnyEvent, AnyEvents};
pub use any_resume::AnyResume;
pub use any_start::AnyStart;
pub use any_wait::AnyWait;
pub use event::Event;
pub use events::Events;
pub use resume::Resume;
pub use start::Start;
pub use task::Task;
pub use wait::Wait;
