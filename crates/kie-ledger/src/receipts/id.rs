//! Id of a receipt. The id is sent to the service as a part of the callback address.

use super::hex_id::hex_id;
use crate::error::LedgerError;

/// Id of a receipt: 128 random bits, written as 32 hexadecimal digits.
///
/// The id is part of the callback address of a call (`kie_receipt=…`). So a callback can be matched to its call, even
/// if the response to the call was lost.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReceiptId([u8; 16]);

impl ReceiptId {
    /// Name of the query parameter, in the callback address, that contains the id.
    pub const PARAMETER: &str = "kie_receipt";
}

hex_id!(ReceiptId, u128, 32, "a receipt's id has 32 hexadecimal digits");
