//! Polling of one task: the times of the polls, and the events that follow from the results of the polls.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use kie_ledger::ReceiptUpdate;
use kie_transport::RetryAfter;
use kie_types::{Job, NO_CALLBACK, Output, PollOutcome, Progress, Record, Refusal, Report, Route, Stage, TaskState};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{event::Event, task::Task};
use crate::{
    error::{About, ApiError, Error, Failing, TimedOut},
    receipts::TaskFacts,
    waiting::{Polling, SHORTEST, Waiter},
};

/// Result of polling until something changes: an event, or `None` if only [`Events::failing`] has changed.
pub(super) type Polled<J> = Result<Option<Event<J>>, Error>;

/// State of waiting for one task: the task, the time limits, and what the polls have shown so far.
pub(super) struct Watch<J: Job> {
    pub(super) task: Task<J>,
    polling: Polling,
    begun: Instant,
    pause: Duration,
    next_poll: Instant,
    end: Instant,
    progress: Progress,
    last: Option<J::Record>,
    /// Failure of the latest poll. `None` if the service answered the latest poll.
    pub(super) failing: Option<Arc<Failing>>,
    /// Time of the first failed poll since the last poll that the service answered.
    failing_since: Option<Instant>,
    /// Time of the first "not found" response since the last record.
    not_found_since: Option<Instant>,
    /// Time of the first poll that showed the task as undelivered: the service gave up delivering its callback.
    undelivered_since: Option<Instant>,
    polled_last: bool,
    /// Receipt update that follows from the last poll, until it is written.
    update: Option<ReceiptUpdate>,
    /// Latest stage that was written to the receipt.
    recorded: Option<Stage>,
    /// Registration by which a callback ends the sleep between two polls. `None` if the client has no receiver,
    /// and no ledger that tells of callbacks.
    waiter: Option<Waiter>,
    /// Earliest time at which a callback may cause the next poll. The service limits the number of polls per second and
    /// task.
    earliest: Instant,
    /// End of the pause that the service asked for with `Retry-After`. Only the last poll of the wait may be sent
    /// before this time.
    not_before: Instant,
}

impl<J: Job> Watch<J> {
    pub(super) fn new(task: Task<J>, polling: Polling) -> Self {
        let begun = Instant::now();
        Self {
            pause: polling.first_poll,
            next_poll: later(begun, if task.fresh { polling.first_poll } else { Duration::ZERO }),
            end: later(begun, polling.timeout),
            waiter: task.client().waiter(task.id().as_str()),
            task,
            polling,
            begun,
            progress: Progress::new(),
            last: None,
            failing: None,
            failing_since: None,
            not_found_since: None,
            undelivered_since: None,
            polled_last: false,
            update: None,
            recorded: None,
            earliest: begun,
            not_before: begun,
        }
    }

    pub(super) async fn next(mut self: Box<Self>) -> (Box<Self>, Polled<J>) {
        // Boxed, so that the future stays small while it sleeps between two polls.
        let updating = {
            let polled = self.poll_until_change().await;
            match self.next_update() {
                None => return (self, polled),
                Some(update) => Box::pin(self.update_receipt(update, polled)),
            }
        };
        updating.await
    }

    /// Returns the update to write to the receipt. `None` if there is nothing to write, if the client has no ledger, or
    /// if the stage was already written.
    fn next_update(&mut self) -> Option<ReceiptUpdate> {
        let update = self.update.take()?;
        self.task.client().inner.ledger.as_ref()?;
        if let ReceiptUpdate::Reached { stage } = update {
            if Some(stage) <= self.recorded {
                return None;
            }
            self.recorded = Some(stage);
        }
        Some(update)
    }

    async fn update_receipt(self: Box<Self>, update: ReceiptUpdate, polled: Polled<J>) -> (Box<Self>, Polled<J>) {
        let facts = self.last.as_ref().map_or_else(TaskFacts::default, |record| TaskFacts::of(&update, record));
        self.task.update_receipt(&update, facts).await;
        (self, polled)
    }

    async fn poll_until_change(&mut self) -> Polled<J> {
        loop {
            // When the time limit is over, the task is polled one last time, even if this poll exceeds the limit. A
            // task that was paid for may be finished by then.
            if self.polled_last {
                return Err(self.timed_out());
            }
            let woken = self.sleep().await;
            let (now, last) = (Instant::now(), later(self.end, LAST_POLL));
            self.earliest = now + SHORTEST;
            // Limits the call to the time that is left of the wait. So the call begins no pause before a retry that
            // would end after the wait.
            let timeouts = self.task.client().transport().timeouts();
            let timeouts = timeouts.overall(timeouts.overall.min(last.saturating_duration_since(now)));
            let retry_after = RetryAfter::default();
            // Boxed, so that the future stays small while it sleeps between two polls.
            let poll = Box::pin(self.task.poll_within(Some(timeouts), Some(&retry_after)));
            let Ok(poll) = timeout_at(last, poll).await else { return Err(self.timed_out()) };
            let now = Instant::now();
            self.not_before = later(now, retry_after.get().unwrap_or_default());
            self.polled_last = now >= self.end;
            self.schedule(now, self.polling.after(self.pause));
            let was_failing = self.failing.take();
            let changed = was_failing.is_some() || matches!(&poll, Err(error) if error.is_passing());
            match poll {
                Err(error) if error.is_passing() => {
                    let since = was_failing.map_or_else(SystemTime::now, |failing| failing.since());
                    self.failing = Some(Arc::new(Failing::new(error, since)));
                    if overdue(&mut self.failing_since, self.polling.max_error_time) {
                        return Err(self.timed_out());
                    }
                    // Poll sooner than usual at first, so that many polls fit into `max_error_time`.
                    let failing = self.failing_since.map_or(Duration::ZERO, |since| since.elapsed());
                    self.next_poll = later(Instant::now(), failing.max(SOON).min(self.pause));
                }
                Err(error) => {
                    if let Error::Failed(failed) = &error {
                        self.update = ReceiptUpdate::from_poll(&PollOutcome::Failed(failed.failure.clone()));
                    }
                    return Err(error);
                }
                Ok(None) => {
                    self.failing_since = None;
                    if overdue(&mut self.not_found_since, self.polling.not_found_grace) {
                        return Err(self.not_found());
                    }
                }
                Ok(Some(record)) => {
                    self.failing_since = None;
                    self.not_found_since = None;
                    if let Some(event) = self.observe(record)? {
                        return Ok(Some(event));
                    }
                }
            }
            // The record may not show yet the change that the callback reported, so the next poll comes soon.
            if woken {
                self.schedule(Instant::now(), SOON.min(self.polling.max_pause));
            }
            if changed {
                return Ok(None);
            }
        }
    }

    fn schedule(&mut self, now: Instant, pause: Duration) {
        self.pause = pause;
        self.next_poll = later(now, pause);
    }

    /// Returns the time of the next poll, if no callback comes and the wait does not end before.
    fn due(&self) -> Instant {
        self.next_poll.max(self.not_before)
    }

    /// Sleeps until the next poll is due. Returns `true` if a callback ended the sleep.
    async fn sleep(&self) -> bool {
        let next_poll = self.due().min(self.end);
        match &self.waiter {
            Some(waiter) => timeout_at(next_poll, waiter.woken(self.earliest.max(self.not_before))).await.is_ok(),
            None => {
                sleep_until(next_poll).await;
                false
            }
        }
    }

    fn observe(&mut self, record: J::Record) -> Result<Option<Event<J>>, Error> {
        let state = record.state();
        // Most polls of a running task show no change. For such a poll, nothing more is done than to read the record.
        if matches!(state, TaskState::Running(_)) && self.last.as_ref() == Some(&record) {
            return Ok(None);
        }
        let output = record.output();
        let items = output.map(|output| output.items()).unwrap_or_default();
        let may_grow =
            state != TaskState::Undelivered || !overdue(&mut self.undelivered_since, self.polling.undelivered_grace);
        let outcome = PollOutcome::of(state, &items, may_grow);
        if outcome == PollOutcome::Empty {
            // The callback with the results can come after the record is finished. A receiver in another program can
            // write it to the ledger too.
            let is_awaited = || {
                let client = self.task.client();
                let has_callbacks = client.inner.call_back_url != NO_CALLBACK;
                has_callbacks && client.callback_ledgers().next().is_some()
            };
            let is_by_callback = J::RESULT_BY_CALLBACK && self.task.route() == Route::Market;
            if is_by_callback && is_awaited() && !overdue(&mut self.undelivered_since, self.polling.undelivered_grace) {
                self.last = Some(record);
                return Ok(None);
            }
            return Err(self.task.shows_nothing());
        }
        self.update = ReceiptUpdate::from_poll(&outcome);
        let Some(change) = self.progress.observe(&outcome.into(), items) else {
            self.last = Some(record);
            return Ok(None);
        };
        self.last = Some(record.clone());
        if let Some(failure) = change.failure {
            return Err(self.task.failed(failure, Some(&record)));
        }
        Ok(Some(Event::of(change.stage, change.ready, record)))
    }

    fn timed_out(&self) -> Error {
        let last = self.last.as_ref().map(|record| Report::new(self.task.id(), Some(record)));
        let task_id = self.task.id().as_str().to_owned();
        let (waited, failing) = (self.begun.elapsed(), self.failing.clone());
        self.task.with_receipt(TimedOut { task_id, waited, last, failing, receipt: None }.into())
    }

    fn not_found(&self) -> Error {
        let about = About::new(<J::Lookup as kie_types::Endpoint>::NAME);
        let (kind, route) = (J::NAME, self.task.route());
        let other = route.other();
        let message = format!(
            "no {kind} task has this id on the {route} route; if the {other} route made the task, look it up there, \
             because it is not documented that one route knows the tasks of the other"
        );
        let refusal = Refusal::new(200, Some(404), message, b"");
        self.task.with_receipt(
            Error::Api(Box::new(ApiError { about, refusal, other_route: None })).of_task(self.task.id().as_str()),
        )
    }
}

/// First pause after a failed poll, and after a callback whose change the record does not show yet. Later pauses grow.
const SOON: Duration = Duration::from_secs(2);

/// Time that the last poll may take after the time limit of waiting. A poll that begins just before the limit can then
/// still finish.
const LAST_POLL: Duration = Duration::from_secs(10);

/// Adds a span to an instant. Returns an instant 100 years later if the sum overflows.
fn later(instant: Instant, span: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    instant.checked_add(span).unwrap_or_else(|| instant + FAR)
}

/// Returns `true` if a condition has lasted for `grace` since the time `since`. Sets `since` to the current time if it
/// is `None`.
fn overdue(since: &mut Option<Instant>, grace: Duration) -> bool {
    since.get_or_insert_with(Instant::now).elapsed() >= grace
}
