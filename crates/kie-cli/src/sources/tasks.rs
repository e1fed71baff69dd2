//! Search of the ledger for a task that a verb works on, such as a separation or a phrase.

use kie_suno::{
    Route,
    receipts::{Receipt, ReceiptItem, ReceiptState},
    types::text::one_line,
};
use serde_json::Value;

use crate::{
    exit::ExitError,
    session::Session,
    sources::{
        history::{History, with_items},
        ids::check_id,
        track::KnownTrack,
    },
};

/// A task that a verb works on. Only its id is certain to be known.
#[derive(Debug)]
pub(crate) struct KnownTask {
    pub(crate) id: String,
    receipt: Option<Receipt>,
}

impl KnownTask {
    /// Returns the task with this id, or with an id that begins with this word. The ledger is searched for tasks of these
    /// operations. A task that is not in the ledger needs its whole id.
    pub(crate) async fn named(session: &Session, word: &str, operations: &[&str]) -> Result<Self, ExitError> {
        let mut matches: Vec<Self> = Vec::new();
        let mut history = History::of(session);
        while let Some(receipt) = history.next().await? {
            let is_it = |id: &&String| id.starts_with(word) && operations.contains(&receipt.operation.as_str());
            if let Some(id) = receipt.task_id.as_ref().filter(is_it).cloned() {
                matches.push(Self { id, receipt: Some(receipt) });
            }
        }
        if let Some(exact) = matches.iter().position(|task| task.id == word) {
            return Ok(matches.swap_remove(exact));
        }
        match (matches.pop(), matches.is_empty()) {
            (Some(task), true) => Ok(task),
            (Some(_), false) => {
                Err(ExitError::Invalid(format!("several tasks have an id that begins with \"{}\"", one_line(word))))
            }
            (None, _) => {
                check_id("task", word)?;
                Ok(Self { id: word.to_owned(), receipt: None })
            }
        }
    }

    /// Returns the newest task of one of these operations in the ledger whose request fits. Tasks that failed are left
    /// out. Returns `None` if there is no such task, or if there is no ledger.
    pub(crate) async fn newest(
        session: &Session,
        operations: &[&str],
        fits: impl Fn(&Value) -> bool,
    ) -> Result<Option<Self>, ExitError> {
        let mut history = History::of(session);
        while let Some(receipt) = history.next().await? {
            if !operations.contains(&receipt.operation.as_str()) || receipt.state == ReceiptState::Failed {
                continue;
            }
            let Some(id) = receipt.task_id.clone() else { continue };
            if fits(&serde_json::from_str(&receipt.request).unwrap_or_default()) {
                return Ok(Some(Self { id, receipt: Some(receipt) }));
            }
        }
        Ok(None)
    }

    /// Returns the receipt of the call that started the task, if the ledger has one.
    pub(crate) fn receipt(&self) -> Option<&Receipt> {
        self.receipt.as_ref()
    }

    /// Returns a source with the route of the task.
    pub(crate) fn source(&self) -> KnownTrack {
        KnownTrack::on(self.receipt.as_ref().map(|receipt| receipt.route))
    }

    /// Returns the route for calls about the task: the route of `--route`, or else the route that made the task, or else
    /// the route of the command.
    pub(crate) fn route(&self, session: &Session) -> Route {
        self.source().route(session)
    }

    /// Returns the results of the task. Polls the task once if the ledger does not have them. Empty if the ledger does
    /// not know the task.
    pub(crate) async fn items(&self, session: &Session) -> Result<Vec<ReceiptItem>, ExitError> {
        let Some(receipt) = &self.receipt else { return Ok(Vec::new()) };
        Ok(with_items(session, receipt.clone(), |_| true).await?.items)
    }
}
