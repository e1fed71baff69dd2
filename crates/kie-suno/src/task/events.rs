//! The changes of a task, as a stream.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_core::Stream;
use kie_types::{Job, Stage};

use super::{
    event::Event,
    task::Task,
    watch::{Polled, Watch},
};
use crate::{
    error::{Error, Failing},
    waiting::Polling,
};

impl<J: Job> Task<J> {
    /// The changes of the task as they come, to the end.
    pub fn events(&self) -> Events<J> {
        Events::new(self.clone(), self.client.polling())
    }
}

/// The changes of a task: each stage once and in order, each finished thing once. Made by [`Task::events`].
///
/// The stream ends after the event with [`Stage::Complete`], or after the first error. A look that fails in passing is
/// no error: the task is looked at again, and [`failing`](Self::failing) tells meanwhile.
///
/// ```no_run
/// # async fn demo(task: kie_suno::Task<kie_suno::records::Music>) -> Result<(), kie_suno::Error> {
/// let mut events = task.events();
/// while let Some(event) = events.next().await {
///     for track in event?.ready {
///         println!("{} can be heard", track.title.unwrap_or_default());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "events come only when they are asked for"]
pub struct Events<J: Job> {
    course: EventsState<J>,
    failing: Option<Arc<Failing>>,
}

enum EventsState<J: Job> {
    Idle(Box<Watch<J>>),
    NextEvent(NextEvent<J>),
    Over,
}

type NextEvent<J> = Pin<Box<dyn Future<Output = (Box<Watch<J>>, Polled<J>)> + Send>>;

impl<J: Job> Events<J> {
    pub(crate) fn new(task: Task<J>, polling: Polling) -> Self {
        Self { course: EventsState::Idle(Box::new(Watch::new(task, polling))), failing: None }
    }

    /// Sets every number of the wait. Meant for the beginning: it starts the clocks anew.
    pub fn polling(self, polling: Polling) -> Self {
        match self.course {
            EventsState::Idle(watch) => Self::new(watch.task, polling),
            course => Self { course, ..self },
        }
    }

    /// How the last look failed, and since when all of them have failed; none if the last one was answered.
    ///
    /// It is up to date between two calls of [`next`](Self::next), and while one of them is dropped.
    ///
    /// ```no_run
    /// # async fn demo(task: kie_suno::Task<kie_suno::records::Music>) {
    /// # use std::time::Duration;
    /// let mut events = task.events();
    /// // `Err` is the minute that went by without an event.
    /// while let Err(_) = tokio::time::timeout(Duration::from_secs(60), events.next()).await {
    ///     if let Some(failing) = events.failing() {
    ///         eprintln!("the service cannot be reached since {:?}: {}", failing.since(), failing.error());
    ///     }
    /// }
    /// # }
    /// ```
    pub fn failing(&self) -> Option<&Failing> {
        self.failing.as_deref()
    }

    /// The next change; `None` when there will be no more. Nothing is lost if the future is dropped before its end.
    pub async fn next(&mut self) -> Option<Result<Event<J>, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<J: Job> Stream for Events<J> {
    type Item = Result<Event<J>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let mut looking: NextEvent<J> = match std::mem::replace(&mut self.course, EventsState::Over) {
                EventsState::Idle(watch) => Box::pin(watch.next()),
                EventsState::NextEvent(looking) => looking,
                EventsState::Over => return Poll::Ready(None),
            };
            let Poll::Ready((watch, seen)) = looking.as_mut().poll(cx) else {
                self.course = EventsState::NextEvent(looking);
                return Poll::Pending;
            };
            self.failing.clone_from(&watch.failing);
            if seen.as_ref().is_ok_and(|event| event.as_ref().is_none_or(|event| event.stage != Some(Stage::Complete)))
            {
                self.course = EventsState::Idle(watch);
            }
            if let Some(event) = seen.transpose() {
                return Poll::Ready(Some(event));
            }
        }
    }
}

impl<J: Job> fmt::Debug for Events<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}
