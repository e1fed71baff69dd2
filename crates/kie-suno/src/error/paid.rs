//! Calls that cost money: of unknown outcome, over the budget, or under a name that is taken.

use std::{borrow::Cow, fmt};

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
    /// A call of an operation such as `generate-music` whose outcome is not known, for a test of whoever handles it.
    ///
    /// ```
    /// use kie_suno::{Charged, Error, errors::OutcomeUnknown};
    ///
    /// let error = Error::from(OutcomeUnknown::new("generate-music"));
    /// assert_eq!(error.charged(), Charged::Unknown);
    /// ```
    pub fn new(operation: impl Into<Cow<'static, str>>) -> Self {
        Self { about: About::new(operation), source: LostAnswer::Before }
    }

    /// The same, after this failure.
    #[must_use]
    pub fn with_lost(mut self, lost: kie_transport::Error) -> Self {
        self.source = LostAnswer::Lost(lost);
        self
    }

    /// The same, after this answer.
    #[must_use]
    pub fn with_answer(mut self, answer: Unreadable) -> Self {
        self.source = LostAnswer::Unreadable(answer);
        self
    }

    /// The same of the call with this receipt.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.about = self.about.with(receipt);
        self
    }

    /// How the call failed, if no answer came. Of a call that was sent before under the same name, nothing is known.
    pub fn lost(&self) -> Option<&kie_transport::Error> {
        match &self.source {
            LostAnswer::Lost(lost) => Some(lost),
            LostAnswer::Unreadable(_) | LostAnswer::Before => None,
        }
    }

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
    /// A call of an operation such as `generate-music`, under a name that a call of `taken_by` has, for a test of whoever
    /// handles it.
    pub fn new(operation: impl Into<Cow<'static, str>>, name: impl Into<String>, taken_by: impl Into<String>) -> Self {
        Self { about: About::new(operation), name: name.into(), operation: taken_by.into() }
    }

    /// The same, where the call that has the name has this receipt.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.about = self.about.with(receipt);
        self
    }

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
    Insufficient { price: Credits, left: Credits },
    #[error("nothing is sent on a budget while the balance cannot be read")]
    Unread(#[source] Error),
}

impl OverBudget {
    /// A call of an operation such as `generate-music` that may cost `price`, where `left` is left of the budget `limit`;
    /// for a test of whoever handles it.
    ///
    /// ```
    /// use kie_suno::{Credits, Error, errors::OverBudget};
    ///
    /// let [limit, price, left] = [100.0, 12.0, 4.0].map(Credits::new);
    /// let error = Error::from(OverBudget::new("generate-music", limit, price, left));
    /// assert_eq!(error.to_string(), "generate-music: it may cost 12 credits, and 4 are left of the budget");
    /// ```
    pub fn new(operation: impl Into<Cow<'static, str>>, limit: Credits, price: Credits, left: Credits) -> Self {
        Self { about: About::new(operation), limit, why: OverBudgetReason::Insufficient { price, left } }
    }

    /// The same, where the balance could not be read for this reason.
    pub fn unread(operation: impl Into<Cow<'static, str>>, limit: Credits, cause: impl Into<Error>) -> Self {
        Self { about: About::new(operation), limit, why: OverBudgetReason::Unread(cause.into()) }
    }

    /// The same of the call with this receipt.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.about = self.about.with(receipt);
        self
    }

    /// The whole budget.
    pub fn limit(&self) -> Credits {
        self.limit
    }

    /// What was left of it, without what was in flight or in doubt; none if the balance could not be read.
    pub fn left(&self) -> Option<Credits> {
        match self.why {
            OverBudgetReason::Insufficient { left, .. } => Some(left),
            OverBudgetReason::Unread(_) => None,
        }
    }
}
