//! The callback address of a request, with the receipt as its query parameter.

use kie_types::{Endpoint, NO_CALLBACK};
use serde_json::{Map, Value};

use kie_ledger::ReceiptId;

/// The field of a request that contains its callback address.
pub(crate) enum AddressField<'a> {
    Field(&'a mut Option<String>),
    Json { fields: &'a mut Map<String, Value>, name: &'static str },
}

/// Function that returns the callback address field of a request, if the request has one.
pub(crate) type FindAddressField<R> = for<'a> fn(&'a mut R) -> Option<AddressField<'a>>;

/// Returns the callback address field of a typed request.
pub(crate) fn field<E: Endpoint>(request: &mut E) -> Option<AddressField<'_>> {
    request.call_back_url().map(AddressField::Field)
}

/// Returns the callback address field of a request in JSON.
pub(crate) fn json<E: Endpoint>(request: &mut Value) -> Option<AddressField<'_>> {
    Some(AddressField::Json { fields: request.as_object_mut()?, name: E::CALL_BACK_URL? })
}

/// Always returns `None`. Used for requests whose callback address field is not known.
pub(crate) fn nowhere<R>(_: &mut R) -> Option<AddressField<'_>> {
    None
}

impl AddressField<'_> {
    /// Sets the callback address, if the request does not have one yet.
    pub(crate) fn fill(self, address: &str) {
        match self {
            Self::Field(value) => drop(value.get_or_insert_with(|| address.to_owned())),
            Self::Json { fields, name } => {
                let value = fields.entry(name).or_insert(Value::Null);
                if value.is_null() {
                    *value = address.into();
                }
            }
        }
    }

    /// Adds the id of the receipt to the query of the callback address. [`NO_CALLBACK`], and an address that is blank or
    /// not a string, stay unchanged.
    pub(crate) fn add(self, receipt: ReceiptId) {
        let address = match self {
            Self::Field(value) => value.as_mut(),
            Self::Json { fields, name } => match fields.get_mut(name) {
                Some(Value::String(address)) => Some(address),
                _ => None,
            },
        };
        let is_address = |address: &&mut String| !address.trim().is_empty() && address.as_str() != NO_CALLBACK;
        let Some(address) = address.filter(is_address) else { return };
        let end = address.find('#').unwrap_or(address.len());
        let separator = match address[..end].split_once('?') {
            None => "?",
            Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
            Some(_) => "&",
        };
        address.insert_str(end, &format!("{separator}{}={receipt}", ReceiptId::PARAMETER));
    }

    /// Returns `true` if the callback address already has the query parameter of a receipt. If the request has no
    /// callback address, `default` is checked.
    pub(crate) fn is_taken(&self, default: &str) -> bool {
        let address = match self {
            Self::Field(value) => value.as_deref(),
            Self::Json { fields, name } => {
                fields.get(*name).filter(|value| !value.is_null()).map(|value| value.as_str().unwrap_or_default())
            }
        };
        let address = address.unwrap_or(default);
        let address = address.split('#').next().unwrap_or_default();
        let query = address.split_once('?').map_or("", |(_, query)| query);
        query.split('&').any(|pair| pair.split('=').next() == Some(ReceiptId::PARAMETER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_is_added_to_any_query_of_the_address() {
        let receipt: ReceiptId = "000102030405060708090a0b0c0d0e0f".parse().unwrap_or_else(|_| unreachable!());
        let added = |address: &str| {
            let mut value = Some(address.to_owned());
            AddressField::Field(&mut value).add(receipt);
            value.unwrap_or_default().replace(&receipt.to_string(), "R")
        };
        assert_eq!(added("https://a.example"), "https://a.example?kie_receipt=R");
        assert_eq!(added("https://a.example/b?"), "https://a.example/b?kie_receipt=R");
        assert_eq!(added("https://a.example/b?c=d"), "https://a.example/b?c=d&kie_receipt=R");
        assert_eq!(added("https://a.example/b?c=d&"), "https://a.example/b?c=d&kie_receipt=R");
        assert_eq!(added("https://a.example/b#c?d"), "https://a.example/b?kie_receipt=R#c?d");
        assert_eq!(added("https://a.example/b?c#d"), "https://a.example/b?c&kie_receipt=R#d");
        assert_eq!(added(""), "");
        assert_eq!(added("playground"), "playground");
    }

    #[test]
    fn the_parameter_is_found_only_in_the_query() {
        let is_taken = |address: &str| AddressField::Field(&mut Some(address.to_owned())).is_taken("");
        assert!(is_taken("https://a.example?kie_receipt=1") && is_taken("https://a.example/?a=b&kie_receipt"));
        assert!(
            !is_taken("https://a.example/kie_receipt=1#?kie_receipt=2")
                && !is_taken("https://a.example?my_kie_receipt=1")
        );
        assert!(
            AddressField::Field(&mut None).is_taken("https://a.example?kie_receipt=1"),
            "the default address counts"
        );
    }
}
