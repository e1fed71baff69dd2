//! Id of a receipt. The id is sent to the service as a part of the callback address.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

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

    /// Returns a new random id.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if the operating system provides no random numbers.
    pub fn random() -> Result<Self, LedgerError> {
        let mut bits = [0; 16];
        getrandom::getrandom(&mut bits)
            .map_err(|error| LedgerError::new("the system returned no random numbers").with_source(error))?;
        Ok(Self(bits))
    }
}

impl fmt::Display for ReceiptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
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
        bits.map(|bits| Self(bits.to_be_bytes()))
            .ok_or_else(|| LedgerError::new("a receipt's id has 32 hexadecimal digits"))
    }
}

impl Serialize for ReceiptId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ReceiptId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
