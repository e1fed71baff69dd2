//! The callback address of a request, and the receipt in it.

use kie_types::Endpoint;
use serde_json::{Map, Value};

use kie_ledger::ReceiptId;

/// The place of the callback address in a request.
pub(crate) enum AddressField<'a> {
    Field(&'a mut Option<String>),
    Json { fields: &'a mut Map<String, Value>, name: &'static str },
}

/// Finds that place, in requests that have one.
pub(crate) type FindAddressField<R> = for<'a> fn(&'a mut R) -> Option<AddressField<'a>>;

/// Its place in a typed request.
pub(crate) fn field<E: Endpoint>(request: &mut E) -> Option<AddressField<'_>> {
    request.call_back_url().map(AddressField::Field)
}

/// Its place in the JSON of a request.
pub(crate) fn json<E: Endpoint>(request: &mut Value) -> Option<AddressField<'_>> {
    Some(AddressField::Json { fields: request.as_object_mut()?, name: E::CALL_BACK_URL? })
}

/// A request whose place for it is not known.
pub(crate) fn nowhere<R>(_: &mut R) -> Option<AddressField<'_>> {
    None
}

impl AddressField<'_> {
    /// Fills in the address, where there is none.
    pub(crate) fn fill(self, address: &str) {
        match self {
            Self::Field(place) => drop(place.get_or_insert_with(|| address.to_owned())),
            Self::Json { fields, name } => {
                let place = fields.entry(name).or_insert(Value::Null);
                if place.is_null() {
                    *place = address.into();
                }
            }
        }
    }

    /// Adds the receipt to the address. What is no address stays as it is.
    pub(crate) fn add(self, receipt: ReceiptId) {
        let address = match self {
            Self::Field(place) => place.as_mut(),
            Self::Json { fields, name } => match fields.get_mut(name) {
                Some(Value::String(address)) => Some(address),
                _ => None,
            },
        };
        let Some(address) = address.filter(|address| !address.trim().is_empty()) else { return };
        let end = address.find('#').unwrap_or(address.len());
        let joint = match address[..end].split_once('?') {
            None => "?",
            Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
            Some(_) => "&",
        };
        address.insert_str(end, &format!("{joint}{}={receipt}", ReceiptId::PARAMETER));
    }

    /// Whether the address, or the one that would be filled in, has the parameter of a receipt already.
    pub(crate) fn is_taken(&self, or: &str) -> bool {
        let address = match self {
            Self::Field(place) => place.as_deref(),
            Self::Json { fields, name } => {
                fields.get(*name).filter(|place| !place.is_null()).map(|place| place.as_str().unwrap_or_default())
            }
        };
        let address = address.unwrap_or(or);
        let address = address.split('#').next().unwrap_or_default();
        let query = address.split_once('?').map_or("", |(_, query)| query);
        query.split('&').any(|pair| pair.split('=').next() == Some(ReceiptId::PARAMETER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_joins_whatever_the_address_has() {
        let receipt: ReceiptId = "000102030405060708090a0b0c0d0e0f".parse().unwrap_or_else(|_| unreachable!());
        let added = |address: &str| {
            let mut place = Some(address.to_owned());
            AddressField::Field(&mut place).add(receipt);
            place.unwrap_or_default().replace(&receipt.to_string(), "R")
        };
        assert_eq!(added("https://a.example"), "https://a.example?kie_receipt=R");
        assert_eq!(added("https://a.example/b?"), "https://a.example/b?kie_receipt=R");
        assert_eq!(added("https://a.example/b?c=d"), "https://a.example/b?c=d&kie_receipt=R");
        assert_eq!(added("https://a.example/b?c=d&"), "https://a.example/b?c=d&kie_receipt=R");
        assert_eq!(added("https://a.example/b#c?d"), "https://a.example/b?kie_receipt=R#c?d");
        assert_eq!(added("https://a.example/b?c#d"), "https://a.example/b?c&kie_receipt=R#d");
        assert_eq!(added(""), "");
    }

    #[test]
    fn the_parameter_is_seen_in_the_query_alone() {
        let is_taken = |address: &str| AddressField::Field(&mut Some(address.to_owned())).is_taken("");
        assert!(is_taken("https://a.example?kie_receipt=1") && is_taken("https://a.example/?a=b&kie_receipt"));
        assert!(
            !is_taken("https://a.example/kie_receipt=1#?kie_receipt=2")
                && !is_taken("https://a.example?my_kie_receipt=1")
        );
        assert!(
            AddressField::Field(&mut None).is_taken("https://a.example?kie_receipt=1"),
            "what would be filled in counts"
        );
    }
}
