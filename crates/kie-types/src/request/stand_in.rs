//! Placeholders that can be read as values of almost any type.

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor, value::StrDeserializer,
};

use super::by_field::FieldError;

/// Deserializes to a value of almost any requested type, in place of a missing value. Each number is 1 and each text is
/// `1`, since more types accept these values than 0 and the empty text.
pub(super) struct StandIn;

macro_rules! is {
    ($($method:ident: $visit:ident($value:expr),)+) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
                visitor.$visit($value)
            }
        )+
    };
}

impl<'de> Deserializer<'de> for StandIn {
    type Error = FieldError;

    is! {
        deserialize_any: visit_str("1"),
        deserialize_bool: visit_bool(false),
        deserialize_i8: visit_i8(1),
        deserialize_i16: visit_i16(1),
        deserialize_i32: visit_i32(1),
        deserialize_i64: visit_i64(1),
        deserialize_i128: visit_i128(1),
        deserialize_u8: visit_u8(1),
        deserialize_u16: visit_u16(1),
        deserialize_u32: visit_u32(1),
        deserialize_u64: visit_u64(1),
        deserialize_u128: visit_u128(1),
        deserialize_f32: visit_f32(1.0),
        deserialize_f64: visit_f64(1.0),
        deserialize_char: visit_char('1'),
        deserialize_str: visit_str("1"),
        deserialize_string: visit_str("1"),
        deserialize_identifier: visit_str("1"),
        deserialize_bytes: visit_bytes(b"1"),
        deserialize_byte_buf: visit_bytes(b"1"),
        deserialize_seq: visit_seq(Count(0)),
        deserialize_map: visit_map(Names(&[])),
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_none()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, count: usize, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_seq(Count(count))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        count: usize,
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        visitor.visit_seq(Count(count))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        visitor.visit_map(Names(fields))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        let word = words.first().ok_or_else(|| FieldError::custom("an enum without a word"))?;
        let word: StrDeserializer<'_, FieldError> = word.into_deserializer();
        visitor.visit_enum(word)
    }
}

/// A sequence of stand-ins. The value counts the stand-ins that are not read yet.
struct Count(usize);

impl<'de> SeqAccess<'de> for Count {
    type Error = FieldError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, FieldError> {
        let Some(rest) = self.0.checked_sub(1) else { return Ok(None) };
        self.0 = rest;
        seed.deserialize(StandIn).map(Some)
    }
}

/// A map with these names as keys. Each value is a stand-in.
struct Names(&'static [&'static str]);

impl<'de> MapAccess<'de> for Names {
    type Error = FieldError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, FieldError> {
        let Some((name, rest)) = self.0.split_first() else { return Ok(None) };
        self.0 = rest;
        let name: StrDeserializer<'_, FieldError> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, FieldError> {
        seed.deserialize(StandIn)
    }
}
