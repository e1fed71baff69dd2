//! Calls that cost money: of unknown outcome, over the budget, or under a name that is taken.

use std::fmt;

use kie_ledger::ReceiptId;
use kie_types::{Credits, Unreadable};

use super::{about::About, error::Error};

/// A call that creates something left, and nobody knows what came of it.
///
/// The service has no list of tasks and takes no idempotency key, so a task whose id got lost cannot be asked for. It
/// may show on the account's log page and in its balance; and its callback names it, by the [receipt](Self::receipt) in
/// its address: see [`Client::resume`](crate::Client::resume).
#[derive(Debug, thiserror::Error)]
#[error("{about}: it is not known whether the service took the call; it may have been charged{}", Named(about.receipt))]
pub struct OutcomeUnknown {
    pub(crate) about: About,
    pub(crate) source: LostAnswer,
}

impl OutcomeUnknown {
    /// The answer, if one came and could not be read.
    pub fn answer(&self) -> Option<&Unreadable> {
        match &self.source {
            LostAnswer::Unreadable(answer) => Some(answer),
            LostAnswer::Lost(_) | LostAnswer::Before => None,
        }
    }

    /// The receipt of the call, where there is a [ledger](crate::ClientBuilder::ledger).
    pub fn receipt(&self) -> Option<ReceiptId> {
        self.about.receipt
    }
}

/// The end of a sentence about a call that may have a receipt.
struct Named(Option<ReceiptId>);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |receipt| write!(f, "; its receipt is {receipt}"))
    }
}

/// How an answer got lost.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LostAnswer {
    #[error(transparent)]
    Lost(kie_transport::Error),
    #[error("it was sent before, and no answer is known")]
    Before,
    #[error(transparent)]
    Unreadable(Unreadable),
}

/// The name of a call was given to another one before. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("{about}: the name {name:?} was given to a call of {operation} with another request")]
pub struct NameTaken {
    pub(crate) about: About,
    pub(crate) name: String,
    pub(crate) operation: String,
}

impl NameTaken {
    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The receipt of the call that has it.
    pub fn receipt(&self) -> Option<ReceiptId> {
        self.about.receipt
    }
}

/// The budget does not allow for a call. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("{about}: {why}")]
pub struct OverBudget {
    pub(crate) about: About,
    pub(crate) limit: Credits,
    #[source]
    pub(crate) why: OverBudgetReason,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum OverBudgetReason {
    #[error("it may cost {price} credits, and {left} are left of the budget")]
    TooLittle { price: Credits, left: Credits },
    #[error("nothing is sent on a budget while the balance cannot be read")]
    Unread(#[source] Error),
}

impl OverBudget {
    /// The whole budget.
    pub fn limit(&self) -> Credits {
        self.limit
    }

    /// What was left of it, without what was in flight or in doubt; none if the balance could not be read.
    pub fn left(&self) -> Option<Credits> {
        match self.why {
            OverBudgetReason::TooLittle { left, .. } => Some(left),
            OverBudgetReason::Unread(_) => None,
        }
    }
}
