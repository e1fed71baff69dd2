//! Errors of calls that can cost money: unknown outcomes, an exceeded budget, and names that are taken.

use std::{borrow::Cow, fmt};

use kie_ledger::ReceiptId;
use kie_types::{Credits, Unreadable, text::one_line};

use super::{about::About, error::Error};

/// A call that creates something was sent, and its outcome is not known.
///
/// The service has no list of tasks and accepts no idempotency key, so a task whose id was lost cannot be looked up.
/// The log page of the account may show the task, and the balance may be lower by its price. The callback of the task
/// also contains the id. With a [ledger](crate::ClientBuilder::ledger), the callback address contains the
/// [receipt](Self::receipt), so the callback can be matched to this call: see
/// [`Client::resume`](crate::Client::resume).
#[derive(Debug, thiserror::Error)]
#[error("{about}: it is not known whether the service accepted the call; it may have been charged{}", Named(about.receipt))]
pub struct OutcomeUnknown {
    pub(crate) about: About,
    pub(crate) source: LostAnswer,
}

impl OutcomeUnknown {
    /// Creates the error of a call whose outcome is not known, of an operation such as `generate-music`. Meant for
    /// tests of error handling.
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

    /// Sets the transport error that prevented a response.
    #[must_use]
    pub fn with_cause(mut self, lost: kie_transport::Error) -> Self {
        self.source = LostAnswer::Lost(lost);
        self
    }

    /// Sets the response that could not be read.
    #[must_use]
    pub fn with_response(mut self, answer: Unreadable) -> Self {
        self.source = LostAnswer::Unreadable(answer);
        self
    }

    /// Sets the receipt of the call.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.about = self.about.with(receipt);
        self
    }

    /// Returns the transport error, if no response came. `None` if a response came. Also `None` if an earlier call was
    /// sent under the same name, because the failure of the earlier call is not known.
    pub fn lost(&self) -> Option<&kie_transport::Error> {
        match &self.source {
            LostAnswer::Lost(lost) => Some(lost),
            LostAnswer::Unreadable(_) | LostAnswer::Before => None,
        }
    }

    /// Returns the response, if a response came and could not be read.
    pub fn response(&self) -> Option<&Unreadable> {
        match &self.source {
            LostAnswer::Unreadable(answer) => Some(answer),
            LostAnswer::Lost(_) | LostAnswer::Before => None,
        }
    }

    /// Returns the receipt of the call. `None` if the client has no [ledger](crate::ClientBuilder::ledger), and for an
    /// upload.
    pub fn receipt(&self) -> Option<ReceiptId> {
        self.about.receipt
    }
}

/// Last part of an error text: names the receipt of the call. Empty if the call has no receipt.
struct Named(Option<ReceiptId>);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |receipt| write!(f, "; its receipt is {receipt}"))
    }
}

/// Reason why the response to a call is not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LostAnswer {
    #[error(transparent)]
    Lost(kie_transport::Error),
    #[error("the call was sent before, and no response is known")]
    Before,
    #[error(transparent)]
    Unreadable(Unreadable),
}

/// The name of the call already belongs to a call with another operation or request. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error(
    "{about}: the name {name:?} already belongs to a call of {} with another request; use another name",
    one_line(operation)
)]
pub struct NameTaken {
    pub(crate) about: About,
    pub(crate) name: String,
    pub(crate) operation: String,
}

impl NameTaken {
    /// Creates the error of a call of `operation` with the name `name`. The name already belongs to a call of the
    /// operation `taken_by`. Both operations are names such as `generate-music`. Meant for tests of error handling.
    pub fn new(operation: impl Into<Cow<'static, str>>, name: impl Into<String>, taken_by: impl Into<String>) -> Self {
        Self { about: About::new(operation), name: name.into(), operation: taken_by.into() }
    }

    /// Sets the receipt of the call that already has the name.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.about = self.about.with(receipt);
        self
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the receipt of the call that already has the name.
    pub fn receipt(&self) -> Option<ReceiptId> {
        self.about.receipt
    }
}

/// The budget does not allow the call. Nothing was sent.
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
    #[error("the balance cannot be read, and without it nothing is sent within a budget")]
    Unread(#[source] Error),
}

impl OverBudget {
    /// Creates the error of a call that may cost `price` credits while only `left` credits remain of the budget
    /// `limit`. The operation is a name such as `generate-music`. Meant for tests of error handling.
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

    /// Creates the error of a call that was not sent because the balance could not be read. Meant for tests of error
    /// handling.
    pub fn unread(operation: impl Into<Cow<'static, str>>, limit: Credits, cause: impl Into<Error>) -> Self {
        Self { about: About::new(operation), limit, why: OverBudgetReason::Unread(cause.into()) }
    }

    /// Sets the receipt of the call.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.about = self.about.with(receipt);
        self
    }

    /// Returns the limit of the budget, in credits.
    pub fn limit(&self) -> Credits {
        self.limit
    }

    /// Returns the credits that remained of the budget. Calls in flight and calls with an unknown outcome are already
    /// subtracted. `None` if the balance could not be read.
    pub fn left(&self) -> Option<Credits> {
        match self.why {
            OverBudgetReason::Insufficient { left, .. } => Some(left),
            OverBudgetReason::Unread(_) => None,
        }
    }
}
