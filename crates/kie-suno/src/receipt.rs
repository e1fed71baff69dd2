//! Receipts: what is known of one paid call, from before it leaves until its files are saved.

use std::{fmt, str::FromStr, time::SystemTime};

use kie_types::Stage;
use serde::{Deserialize, Serialize};

use crate::ledger::LedgerError;

/// 128 random bits that name a receipt, in 32 hexadecimal digits.
///
/// They travel in the callback address (`kie_receipt=…`), so that a callback tells which call it answers even if the
/// answer to the call itself got lost.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReceiptId(u128);

impl ReceiptId {
    /// The query parameter of the callback address that carries it.
    pub const PARAMETER: &str = "kie_receipt";

    /// A new one.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if the system has no randomness to give.
    pub fn random() -> Result<Self, LedgerError> {
        let mut bits = [0; 16];
        getrandom::getrandom(&mut bits)
            .map_err(|error| LedgerError::new("the system gives no random numbers").with_source(error))?;
        Ok(Self(u128::from_be_bytes(bits)))
    }
}

impl fmt::Display for ReceiptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for ReceiptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceiptId({self})")
    }
}

impl FromStr for ReceiptId {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bits = u128::from_str_radix(text, 16).ok().filter(|_| is_hex);
        bits.map(Self).ok_or_else(|| LedgerError::new("a receipt's id has 32 hexadecimal digits"))
    }
}

/// What is known of one call that creates something.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Receipt {
    /// Its id.
    pub id: ReceiptId,
    /// The caller's own name for it, such as an order number. Two calls of one name are one call.
    pub name: Option<String>,
    /// The operation, such as `generate-music`.
    pub operation: String,
    /// The request as JSON, before the callback address was filled in. Not printed.
    pub request: String,
    /// How far it has come.
    pub state: ReceiptState,
    /// The task, once it is known.
    pub task_id: Option<String>,
    /// What the service answered, the `data` of it as JSON. Not printed.
    pub response: Option<String>,
    /// The furthest stage that was seen.
    pub stage: Option<Stage>,
    /// Why it was refused, or why the task failed.
    pub reason: Option<String>,
    /// Where the files are, once they are saved.
    pub files: Vec<String>,
    /// When it was written.
    pub created: SystemTime,
    /// When it last changed.
    pub changed: SystemTime,
}

impl Receipt {
    /// A receipt of a call that is about to leave.
    ///
    /// # Errors
    ///
    /// As [`ReceiptId::random`].
    pub fn new(operation: impl Into<String>, request: impl Into<String>) -> Result<Self, LedgerError> {
        let now = SystemTime::now();
        Ok(Self {
            id: ReceiptId::random()?,
            name: None,
            operation: operation.into(),
            request: request.into(),
            state: ReceiptState::Prepared,
            task_id: None,
            response: None,
            stage: None,
            reason: None,
            files: Vec::new(),
            created: now,
            changed: now,
        })
    }

    /// Takes in what happened. Whatever is late or said again changes nothing: a receipt only ever moves on.
    ///
    /// Returns whether it changed. Every ledger keeps to this, whichever way it stores receipts.
    pub fn take_in(&mut self, news: &News, now: SystemTime) -> bool {
        let before = self.clone();
        match news {
            // What was refused may be sent again, and is then as unknown as at first.
            News::Departed if self.state <= ReceiptState::Refused => self.state = ReceiptState::Sent,
            News::Departed => {}
            News::Refused { reason } if self.state <= ReceiptState::Sent => {
                self.state = ReceiptState::Refused;
                self.reason = Some(reason.clone());
            }
            News::Refused { .. } => {}
            News::Answered { task_id, response } => {
                self.reach(if task_id.is_some() { ReceiptState::Running } else { ReceiptState::Complete });
                self.task_id = self.task_id.take().or_else(|| task_id.clone());
                self.response = self.response.take().or_else(|| Some(response.clone()));
            }
            News::Named { task_id } => {
                self.reach(ReceiptState::Running);
                self.task_id = self.task_id.take().or_else(|| Some(task_id.clone()));
            }
            News::Reached { stage } => {
                self.stage = self.stage.max(Some(*stage));
                if *stage == Stage::Complete {
                    self.reach(ReceiptState::Complete);
                }
            }
            News::Failed { reason } if self.state < ReceiptState::Complete => {
                self.state = ReceiptState::Failed;
                self.reason = Some(reason.clone());
            }
            News::Failed { .. } => {}
            News::Saved { files } => {
                self.reach(ReceiptState::Saved);
                let new = files.iter().filter(|file| !before.files.contains(file));
                self.files.extend(new.cloned());
            }
        }
        let changed = *self != before;
        if changed {
            self.changed = now;
        }
        changed
    }

    fn reach(&mut self, state: ReceiptState) {
        self.state = self.state.max(state);
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("operation", &self.operation)
            .field("state", &self.state)
            .field("task_id", &self.task_id)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

/// How far a paid call has come. Later states are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ReceiptState {
    /// Written, and never sent: it can be sent without fear.
    Prepared,
    /// Sent, and no answer has come: it may have been taken and paid for, and is never sent again by itself.
    Sent,
    /// Refused by the service: nothing came of it, and it can be sent again.
    Refused,
    /// Taken, with a known task that goes on.
    Running,
    /// The task ended without a result.
    Failed,
    /// Everything is there, at the service.
    Complete,
    /// Everything is there, on this side.
    Saved,
}

/// Something that happened to a paid call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum News {
    /// It is about to leave.
    Departed,
    /// The service refused it, and nothing came of it.
    Refused {
        /// The service's words.
        reason: String,
    },
    /// The service took it.
    Answered {
        /// The task, if it started one.
        task_id: Option<String>,
        /// The `data` of the answer, as JSON.
        response: String,
    },
    /// A callback named the task, while the answer is missing.
    Named {
        /// The task.
        task_id: String,
    },
    /// The task reached a stage.
    Reached {
        /// The stage.
        stage: Stage,
    },
    /// The task ended without a result.
    Failed {
        /// The service's words.
        reason: String,
    },
    /// Its files are saved.
    Saved {
        /// Where they are.
        files: Vec<String>,
    },
}
