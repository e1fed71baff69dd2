//! Changes of a task of any kind, as a stream.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use kie_types::{Item, Job, Report, Stage, TaskId};

use super::{any::AnyTask, events::Events};
use crate::{
    error::{Error, Failing},
    waiting::Polling,
};

impl AnyTask {
    /// Returns the changes of the task as a stream, until the task ends, as [`Task::events`](crate::Task::events) does.
    pub fn events(&self) -> AnyEvents {
        AnyEvents::new(self.clone(), self.client.polling())
    }
}

/// One change of a task of any kind: a new stage, or new results.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AnyEvent {
    /// Latest stage that the task has reached. `None` if no poll has shown a stage yet.
    pub stage: Option<Stage>,
    /// Results that were finished since the last event. An item has a link to its file, or the file itself.
    pub items: Vec<Item>,
    /// Report of the task with all its results, finished or not.
    pub report: Report,
}

/// Changes of a task of any kind as a stream. The events come as those of [`Events`], and the stream ends in the same way.
/// Returned by [`AnyTask::events`].
///
/// ```no_run
/// # async fn demo(task: kie_suno::AnyTask) -> Result<(), kie_suno::Error> {
/// let mut events = task.events();
/// while let Some(event) = events.next().await {
///     for item in event?.items {
///         println!("{} is finished", item.title.unwrap_or_default());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream does nothing unless it is polled"]
pub struct AnyEvents {
    task: AnyTask,
    changes: Box<dyn Changes>,
}

impl AnyEvents {
    fn new(task: AnyTask, polling: Polling) -> Self {
        Self { changes: (task.changes)(task.clone(), polling), task }
    }

    /// Sets the poll intervals and all time limits of the stream. Call this method before the first call of
    /// [`next`](Self::next): the stream starts again.
    pub fn polling(self, polling: Polling) -> Self {
        Self::new(self.task, polling)
    }

    /// Returns the error of the last poll, and the time since which all polls have failed, as [`Events::failing`] does.
    /// `None` if the service answered the last poll.
    pub fn failing(&self) -> Option<&Failing> {
        self.changes.failing()
    }

    /// Returns the next change, or `None` if the stream has ended. Dropping the future before it resolves loses no
    /// event.
    pub async fn next(&mut self) -> Option<Result<AnyEvent, Error>> {
        std::future::poll_fn(|cx| self.changes.poll_next(cx)).await
    }
}

impl Stream for AnyEvents {
    type Item = Result<AnyEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.changes.poll_next(cx)
    }
}

impl fmt::Debug for AnyEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnyEvents").field(&self.task).finish()
    }
}

/// Events of a task, without the type of its records.
pub(super) trait Changes: Send {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<AnyEvent, Error>>>;

    fn failing(&self) -> Option<&Failing>;
}

/// Returns the changes of a task whose kind of job is `J`.
pub(super) fn changes<J: Job>(task: AnyTask, polling: Polling) -> Box<dyn Changes> {
    let task = task.typed::<J>();
    Box::new(TypedChanges { id: task.id.clone(), events: Events::new(task, polling) })
}

struct TypedChanges<J: Job> {
    id: TaskId<J>,
    events: Events<J>,
}

impl<J: Job> Changes for TypedChanges<J> {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<AnyEvent, Error>>> {
        let Some(event) = ready!(Pin::new(&mut self.events).poll_next(cx)) else { return Poll::Ready(None) };
        Poll::Ready(Some(event.map(|event| AnyEvent {
            stage: event.stage,
            items: event.items,
            report: Report::new(&self.id, Some(&event.record)),
        })))
    }

    fn failing(&self) -> Option<&Failing> {
        self.events.failing()
    }
}
