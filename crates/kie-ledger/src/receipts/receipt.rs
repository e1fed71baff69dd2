//! Receipts: what is known of one paid call, from before it leaves until its files are saved.

use std::{fmt, time::SystemTime};

use kie_types::{Lifetime, Stage};
use serde::{Deserialize, Serialize};

use super::{ReceiptId, ReceiptState, millis, update::ReceiptUpdate};
use crate::error::LedgerError;

/// Why a receipt is finished that was given up.
const FORGOTTEN: &str = "it was forgotten";

/// What is known of one call that creates something.
///
/// A ledger keeps it whole, as the JSON that it serialises to, or in columns of its own.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Receipt {
    /// Its id.
    pub id: ReceiptId,
    /// The caller's own name for it, such as an order number. Two calls of one name are one call. What is
    /// [forgotten](Self::forgotten) loses it to the next one.
    #[serde(default)]
    pub name: Option<String>,
    /// The operation, such as `generate-music`.
    pub operation: String,
    /// The request as JSON, before the callback address was filled in. Not printed.
    pub request: String,
    /// How far it has come.
    pub state: ReceiptState,
    /// How often it has left. More than once only if it was refused in between.
    #[serde(default, rename = "departures")]
    pub sends: u32,
    /// The task, once it is known.
    #[serde(default)]
    pub task_id: Option<String>,
    /// What the service answered, the `data` of it as JSON. Not printed.
    #[serde(default)]
    pub response: Option<String>,
    /// The furthest stage that was seen.
    #[serde(default)]
    pub stage: Option<Stage>,
    /// Why it was refused, or why the task failed.
    #[serde(default)]
    pub reason: Option<String>,
    /// Where the files are, once they are saved.
    #[serde(default)]
    pub files: Vec<String>,
    /// Whether whoever made the call has given it up, and nothing has become known of it since. It does not leave again.
    #[serde(default)]
    pub forgotten: bool,
    /// When it was written, to the millisecond.
    #[serde(with = "millis")]
    pub created: SystemTime,
    /// When it last changed, to the millisecond; never before an earlier change.
    #[serde(with = "millis")]
    pub changed: SystemTime,
}

impl Receipt {
    /// A receipt of a call that is about to leave.
    ///
    /// # Errors
    ///
    /// As [`ReceiptId::random`].
    pub fn new(operation: impl Into<String>, request: impl Into<String>) -> Result<Self, LedgerError> {
        let now = millis::whole(SystemTime::now());
        Ok(Self {
            id: ReceiptId::random()?,
            name: None,
            operation: operation.into(),
            request: request.into(),
            state: ReceiptState::Prepared,
            sends: 0,
            task_id: None,
            response: None,
            stage: None,
            reason: None,
            files: Vec::new(),
            forgotten: false,
            created: now,
            changed: now,
        })
    }

    /// Until when at the least the service keeps what the task makes, counted from when this was written: the files are a
    /// little younger. `None` while no task is known.
    pub fn kept_until(&self) -> Option<SystemTime> {
        self.task_id.as_ref().and_then(|_| self.created.checked_add(Lifetime::GENERATED.shortest))
    }

    /// Lets the call leave, and counts how often it has by now; `None`, and nothing changes, if it has left before and
    /// did not come back refused, or is [forgotten](Self::forgotten). Every ledger [departs](crate::Ledger::acquire_send) by this.
    pub fn acquire_send(&mut self, now: SystemTime) -> Option<u32> {
        if self.forgotten || !matches!(self.state, ReceiptState::Prepared | ReceiptState::Refused) {
            return None;
        }
        self.state = ReceiptState::Sent;
        self.reason = None;
        self.sends = self.sends.saturating_add(1);
        self.touch(now);
        Some(self.sends)
    }

    /// Takes in what happened, and returns whether that changed anything. Every ledger [notes](crate::Ledger::update)
    /// by this.
    ///
    /// A receipt only ever moves on, so news may come late, twice, and in any order. Only a refusal leads back, and
    /// only from the departure that it is about. What is forgotten is finished, and gives its name back; what becomes known
    /// of it later still moves it on. Where news contradict each other, a result goes before a failure, and
    /// what the service answered before what a callback's address named; of two answers, reasons or names, the first.
    pub fn apply(&mut self, update: &ReceiptUpdate, now: SystemTime) -> bool {
        let before = self.clone();
        match update {
            ReceiptUpdate::Refused { send, reason } => {
                let is_open = match self.state {
                    ReceiptState::Prepared | ReceiptState::Sent => true,
                    ReceiptState::Refused => self.forgotten,
                    _ => false,
                };
                if is_open && self.sends == *send {
                    self.state = ReceiptState::Refused;
                    self.reason = Some(reason.clone());
                }
            }
            ReceiptUpdate::Answered { task_id, response } => {
                if self.response.is_none() {
                    // Without a task, the answer is all there is to come, and it is here.
                    self.reach(if task_id.is_some() { ReceiptState::Running } else { ReceiptState::Saved });
                    self.task_id = task_id.clone().or(self.task_id.take());
                    self.response = Some(response.clone());
                }
            }
            ReceiptUpdate::Named { task_id } => {
                self.reach(ReceiptState::Running);
                self.task_id.get_or_insert_with(|| task_id.clone());
            }
            ReceiptUpdate::Reached { stage } => {
                let complete = *stage == Stage::Complete;
                self.reach(if complete { ReceiptState::Complete } else { ReceiptState::Running });
                self.stage = self.stage.max(Some(*stage));
            }
            ReceiptUpdate::Failed { reason } => {
                if self.reach(ReceiptState::Failed) {
                    self.reason = Some(reason.clone());
                }
            }
            ReceiptUpdate::Saved { files } => {
                self.reach(ReceiptState::Saved);
                self.forgotten = false;
                for file in files {
                    if !self.files.contains(file) {
                        self.files.push(file.clone());
                    }
                }
            }
            ReceiptUpdate::Forgotten { state, sends } => self.forget(*state, *sends),
        }
        let changed = *self != before;
        if changed {
            self.touch(now);
        }
        changed
    }

    /// Moves on to a state, if it is a later one. What was the matter before is then no longer so.
    fn reach(&mut self, state: ReceiptState) -> bool {
        let further = state > self.state;
        if further {
            self.state = state;
            self.reason = None;
            self.forgotten = false;
        }
        further
    }

    /// Gives it up, if it still is where it was: in the finished state that the next news would find it nearest to.
    fn forget(&mut self, was: ReceiptState, sends: u32) {
        use ReceiptState::{Complete, Failed, Prepared, Refused, Running, Saved, Sent};
        let end = match (was, self.state) {
            (Prepared | Sent, Prepared | Sent | Refused) if self.sends == sends => Refused,
            (Running, Running) => Failed,
            (Complete, Complete) => Saved,
            _ => return,
        };
        if self.state != end {
            self.state = end;
            self.reason = Some(FORGOTTEN.to_owned());
        }
        self.forgotten = true;
        self.name = None;
    }

    /// A clock that was put back must not make it look old.
    fn touch(&mut self, now: SystemTime) {
        self.changed = self.changed.max(millis::whole(now));
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("operation", &self.operation)
            .field("state", &self.state)
            .field("departures", &self.sends)
            .field("task_id", &self.task_id)
            .field("stage", &self.stage)
            .field("forgotten", &self.forgotten)
            .finish_non_exhaustive()
    }
}
