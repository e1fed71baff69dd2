//! Macros for the structs of responses.

/// Implements `Deserialize` for a struct of a response. In the JSON object, each field may have any of its names, and
/// the fields may come in any order and more than once.
macro_rules! decode {
    ($name:ident $(<$generic:ident>)? { $($field:ident = $wire:literal $(| $alias:literal)*,)+ }) => {
        const _: () = {
            #[allow(non_camel_case_types)]
            enum Name { $($field,)+ __other }

            /// A field, and `true` if the key in the JSON object is the first of the field's names.
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
                    use $crate::decode::{Tolerant, Slot};
                    let mut answer = Self::default();
                    while let Some(key) = map.next_key::<Key>()? {
                        match key {
                            $(
                                Key(Name::$field, true) => answer.$field.put(map.next_value_seed(Tolerant::new())?),
                                Key(Name::$field, false) => answer.$field.offer(map.next_value_seed(Tolerant::new())?),
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

/// Declares a struct of a response. Each field lists its names on the wire. The field is serialized under the first of
/// these names. The schema has the type of the field, or the type after `as` if the service sends other values too. The
/// fields after `unread` are not in the struct. They are only described in the schema.
macro_rules! answer {
    (
        $(#[doc = $doc:literal])*
        $vis:vis struct $name:ident {
            $($(#[doc = $field_doc:literal])* $field_vis:vis $field:ident: $kind:ty $(as $described:ty)? = $wire:literal $(| $alias:literal)*,)+
        }
        $(unread {
            $($(#[doc = $unread_doc:literal])* $unread:ty = $unread_wire:literal $(| $unread_alias:literal)*,)+
        })?
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
                        $((
                            $wire,
                            &[$($alias),*],
                            &[$($field_doc),*],
                            generator.subschema_for::<$crate::decode::described!($kind $(, $described)?)>(),
                        ),)+
                        $($((
                            $unread_wire,
                            &[$($unread_alias),*],
                            &[$($unread_doc),*],
                            generator.subschema_for::<$unread>(),
                        ),)+)?
                    ])
                }
            }
        };
    };
}

pub(crate) use answer;

/// Returns the second type if there is one.
#[cfg(feature = "schemars")]
macro_rules! described {
    ($kind:ty) => {
        $kind
    };
    ($kind:ty, $described:ty) => {
        $described
    };
}

#[cfg(feature = "schemars")]
pub(crate) use described;
