//! Changes of a task, as a stream.

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
    /// Returns the changes of the task as a stream, until the task ends.
    pub fn events(&self) -> Events<J> {
        Events::new(self.clone(), self.client.polling())
    }
}

/// Changes of a task as a stream. An event comes when a poll shows a new stage or a result that was not finished
/// before. Stages come in order, and a stage that begins and ends between two polls is skipped. Each finished result
/// comes once. Returned by [`Task::events`].
///
/// The stream ends after the event with [`Stage::Complete`], or after the first error. A poll that fails temporarily is
/// not an error of the stream: the task is polled again, and [`failing`](Self::failing) returns the failure until the
/// service answers a poll. If the polls fail for [too long](Polling#structfield.max_error_time), the stream ends with
/// [`Error::TimedOut`].
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
#[must_use = "a stream does nothing unless it is polled"]
pub struct Events<J: Job> {
    state: EventsState<J>,
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
        Self { state: EventsState::Idle(Box::new(Watch::new(task, polling))), failing: None }
    }

    /// Sets the poll intervals and all time limits of the stream. Call this method before the first call of
    /// [`next`](Self::next). If you call this method later, the stream may start again and return all its events again,
    /// or the new settings may have no effect.
    pub fn polling(self, polling: Polling) -> Self {
        match self.state {
            EventsState::Idle(watch) => Self::new(watch.task, polling),
            state => Self { state, ..self },
        }
    }

    /// Returns the error of the last poll, and the time since which all polls have failed. `None` if the service
    /// answered the last poll.
    ///
    /// The value changes only while a future of [`next`](Self::next) runs. Read it between two calls of `next`. If a
    /// future of `next` was dropped, the value shows the last poll that finished before.
    ///
    /// ```no_run
    /// # async fn demo(task: kie_suno::Task<kie_suno::records::Music>) {
    /// # use std::time::Duration;
    /// let mut events = task.events();
    /// // `Err` means that a minute passed without an event.
    /// while let Err(_) = tokio::time::timeout(Duration::from_secs(60), events.next()).await {
    ///     if let Some(failing) = events.failing() {
    ///         eprintln!("{failing}");
    ///     }
    /// }
    /// # }
    /// ```
    pub fn failing(&self) -> Option<&Failing> {
        self.failing.as_deref()
    }

    /// Returns the next change, or `None` if the stream has ended. Dropping the future before it resolves loses no
    /// event.
    pub async fn next(&mut self) -> Option<Result<Event<J>, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<J: Job> Stream for Events<J> {
    type Item = Result<Event<J>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let mut next_event: NextEvent<J> = match std::mem::replace(&mut self.state, EventsState::Over) {
                EventsState::Idle(watch) => Box::pin(watch.next()),
                EventsState::NextEvent(next_event) => next_event,
                EventsState::Over => return Poll::Ready(None),
            };
            let Poll::Ready((watch, polled)) = next_event.as_mut().poll(cx) else {
                self.state = EventsState::NextEvent(next_event);
                return Poll::Pending;
            };
            self.failing.clone_from(&watch.failing);
            if polled
                .as_ref()
                .is_ok_and(|event| event.as_ref().is_none_or(|event| event.stage != Some(Stage::Complete)))
            {
                self.state = EventsState::Idle(watch);
            }
            if let Some(event) = polled.transpose() {
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
