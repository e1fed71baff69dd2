//! Fields of a response. A field has one or more names, so it can occur under several names in one JSON object.

use super::tolerant::FromAny;

/// A field of a response. If a JSON object has values under several of the field's names, the value under the first
/// name is used, unless this value is unreadable, null or an empty list.
pub(crate) trait Slot {
    type Value: FromAny;
    /// Stores a value whose key is the first of the field's names, in place of any value that is stored already. `None`
    /// and an empty list change nothing.
    fn put(&mut self, value: Option<Self::Value>);
    /// Stores a value whose key is not the first of the field's names, but only if the field is still empty.
    fn offer(&mut self, value: Option<Self::Value>);
}

impl<T: FromAny> Slot for Option<T> {
    type Value = T;

    fn put(&mut self, value: Option<T>) {
        if value.is_some() {
            *self = value;
        }
    }

    fn offer(&mut self, value: Option<T>) {
        if self.is_none() {
            *self = value;
        }
    }
}

impl<T: FromAny> Slot for Vec<T> {
    type Value = Vec<T>;

    fn put(&mut self, value: Option<Vec<T>>) {
        // An empty list counts as absent.
        if let Some(items) = value.filter(|items| !items.is_empty()) {
            *self = items;
        }
    }

    fn offer(&mut self, value: Option<Vec<T>>) {
        if self.is_empty() {
            *self = value.unwrap_or_default();
        }
    }
}

/// Value of a field of a response. An absent value (`None` or an empty list) is left out when the response is
/// serialized.
pub(crate) trait Absent {
    fn absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}
