//! The fields of an answer, which can be filled more than once or never.

use super::tolerant::FromAny;

/// A field of an answer. Its first name on the wire is the one that counts where several are there.
pub(crate) trait Slot {
    type Value: FromAny;
    /// Takes a value that stands under the field's first name.
    fn put(&mut self, value: Option<Self::Value>);
    /// Takes a value that stands under another name, if nothing better is there.
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

/// Whether a field is left out when an answer is printed.
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
