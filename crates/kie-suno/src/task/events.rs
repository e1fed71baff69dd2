//! The changes of a task, as a stream.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, SystemTime},
};

use futures_core::Stream;
use kie_ledger::News;
use kie_types::{Item, Job, Output, Progress, Record, Refusal, Report, Stage, Standing, State};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::task::Task;
use crate::{
    error::{About, ApiError, Error, Failing, TimedOut},
    waiting::{Pace, SHORTEST, Waiter},
};

impl<J: Job> Task<J> {
    /// The changes of the task as they come, to the end.
    pub fn events(&self) -> Events<J> {
        Events::new(self.clone(), self.client.pace())
    }

    fn first_look(&self, pace: &Pace) -> Duration {
        if self.fresh { pace.first_look } else { Duration::ZERO }
    }
}

/// Something new about a task.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Event<J: Job> {
    /// The furthest stage reached by now.
    pub stage: Option<Stage>,
    /// The things that are finished since the last event.
    pub ready: Vec<Item>,
    /// What the service says of the task.
    pub record: J::Record,
}

impl<J: Job> Event<J> {
    /// An event for a test of whoever handles it: the stage reached, the things that are new, and the record.
    ///
    /// ```
    /// use kie_suno::{Event, Music, Stage};
    ///
    /// let event = Event::<Music>::new(Some(Stage::Text), Vec::new(), Default::default());
    /// assert_eq!(event.stage, Some(Stage::Text));
    /// ```
    pub fn new(stage: Option<Stage>, ready: Vec<Item>, record: J::Record) -> Self {
        Self { stage, ready, record }
    }
}

/// The changes of a task: each stage once and in order, each finished thing once. Made by [`Task::events`].
///
/// The stream ends after the event with [`Stage::Complete`], or after the first error. A look that fails in passing is
/// no error: the task is looked at again, and [`failing`](Self::failing) tells meanwhile.
///
/// ```no_run
/// # async fn demo(task: kie_suno::Task<kie_suno::Music>) -> Result<(), kie_suno::Error> {
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
    course: Course<J>,
    failing: Option<Arc<Failing>>,
}

enum Course<J: Job> {
    Idle(Box<Watch<J>>),
    Looking(Looking<J>),
    Over,
}

/// What comes of looking: an event, or nothing but news of [`Events::failing`].
type Seen<J> = Result<Option<Event<J>>, Error>;

type Looking<J> = Pin<Box<dyn Future<Output = (Box<Watch<J>>, Seen<J>)> + Send>>;

impl<J: Job> Events<J> {
    pub(crate) fn new(task: Task<J>, pace: Pace) -> Self {
        Self { course: Course::Idle(Box::new(Watch::new(task, pace))), failing: None }
    }

    /// Sets every number of the wait. Meant for the beginning: it starts the clocks anew.
    pub fn pace(self, pace: Pace) -> Self {
        match self.course {
            Course::Idle(watch) => Self::new(watch.task, pace),
            course => Self { course, ..self },
        }
    }

    /// How the last look failed, and since when all of them have failed; none if the last one was answered.
    ///
    /// It is up to date between two calls of [`next`](Self::next), and while one of them is dropped.
    ///
    /// ```no_run
    /// # async fn demo(task: kie_suno::Task<kie_suno::Music>) {
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
            let mut looking: Looking<J> = match std::mem::replace(&mut self.course, Course::Over) {
                Course::Idle(watch) => Box::pin(watch.next()),
                Course::Looking(looking) => looking,
                Course::Over => return Poll::Ready(None),
            };
            let Poll::Ready((watch, seen)) = looking.as_mut().poll(cx) else {
                self.course = Course::Looking(looking);
                return Poll::Pending;
            };
            self.failing.clone_from(&watch.failing);
            if seen.as_ref().is_ok_and(|event| event.as_ref().is_none_or(|event| event.stage != Some(Stage::Complete)))
            {
                self.course = Course::Idle(watch);
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

/// A wait in progress: the task, its clocks, and what is known so far.
struct Watch<J: Job> {
    task: Task<J>,
    pace: Pace,
    begun: Instant,
    pause: Duration,
    next_look: Instant,
    end: Instant,
    progress: Progress,
    last: Option<J::Record>,
    /// How looks fail now.
    failing: Option<Arc<Failing>>,
    /// Since when looks have failed, been answered "not found", or shown an undelivered callback without a result.
    silent: Option<Instant>,
    unknown: Option<Instant>,
    undelivered: Option<Instant>,
    looked_last: bool,
    /// What the last look tells the receipt.
    seen: Option<News>,
    /// The stage that is noted on the receipt.
    noted: Option<Stage>,
    /// What callbacks wake the wait by, where there is a receiver.
    waiter: Option<Waiter>,
    /// When a callback may make it look again, for the service asks for a pause after each look.
    earliest: Instant,
}

impl<J: Job> Watch<J> {
    fn new(task: Task<J>, pace: Pace) -> Self {
        let begun = Instant::now();
        Self {
            pause: pace.first_look,
            next_look: later(begun, task.first_look(&pace)),
            end: later(begun, pace.timeout),
            waiter: task.client().waiters().map(|waiters| waiters.enter(task.id().as_str())),
            task,
            pace,
            begun,
            progress: Progress::new(),
            last: None,
            failing: None,
            silent: None,
            unknown: None,
            undelivered: None,
            looked_last: false,
            seen: None,
            noted: None,
            earliest: begun,
        }
    }

    async fn next(mut self: Box<Self>) -> (Box<Self>, Seen<J>) {
        // A wait has to be small between its looks, so what comes after one gets a room of its own.
        let noting = {
            let seen = self.look_until_news().await;
            match self.worth_noting() {
                None => return (self, seen),
                Some(news) => Box::pin(self.note(news, seen)),
            }
        };
        noting.await
    }

    /// What is to be noted on the receipt, where there may be one.
    fn worth_noting(&mut self) -> Option<News> {
        let news = self.seen.take()?;
        self.task.client().inner.ledger.as_ref()?;
        if let News::Reached { stage } = news {
            if Some(stage) <= self.noted {
                return None;
            }
            self.noted = Some(stage);
        }
        Some(news)
    }

    async fn note(self: Box<Self>, news: News, seen: Seen<J>) -> (Box<Self>, Seen<J>) {
        self.task.note(&news).await;
        (self, seen)
    }

    async fn look_until_news(&mut self) -> Seen<J> {
        loop {
            // However short the wait, its last act is a look: a task that was paid for may be finished by then.
            if self.looked_last {
                return Err(self.timed_out());
            }
            let woken = self.sleep().await;
            self.looked_last = !woken && self.next_look >= self.end;
            self.earliest = Instant::now() + SHORTEST;
            let patience = if self.looked_last { later(self.end, LAST_LOOK) } else { self.end };
            // A wait spends its time between looks, and has to be small there.
            let look = Box::pin(self.task.look());
            let Ok(look) = timeout_at(patience, look).await else { return Err(self.timed_out()) };
            self.rest(self.pace.after(self.pause));
            let was_failing = self.failing.take();
            let changed = was_failing.is_some() || matches!(&look, Err(error) if error.is_passing());
            match look {
                Err(error) if error.is_passing() => {
                    let since = was_failing.map_or_else(SystemTime::now, |failing| failing.since());
                    self.failing = Some(Arc::new(Failing::new(error, since)));
                    if overdue(&mut self.silent, self.pace.silence) {
                        return Err(self.timed_out());
                    }
                    // However seldom looks are, many fit into the time for which they may fail.
                    let failing = self.silent.map_or(Duration::ZERO, |since| since.elapsed());
                    self.next_look = later(Instant::now(), failing.max(SOON).min(self.pause));
                }
                Err(error) => {
                    if let Error::Failed(failed) = &error {
                        self.seen = News::seen(&Standing::Failed(failed.failure.clone()));
                    }
                    return Err(error);
                }
                Ok(None) => {
                    self.silent = None;
                    if overdue(&mut self.unknown, self.pace.unknown) {
                        return Err(self.not_found());
                    }
                }
                Ok(Some(record)) => {
                    self.silent = None;
                    self.unknown = None;
                    if let Some(event) = self.news(record)? {
                        return Ok(Some(event));
                    }
                }
            }
            // What the callback told of is not to be seen yet.
            if woken {
                self.rest(SOON.min(self.pace.longest_pause));
            }
            if changed {
                return Ok(None);
            }
        }
    }

    fn rest(&mut self, pause: Duration) {
        self.pause = pause;
        self.next_look = later(Instant::now(), pause);
    }

    /// Sleeps until the task is to be looked at, and says whether a callback was the reason.
    async fn sleep(&self) -> bool {
        let next_look = self.next_look.min(self.end);
        match &self.waiter {
            Some(waiter) => timeout_at(next_look, waiter.woken(self.earliest)).await.is_ok(),
            None => {
                sleep_until(next_look).await;
                false
            }
        }
    }

    fn news(&mut self, record: J::Record) -> Result<Option<Event<J>>, Error> {
        let (state, output) = (record.state(), record.output());
        let items = output.map(|output| output.items()).unwrap_or_default();
        let may_grow = state != State::Undelivered || !overdue(&mut self.undelivered, self.pace.undelivered);
        let standing = Standing::of(state, &items, may_grow);
        if standing == Standing::Empty {
            return Err(self.task.shows_nothing());
        }
        self.seen = News::seen(&standing);
        let Some(change) = self.progress.observe(&standing.into(), items) else {
            self.last = Some(record);
            return Ok(None);
        };
        if let Some(failure) = change.failure {
            return Err(self.task.failed(failure, Some(&record)));
        }
        self.last = Some(record.clone());
        Ok(Some(Event { stage: change.stage, ready: change.ready, record }))
    }

    fn timed_out(&self) -> Error {
        let last = self.last.as_ref().map(|record| Report::new(self.task.id(), Some(record)));
        let task_id = self.task.id().as_str().to_owned();
        let (waited, failing) = (self.begun.elapsed(), self.failing.clone());
        TimedOut { task_id, waited, last, failing }.into()
    }

    fn not_found(&self) -> Error {
        let about = About::new(<J::Lookup as kie_types::Endpoint>::NAME);
        let refusal = Refusal::new(200, Some(404), format!("no {} task has this id", J::NAME), b"");
        Error::Api(Box::new(ApiError { about, refusal })).of_task(self.task.id().as_str())
    }
}

/// The first pause after a look that failed, and after a callback whose news the record does not show. The next ones grow.
const SOON: Duration = Duration::from_secs(2);

/// How long the last look of a wait may take.
const LAST_LOOK: Duration = Duration::from_secs(10);

/// So long after an instant, or as late as can be told.
fn later(instant: Instant, span: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    instant.checked_add(span).unwrap_or_else(|| instant + FAR)
}

/// Whether something has lasted longer than it may; the first time starts its clock.
fn overdue(since: &mut Option<Instant>, grace: Duration) -> bool {
    since.get_or_insert_with(Instant::now).elapsed() >= grace
}
