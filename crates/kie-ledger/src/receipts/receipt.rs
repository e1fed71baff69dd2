//! Receipt of a paid call. The receipt is written before the call is sent, and is finished when the files are saved.

use std::{fmt, time::SystemTime};

use kie_types::{Credits, Lifetime, Route, Stage};
use serde::{Deserialize, Serialize};

use super::{ReceiptId, ReceiptItem, ReceiptState, SendId, millis, update::ReceiptUpdate};
use crate::error::LedgerError;

/// Text in [`Receipt::reason`] if the caller gave up the call.
const FORGOTTEN: &str = "it was forgotten";

/// Receipt of a call that creates something.
///
/// A ledger can store a receipt as JSON, in the form that `Serialize` writes, or in the columns of a database table.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Receipt {
    /// Id of the receipt.
    pub id: ReceiptId,
    /// Name that the caller gave the call, such as an order number. A ledger has at most one receipt with this name, so
    /// a repeated call with the same name is not sent and paid for twice. A [forgotten](Self::forgotten) receipt loses
    /// its name, so a new call can use the name.
    #[serde(default)]
    pub name: Option<String>,
    /// Name of the operation, such as `generate-music`.
    pub operation: String,
    /// Route on which the call is sent, and on which its task is read.
    #[serde(default, skip_serializing_if = "is_classic")]
    pub route: Route,
    /// The request as JSON, without the callback address. `Debug` does not print the request.
    pub request: String,
    /// State of the call and its task.
    pub state: ReceiptState,
    /// Number of times that the call was sent. A call is sent again only after the service has refused it.
    #[serde(default, rename = "departures")]
    pub sends: u32,
    /// Id of the send that was granted or withdrawn last. `None` if no send was granted or withdrawn, and for receipts
    /// of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_send: Option<SendId>,
    /// Id of the task. `None` until the id is known.
    #[serde(default)]
    pub task_id: Option<String>,
    /// The `data` of the service's response, as JSON. `Debug` does not print the response.
    #[serde(default)]
    pub response: Option<String>,
    /// Latest stage that the task is known to have reached. `None` if no stage was reported.
    #[serde(default)]
    pub stage: Option<Stage>,
    /// Reason why the call was refused, its response was lost, or the task failed. If the caller gave up the call, a
    /// text that says so.
    #[serde(default)]
    pub reason: Option<String>,
    /// Credits that the task cost, as its record tells. `None` if the record does not tell the cost: only records of
    /// the market route tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<Credits>,
    /// Results of the task, such as its tracks. Empty until the results are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ReceiptItem>,
    /// Paths of the saved files. Empty until the files are saved.
    #[serde(default)]
    pub files: Vec<String>,
    /// `true` if the caller has given up the call, and no later update has moved the receipt forward since then. The
    /// call of a forgotten receipt is not sent again.
    #[serde(default)]
    pub forgotten: bool,
    /// Time at which the receipt was created, in whole milliseconds. To compute the age of a receipt, use the
    /// [time of its ledger](crate::Ledger::now): the clocks of several machines may differ.
    #[serde(with = "millis")]
    pub created: SystemTime,
    /// Time of the last change, in whole milliseconds. This time never becomes earlier, even if the clock of the
    /// machine is set back.
    #[serde(with = "millis")]
    pub changed: SystemTime,
}

impl Receipt {
    /// Creates the receipt of a call that will be sent. Its time is that of this machine.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if the operating system provides no random numbers for the id.
    pub fn new(operation: impl Into<String>, request: impl Into<String>) -> Result<Self, LedgerError> {
        let now = millis::whole(SystemTime::now());
        Ok(Self {
            id: ReceiptId::random()?,
            name: None,
            operation: operation.into(),
            route: Route::Classic,
            request: request.into(),
            state: ReceiptState::Prepared,
            sends: 0,
            last_send: None,
            task_id: None,
            response: None,
            stage: None,
            reason: None,
            credits: None,
            items: Vec::new(),
            files: Vec::new(),
            forgotten: false,
            created: now,
            changed: now,
        })
    }

    /// Sets the time of the creation. A client uses the [time of its ledger](crate::Ledger::now).
    #[must_use]
    pub fn created_at(mut self, time: SystemTime) -> Self {
        (self.created, self.changed) = (millis::whole(time), millis::whole(time));
        self
    }

    /// Returns the time until which KIE keeps the files of the task according to its documentation: the creation of the
    /// receipt plus 14 days. Files were seen to disappear earlier. Returns `None` if the task is not known yet.
    pub fn kept_until(&self) -> Option<SystemTime> {
        self.task_id.as_ref().and_then(|_| self.created.checked_add(Lifetime::GENERATED.shortest))
    }

    /// Returns `true` if the call was sent, and its caller may still be waiting for the response. Returns `false` if
    /// the caller has recorded that it got [no response](ReceiptUpdate::Lost). A caller whose process has ended records
    /// nothing, so compare the age of the last [change](Self::changed) with the time limits of a call.
    pub fn is_in_flight(&self) -> bool {
        self.state == ReceiptState::Sent && self.reason.is_none()
    }

    /// Returns `true` if the call may be sent: it was never sent, or its last send was refused, and the receipt is not
    /// [forgotten](Self::forgotten).
    pub fn is_sendable(&self) -> bool {
        !self.forgotten && matches!(self.state, ReceiptState::Prepared | ReceiptState::Refused)
    }

    /// Marks the call as sent with the id `send`, and returns `true`. Returns `false` and changes nothing in three
    /// cases: the call was sent before and not refused, the send with this id was withdrawn, or the receipt is
    /// [forgotten](Self::forgotten). Every [`Ledger::acquire_send`](crate::Ledger::acquire_send) uses this method.
    pub fn acquire_send(&mut self, send: SendId, now: SystemTime) -> bool {
        if !self.is_sendable() || self.last_send == Some(send) {
            return false;
        }
        self.state = ReceiptState::Sent;
        self.reason = None;
        self.sends = self.sends.saturating_add(1);
        self.last_send = Some(send);
        self.touch(now);
        true
    }

    /// Applies an update. Returns `true` if the update changed the receipt. Every
    /// [`Ledger::update`](crate::Ledger::update) uses this method.
    ///
    /// An update never moves the state back, so updates may come late, twice, and in any order. If the call was sent, a
    /// refusal counts only if it is about the latest send. A refusal of a send that the ledger has not granted yet
    /// prevents this send.
    ///
    /// A forgotten receipt is finished and has lost its name. Later updates still move a forgotten receipt forward.
    ///
    /// If updates contradict each other, these rules apply:
    ///
    /// * a result wins over a failure;
    /// * a task id from the service's response wins over a task id from a callback;
    /// * if two responses, two reasons, or two callbacks with different task ids arrive, the first one wins.
    pub fn apply(&mut self, update: &ReceiptUpdate, now: SystemTime) -> bool {
        let before = self.clone();
        match update {
            ReceiptUpdate::Refused { send, reason } => {
                let is_last = self.last_send == Some(*send);
                let is_open = match self.state {
                    ReceiptState::Prepared => true,
                    ReceiptState::Sent => is_last,
                    ReceiptState::Refused => is_last && self.forgotten,
                    _ => false,
                };
                if is_open {
                    self.state = ReceiptState::Refused;
                    self.reason = Some(reason.clone());
                }
                // The caller may have given up a request for the permission for this send, and the request may reach
                // the ledger later. The stored id makes sure that the request is then denied.
                if self.state == ReceiptState::Refused {
                    self.last_send = Some(*send);
                }
            }
            ReceiptUpdate::Lost { send, reason } => {
                if self.is_in_flight() && self.last_send == Some(*send) {
                    self.reason = Some(reason.clone());
                }
            }
            ReceiptUpdate::Answered { task_id, response } => {
                if self.response.is_none() {
                    // Without a task id, the call started no task. The response is then the whole result, so the
                    // receipt is finished.
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
            ReceiptUpdate::Routed { route } if self.is_sendable() => self.route = *route,
            ReceiptUpdate::Routed { .. } => {}
            // A later poll can show more results, and never fewer.
            ReceiptUpdate::Made { items } if items.len() >= self.items.len() => self.items.clone_from(items),
            ReceiptUpdate::Made { .. } => {}
            ReceiptUpdate::Cost { credits } => self.credits = Some(*credits),
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

    /// Moves the receipt to `state` if `state` is later than the current state. This also removes the reason and the
    /// forgotten mark. Returns `true` if the receipt was moved.
    fn reach(&mut self, state: ReceiptState) -> bool {
        let further = state > self.state;
        if further {
            self.state = state;
            self.reason = None;
            self.forgotten = false;
        }
        further
    }

    /// Marks the receipt as forgotten. A receipt that was prepared or sent becomes refused, a running one becomes
    /// failed, and a complete one becomes saved. Later updates can still move the receipt to a later state.
    ///
    /// `was` and `sends` are the state and the number of sends at the time when the caller gave up the call. Nothing
    /// changes if the receipt was already finished at that time. Nothing changes either if the call was sent again
    /// since that time, or if the receipt has left the state `was`. There is one exception: a receipt that was prepared
    /// or sent, and was refused since that time, is marked as forgotten.
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

    /// Sets the time of the last change. If `now` is earlier than the last change, because the clock was set back, the
    /// time is not changed.
    fn touch(&mut self, now: SystemTime) {
        self.changed = self.changed.max(millis::whole(now));
    }
}

/// Returns `true` for the route of all receipts that do not name a route.
fn is_classic(route: &Route) -> bool {
    *route == Route::Classic
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("operation", &self.operation)
            .field("route", &self.route)
            .field("state", &self.state)
            .field("departures", &self.sends)
            .field("task_id", &self.task_id)
            .field("stage", &self.stage)
            .field("forgotten", &self.forgotten)
            .finish_non_exhaustive()
    }
}
