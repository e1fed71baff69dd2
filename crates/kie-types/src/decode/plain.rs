//! Reads texts, numbers, booleans, lists and whole objects from any JSON value.

use std::iter;

use serde::de::{
    DeserializeOwned, MapAccess, SeqAccess,
    value::{MapAccessDeserializer, MapDeserializer, SeqAccessDeserializer},
};

use super::tolerant::{FromAny, Tolerant};

impl FromAny for String {
    fn text(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| text.to_owned())
    }
    fn owned_text(text: String) -> Option<Self> {
        (!text.is_empty()).then_some(text)
    }
    fn integer(number: i64) -> Option<Self> {
        Some(number.to_string())
    }
    fn float(number: f64) -> Option<Self> {
        Some(number.to_string())
    }
    fn boolean(value: bool) -> Option<Self> {
        Some(value.to_string())
    }
}

impl FromAny for bool {
    fn text(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }
    fn boolean(value: bool) -> Option<Self> {
        Some(value)
    }
}

impl FromAny for i64 {
    fn text(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }
    fn integer(number: i64) -> Option<Self> {
        Some(number)
    }
    fn float(number: f64) -> Option<Self> {
        // Above 2^53, a float cannot represent every whole number.
        (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64)
    }
}

impl FromAny for f64 {
    fn text(text: &str) -> Option<Self> {
        text.trim().parse().ok().filter(|number: &f64| number.is_finite())
    }
    fn integer(number: i64) -> Option<Self> {
        Some(number as f64)
    }
    fn float(number: f64) -> Option<Self> {
        Some(number)
    }
}

/// A whole object. A list is read as an object that has the list as its `data`, since the callbacks of one kind of task
/// have a list instead of an object. Any other value is read as absent.
pub(crate) struct Object<T>(pub(crate) T);

impl<T: DeserializeOwned> FromAny for Object<T> {
    fn map<'de, A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|object| Some(Self(object)))
    }
    fn seq<'de, A: SeqAccess<'de>>(seq: A) -> Result<Option<Self>, A::Error> {
        let list = iter::once(("data", SeqAccessDeserializer::new(seq)));
        T::deserialize(MapDeserializer::new(list)).map(|object| Some(Self(object)))
    }
}

impl<T: FromAny> FromAny for Vec<T> {
    fn seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Tolerant::<T>::new())? {
            items.extend(item);
        }
        Ok(Some(items))
    }
}
