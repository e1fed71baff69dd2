//! One task in view: when it is polled, and what the polls add up to.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use kie_ledger::News;
use kie_types::{Job, Output, Progress, Record, Refusal, Report, Stage, Standing, State};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{event::Event, task::Task};
use crate::{
    error::{About, ApiError, Error, Failing, TimedOut},
    waiting::{Pace, SHORTEST, Waiter},
};

/// What comes of looking: an event, or nothing but news of [`Events::failing`].
pub(super) type Seen<J> = Result<Option<Event<J>>, Error>;

/// A wait in progress: the task, its clocks, and what is known so far.
pub(super) struct Watch<J: Job> {
    pub(super) task: Task<J>,
    pace: Pace,
    begun: Instant,
    pause: Duration,
    next_look: Instant,
    end: Instant,
    progress: Progress,
    last: Option<J::Record>,
    /// How looks fail now.
    pub(super) failing: Option<Arc<Failing>>,
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
    pub(super) fn new(task: Task<J>, pace: Pace) -> Self {
        let begun = Instant::now();
        Self {
            pause: pace.first_look,
            next_look: later(begun, if task.fresh { pace.first_look } else { Duration::ZERO }),
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

    pub(super) async fn next(mut self: Box<Self>) -> (Box<Self>, Seen<J>) {
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
            // However short the wait, its last act is a look that may take its time: a task that was paid for may be finished
            // by then.
            if self.looked_last {
                return Err(self.timed_out());
            }
            let woken = self.sleep().await;
            self.looked_last = !woken && self.next_look >= self.end;
            self.earliest = Instant::now() + SHORTEST;
            // A wait spends its time between looks, and has to be small there.
            let look = Box::pin(self.task.look());
            let Ok(look) = timeout_at(later(self.end, LAST_LOOK), look).await else { return Err(self.timed_out()) };
            let now = Instant::now();
            self.looked_last |= now >= self.end;
            self.rest(now, self.pace.after(self.pause));
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
                self.rest(Instant::now(), SOON.min(self.pace.longest_pause));
            }
            if changed {
                return Ok(None);
            }
        }
    }

    fn rest(&mut self, now: Instant, pause: Duration) {
        self.pause = pause;
        self.next_look = later(now, pause);
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
        Ok(Some(Event::of(change.stage, change.ready, record)))
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

/// How long a look may take after the end of the wait, so that one that begins just before the end is not cut off by it.
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
