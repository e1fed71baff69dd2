//! Tells the observer each change of a task.

use std::sync::Arc;

use tokio::time::{self, Instant};

use crate::events::{SandboxEvent, TaskEvent, short};

use super::{shared::SandboxInner, task::Task, timeline::State};

/// Tells the observer each change of the state of a task, at the time of the change. A task that nobody observes needs
/// no such work.
pub(crate) async fn tell(inner: Arc<SandboxInner>, task: Arc<Task>) {
    let mut last = State::Pending;
    for age in task.timeline.changes() {
        time::sleep(age.saturating_sub(task.created.elapsed())).await;
        let state = task.timeline.at(age);
        if state != last && state != State::Hidden {
            inner.tell(|now| SandboxEvent::Task(event(&inner, &task, &state, now)));
        }
        last = state;
    }
}

fn event(inner: &SandboxInner, task: &Task, state: &State<'_>, now: Instant) -> TaskEvent {
    let (code, message) = state.failure();
    TaskEvent {
        time: inner.clock.timestamp(now),
        task_id: task.id.clone(),
        operation: task.operation,
        route: task.route,
        status: short(task.work.word(state)),
        stage: state.shown(),
        code,
        message: message.map(short),
        refunded: task.refunded(now).then_some(task.paid),
        balance: inner.account().balance(now),
    }
}
