//! Progress and outcome of a copy.

use std::fmt;

use crate::{error::LedgerError, receipts::ReceiptId};

/// Progress of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopyProgress {
    /// Number of receipts that were copied and compared so far.
    pub compared: u64,
    /// Number of all receipts, as counted at the beginning.
    pub total: u64,
}

/// Outcome of a copy in which every receipt is in both ledgers and is the same in both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Copied {
    /// Number of receipts that were read back and compared.
    pub compared: u64,
    /// Number of receipts among them that were written by this copy. The others were there already.
    pub written: u64,
    /// Number of bodies of callbacks that were read back and compared.
    pub bodies: u64,
}

/// Error of a copy. What was copied before the error stays, and the next copy continues.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// The ledger to copy from cannot be read.
    #[error("the ledger to copy from cannot be read")]
    From(#[source] LedgerError),
    /// The ledger to copy to cannot be read or written.
    #[error("the ledger to copy to cannot be read or written")]
    To(#[source] LedgerError),
    /// This version of the crate cannot read these receipts, because a later version wrote them. Nothing was copied.
    #[error("a later version wrote receipts that this version cannot read: {}", list(.0))]
    Unreadable(Vec<ReceiptId>),
    /// These receipts could not be copied. All others were.
    #[error("receipts could not be copied: {}", list(.0))]
    Different(Vec<Difference>),
}

/// A receipt that could not be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Id of the receipt.
    pub receipt: ReceiptId,
    /// Reason why it could not be copied.
    pub kind: DifferenceKind,
}

/// Reason why a receipt could not be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// The other ledger has a receipt with this id, and its content is different.
    Content,
    /// The other ledger has another receipt with the name of this one.
    Name {
        /// Id of the other receipt.
        taken_by: ReceiptId,
    },
    /// The other ledger has a different body of a callback for the task of this receipt, or keeps no bodies.
    Body,
    /// The other ledger does not have the receipt, although it was written.
    Missing,
}

impl fmt::Display for DifferenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Content => f.write_str("its content is different there"),
            Self::Name { taken_by } => write!(f, "receipt {taken_by} has its name there"),
            Self::Body => f.write_str("the body of its callback is different there"),
            Self::Missing => f.write_str("it is not there after it was written"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.receipt, self.kind)
    }
}

/// Maximum number of receipts in the text of an error.
const LISTED: usize = 5;

/// Returns the first receipts as a text, and the number of the others.
fn list<T: fmt::Display>(receipts: &[T]) -> String {
    let first: Vec<String> = receipts.iter().take(LISTED).map(ToString::to_string).collect();
    let more = match receipts.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    first.join("; ") + &more
}
