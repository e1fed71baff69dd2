//! Fields of a response. One field can occur several times in a JSON object, or never.

use super::tolerant::FromAny;

/// A field of a response. If several of the field's names are present, the value under the first name is used.
pub(crate) trait Slot {
    type Value: FromAny;
    /// Stores a value whose key is the first of the field's names. It replaces a stored value whose key was another
    /// name of the field.
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
        if let Some(items) = value {
            *self = items;
        }
    }

    fn offer(&mut self, value: Option<Vec<T>>) {
        if self.is_empty() {
            *self = value.unwrap_or_default();
        }
    }
}

/// Returns `true` for a value that is left out when a response is serialized.
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
