//! Id of one send of a call.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::LedgerError;

/// Id of one send of a call: a random number that the caller chooses before it asks the ledger for the permission to
/// send.
///
/// The caller does not need the ledger's response to know the id. So it can always
/// [withdraw](crate::ReceiptUpdate::Refused) the send, even if the ledger failed or responded too late.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SendId(u64);

impl SendId {
    /// Returns a new random id.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if the operating system provides no random numbers.
    pub fn random() -> Result<Self, LedgerError> {
        let mut bits = [0; 8];
        getrandom::getrandom(&mut bits)
            .map_err(|error| LedgerError::new("the system returned no random numbers").with_source(error))?;
        Ok(Self(u64::from_be_bytes(bits)))
    }

    /// Returns the id with this number, for tests.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for SendId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for SendId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SendId({self})")
    }
}

impl FromStr for SendId {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let is_hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bits = u64::from_str_radix(text, 16).ok().filter(|_| is_hex);
        bits.map(Self).ok_or_else(|| LedgerError::new("the id of a send has 16 hexadecimal digits"))
    }
}

impl Serialize for SendId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SendId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
