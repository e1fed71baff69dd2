//! One task in view: when it is polled, and what the polls add up to.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use kie_ledger::ReceiptUpdate;
use kie_types::{Job, Output, PollOutcome, Progress, Record, Refusal, Report, Stage, TaskState};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{event::Event, task::Task};
use crate::{
    error::{About, ApiError, Error, Failing, TimedOut},
    waiting::{Polling, SHORTEST, Waiter},
};

/// What comes of looking: an event, or nothing but news of [`Events::failing`].
pub(super) type Polled<J> = Result<Option<Event<J>>, Error>;

/// A wait in progress: the task, its clocks, and what is known so far.
pub(super) struct Watch<J: Job> {
    pub(super) task: Task<J>,
    polling: Polling,
    begun: Instant,
    pause: Duration,
    next_poll: Instant,
    end: Instant,
    progress: Progress,
    last: Option<J::Record>,
    /// How looks fail now.
    pub(super) failing: Option<Arc<Failing>>,
    /// Since when looks have failed, been answered "not found", or shown an undelivered callback without a result.
    silent: Option<Instant>,
    unknown: Option<Instant>,
    undelivered: Option<Instant>,
    polled_last: bool,
    /// What the last look tells the receipt.
    seen: Option<ReceiptUpdate>,
    /// The stage that is noted on the receipt.
    noted: Option<Stage>,
    /// What callbacks wake the wait by, where there is a receiver.
    waiter: Option<Waiter>,
    /// When a callback may make it look again, for the service asks for a pause after each look.
    earliest: Instant,
}

impl<J: Job> Watch<J> {
    pub(super) fn new(task: Task<J>, polling: Polling) -> Self {
        let begun = Instant::now();
        Self {
            pause: polling.first_poll,
            next_poll: later(begun, if task.fresh { polling.first_poll } else { Duration::ZERO }),
            end: later(begun, polling.timeout),
            waiter: task.client().waiters().map(|waiters| waiters.enter(task.id().as_str())),
            task,
            polling,
            begun,
            progress: Progress::new(),
            last: None,
            failing: None,
            silent: None,
            unknown: None,
            undelivered: None,
            polled_last: false,
            seen: None,
            noted: None,
            earliest: begun,
        }
    }

    pub(super) async fn next(mut self: Box<Self>) -> (Box<Self>, Polled<J>) {
        // A wait has to be small between its looks, so what comes after one gets a room of its own.
        let updating = {
            let seen = self.poll_until_change().await;
            match self.next_update() {
                None => return (self, seen),
                Some(update) => Box::pin(self.update_receipt(update, seen)),
            }
        };
        updating.await
    }

    /// What is to be noted on the receipt, where there may be one.
    fn next_update(&mut self) -> Option<ReceiptUpdate> {
        let update = self.seen.take()?;
        self.task.client().inner.ledger.as_ref()?;
        if let ReceiptUpdate::Reached { stage } = update {
            if Some(stage) <= self.noted {
                return None;
            }
            self.noted = Some(stage);
        }
        Some(update)
    }

    async fn update_receipt(self: Box<Self>, update: ReceiptUpdate, seen: Polled<J>) -> (Box<Self>, Polled<J>) {
        self.task.update_receipt(&update).await;
        (self, seen)
    }

    async fn poll_until_change(&mut self) -> Polled<J> {
        loop {
            // However short the wait, its last act is a look that may take its time: a task that was paid for may be finished
            // by then.
            if self.polled_last {
                return Err(self.timed_out());
            }
            let woken = self.sleep().await;
            self.polled_last = !woken && self.next_poll >= self.end;
            self.earliest = Instant::now() + SHORTEST;
            // A wait spends its time between looks, and has to be small there.
            let poll = Box::pin(self.task.poll());
            let Ok(poll) = timeout_at(later(self.end, LAST_POLL), poll).await else { return Err(self.timed_out()) };
            let now = Instant::now();
            self.polled_last |= now >= self.end;
            self.rest(now, self.polling.after(self.pause));
            let was_failing = self.failing.take();
            let changed = was_failing.is_some() || matches!(&poll, Err(error) if error.is_passing());
            match poll {
                Err(error) if error.is_passing() => {
                    let since = was_failing.map_or_else(SystemTime::now, |failing| failing.since());
                    self.failing = Some(Arc::new(Failing::new(error, since)));
                    if overdue(&mut self.silent, self.polling.max_error_time) {
                        return Err(self.timed_out());
                    }
                    // However seldom looks are, many fit into the time for which they may fail.
                    let failing = self.silent.map_or(Duration::ZERO, |since| since.elapsed());
                    self.next_poll = later(Instant::now(), failing.max(SOON).min(self.pause));
                }
                Err(error) => {
                    if let Error::Failed(failed) = &error {
                        self.seen = ReceiptUpdate::seen(&PollOutcome::Failed(failed.failure.clone()));
                    }
                    return Err(error);
                }
                Ok(None) => {
                    self.silent = None;
                    if overdue(&mut self.unknown, self.polling.unknown) {
                        return Err(self.not_found());
                    }
                }
                Ok(Some(record)) => {
                    self.silent = None;
                    self.unknown = None;
                    if let Some(event) = self.observe(record)? {
                        return Ok(Some(event));
                    }
                }
            }
            // What the callback told of is not to be seen yet.
            if woken {
                self.rest(Instant::now(), SOON.min(self.polling.longest_pause));
            }
            if changed {
                return Ok(None);
            }
        }
    }

    fn rest(&mut self, now: Instant, pause: Duration) {
        self.pause = pause;
        self.next_poll = later(now, pause);
    }

    /// Sleeps until the task is to be looked at, and says whether a callback was the reason.
    async fn sleep(&self) -> bool {
        let next_poll = self.next_poll.min(self.end);
        match &self.waiter {
            Some(waiter) => timeout_at(next_poll, waiter.woken(self.earliest)).await.is_ok(),
            None => {
                sleep_until(next_poll).await;
                false
            }
        }
    }

    fn observe(&mut self, record: J::Record) -> Result<Option<Event<J>>, Error> {
        let (state, output) = (record.state(), record.output());
        let items = output.map(|output| output.items()).unwrap_or_default();
        let may_grow = state != TaskState::Undelivered || !overdue(&mut self.undelivered, self.polling.undelivered);
        let standing = PollOutcome::of(state, &items, may_grow);
        if standing == PollOutcome::Empty {
            return Err(self.task.shows_nothing());
        }
        self.seen = ReceiptUpdate::seen(&standing);
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
const LAST_POLL: Duration = Duration::from_secs(10);

/// So long after an instant, or as late as can be told.
fn later(instant: Instant, span: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    instant.checked_add(span).unwrap_or_else(|| instant + FAR)
}

/// Whether something has lasted longer than it may; the first time starts its clock.
fn overdue(since: &mut Option<Instant>, grace: Duration) -> bool {
    since.get_or_insert_with(Instant::now).elapsed() >= grace
}
