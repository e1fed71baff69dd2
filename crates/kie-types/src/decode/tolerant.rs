//! How answers are decoded: take what can be used, pass over the rest, never lose a neighbour.
//!
//! The service spells one name in two ways, sends numbers as text, and changes types between its documentation and
//! the wire. So every field of an answer is optional, and a value of the wrong type counts as absent. An empty string
//! counts as absent too: the service writes `""` where it has nothing to say. All of it happens in one pass over the
//! text, without an intermediate tree.

use std::{fmt, iter, marker::PhantomData};

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
    value::{MapAccessDeserializer, MapDeserializer, SeqAccessDeserializer},
};

/// What can be made of whatever JSON value stands in a field; `None` where it is of no use.
pub(crate) trait FromAny: Sized {
    fn text(_: &str) -> Option<Self> {
        None
    }
    fn owned_text(text: String) -> Option<Self> {
        Self::text(&text)
    }
    fn integer(_: i64) -> Option<Self> {
        None
    }
    fn float(_: f64) -> Option<Self> {
        None
    }
    fn boolean(_: bool) -> Option<Self> {
        None
    }
    fn map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Option<Self>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// The seed and visitor that hand any JSON value to [`FromAny`].
pub(crate) struct Any<T>(PhantomData<T>);

impl<T> Any<T> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: FromAny> DeserializeSeed<'de> for Any<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: FromAny> Visitor<'de> for Any<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(T::text(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(T::owned_text(text))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(T::integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(number).map_or_else(|_| T::float(number as f64), T::integer))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(T::float(number))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(T::boolean(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        T::seq(seq)
    }
}

/// For `#[serde(deserialize_with)]` on the few derived structs.
pub(crate) fn any<'de, D: Deserializer<'de>, T: FromAny>(deserializer: D) -> Result<Option<T>, D::Error> {
    Any::new().deserialize(deserializer)
}

/// Reads a word of an open enum from text, and from nothing but text.
pub(crate) struct Word<T>(pub(crate) PhantomData<T>);

impl<T: for<'a> From<&'a str>> Visitor<'_> for Word<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(T::from(text))
    }
}

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
        // 2^53 is the last whole number below which every other one is exact in a JSON float.
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

/// A whole object, or nothing where something else stands. A list counts as an object that holds it as `data`: there
/// is a callback that has its rows where all others have an object.
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
        while let Some(item) = seq.next_element_seed(Any::<T>::new())? {
            items.extend(item);
        }
        Ok(Some(items))
    }
}

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

/// Makes a struct read its fields under any of their names, in any order, once or more.
macro_rules! decode {
    ($name:ident $(<$generic:ident>)? { $($field:ident = $wire:literal $(| $alias:literal)*,)+ }) => {
        const _: () = {
            #[allow(non_camel_case_types)]
            enum Name { $($field,)+ __other }

            /// A field, and whether it stands under its first name.
            struct Key(Name, bool);

            impl<'de> serde::Deserialize<'de> for Key {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_identifier($crate::decode::Word(std::marker::PhantomData))
                }
            }

            impl From<&str> for Key {
                fn from(key: &str) -> Self {
                    match key {
                        $($wire => Self(Name::$field, true), $($alias => Self(Name::$field, false),)*)+
                        _ => Self(Name::__other, false),
                    }
                }
            }

            impl $(<$generic: serde::de::DeserializeOwned + Default>)? $crate::decode::FromAny for $name $(<$generic>)? {
                fn map<'de, A: serde::de::MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
                    use $crate::decode::{Any, Slot};
                    let mut answer = Self::default();
                    while let Some(key) = map.next_key::<Key>()? {
                        match key {
                            $(
                                Key(Name::$field, true) => answer.$field.put(map.next_value_seed(Any::new())?),
                                Key(Name::$field, false) => answer.$field.offer(map.next_value_seed(Any::new())?),
                            )+
                            Key(Name::__other, _) => drop(map.next_value::<serde::de::IgnoredAny>()?),
                        }
                    }
                    Ok(Some(answer))
                }
            }

            impl<'de $(, $generic: serde::de::DeserializeOwned + Default)?> serde::Deserialize<'de> for $name $(<$generic>)? {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    $crate::decode::any(deserializer)?
                        .ok_or_else(|| serde::de::Error::custom(concat!("expected an object (", stringify!($name), ")")))
                }
            }
        };
    };
}

pub(crate) use decode;

/// Declares a part of an answer: each field with the names it has on the wire, the first of which is printed.
macro_rules! answer {
    (
        $(#[doc = $doc:literal])*
        $vis:vis struct $name:ident {
            $($(#[doc = $field_doc:literal])* $field_vis:vis $field:ident: $kind:ty = $wire:literal $(| $alias:literal)*,)+
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        $vis struct $name {
            $($(#[doc = $field_doc])* #[doc = concat!("\n\n`", $wire, "`", $(" or `", $alias, "`",)* " on the wire.")] $field_vis $field: $kind,)+
        }

        $crate::decode::decode! { $name { $($field = $wire $(| $alias)*,)+ } }

        const _: () = {
            impl std::fmt::Debug for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    $crate::text::redacted::debug(stringify!($name), self, f)
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    use serde::ser::SerializeMap as _;
                    use $crate::decode::Absent as _;
                    let mut map = serializer.serialize_map(None)?;
                    $(if !self.$field.absent() {
                        map.serialize_entry($wire, &self.$field)?;
                    })+
                    map.end()
                }
            }

            #[cfg(feature = "schemars")]
            impl schemars::JsonSchema for $name {
                fn schema_name() -> std::borrow::Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                    $crate::describe::answer(&[$($doc),*], [
                        $(($wire, &[$($alias),*], &[$($field_doc),*], generator.subschema_for::<$kind>()),)+
                    ])
                }
            }
        };
    };
}

pub(crate) use answer;
