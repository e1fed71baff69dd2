//! Common parts of the serializers for JSON and for queries.

/// Defines methods of a serializer that refuse a value with the error `$error`.
macro_rules! refuse {
    ($error:expr => $($method:ident($($kind:ty),*) -> $ok:ty,)+) => {
        $(
            fn $method(self, $(_: $kind),*) -> Result<$ok, Error> {
                Err($error)
            }
        )+
    };
}

/// Defines the types and methods that both serializers share. A wrapped value, such as a `Some` or a newtype, is
/// written like the value inside. Rarer shapes of values, such as tuples, are refused with the error `$error`.
macro_rules! plain_shapes {
    ($error:expr) => {
        type Ok = ();
        type Error = Error;
        type SerializeTuple = Never;
        type SerializeTupleStruct = Never;
        type SerializeTupleVariant = Never;
        type SerializeStructVariant = Never;

        fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
            value.serialize(self)
        }

        fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: Name, value: &T) -> Result<(), Error> {
            value.serialize(self)
        }

        fn serialize_none(self) -> Result<(), Error> {
            self.serialize_unit()
        }

        fn serialize_unit_variant(self, _: Name, _: u32, word: Name) -> Result<(), Error> {
            self.serialize_str(word)
        }

        fn serialize_newtype_variant<T>(self, _: Name, _: u32, _: Name, _: &T) -> Result<(), Error>
        where
            T: Serialize + ?Sized,
        {
            Err($error)
        }

        refuse! {
            $error =>
            serialize_bytes(&[u8]) -> (),
            serialize_unit_struct(Name) -> (),
            serialize_tuple(usize) -> Never,
            serialize_tuple_struct(Name, usize) -> Never,
            serialize_tuple_variant(Name, u32, Name, usize) -> Never,
            serialize_struct_variant(Name, u32, Name, usize) -> Never,
        }
    };
}

pub(super) use {plain_shapes, refuse};

/// Name of a type, a variant or a field.
pub(super) type Name = &'static str;

/// Serializer for the parts of a value that is refused.
pub(super) type Never = serde::ser::Impossible<(), serde_json::Error>;
