//! Id of one send of a call.

use super::hex_id::hex_id;
use crate::error::LedgerError;

/// Id of one send of a call: a random number that the caller chooses before it asks the ledger for the permission to
/// send.
///
/// The caller does not need the ledger's response to know the id. So it can always
/// [withdraw](crate::ReceiptUpdate::Refused) the send, even if the ledger failed or responded too late.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SendId([u8; 8]);

impl SendId {
    /// Returns the id with this number, for tests.
    pub const fn new(number: u64) -> Self {
        Self(number.to_be_bytes())
    }
}

hex_id!(SendId, u64, 16, "the id of a send has 16 hexadecimal digits");
